//! Work nobody waits for: the registry of jobs and what each may answer.
//!
//! What belongs here: when a job runs. What does not: what it does (`service`). A job is idempotent, says
//! retry or fail, and answers with a status worth showing. To add one: a file beside this with
//! `pub const JOB: Job`, and its line in [`all`].

mod anchor;
mod campaigns;
mod days;
mod departures;
mod detection;
mod imports;
mod inventory;
mod messages;
mod partitions;
mod pipelines;
mod posture;
mod retention;
mod runner;
mod sender;
mod sequencer;
mod sessions;
mod trails;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;
use service::Services;
use tokio_util::sync::CancellationToken;

pub use runner::{Runner, Status};

/// Why a job did not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The world may be better in a while.
    Retry(String),
    /// Trying again cannot help.
    Fail(String),
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Store(store) => Self::Retry(format!("{store}")),
            // Somebody else was at the same rows: their turn first.
            service::Error::Internal(why) | service::Error::Conflict(why) => Self::Retry(why),
            other => Self::Fail(other.to_string()),
        }
    }
}

/// A status worth showing, or why there is none.
pub type Outcome = Result<String, Failure>;

/// A job's work under way.
pub type JobFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// When a job runs.
#[derive(Clone, Copy)]
pub enum Work {
    /// Every so often, on one process of all.
    Periodic {
        /// How often.
        every: Duration,
        /// The work.
        run: fn(Services) -> JobFuture,
    },
    /// For each row enqueued under the job's name.
    Queued {
        /// The work, with the row's payload.
        run: fn(Services, Value) -> JobFuture,
    },
    /// From start to stop, on every process; it finds its own leader. Started again when it ends early.
    Continuous {
        /// The work; it ends soon after the token is cancelled.
        run: fn(Services, CancellationToken) -> JobFuture,
    },
}

/// A job.
#[derive(Clone, Copy)]
pub struct Job {
    /// Its name, in logs, in the queue and on the status page.
    pub name: &'static str,
    /// When it runs.
    pub work: Work,
}

/// Every job.
pub fn all() -> Vec<Job> {
    vec![
        campaigns::DRAFTS,
        campaigns::MICRO,
        campaigns::SETTLE,
        days::JOB,
        departures::JOB,
        imports::JOB,
        imports::SWEEP,
        detection::JOB,
        inventory::JOB,
        anchor::JOB,
        messages::DELIVER,
        messages::REMIND,
        messages::TELL,
        partitions::JOB,
        pipelines::CHANGED,
        pipelines::NIGHTLY,
        posture::CHANGED,
        posture::NIGHTLY,
        posture::TOUCHED,
        retention::JOB,
        sender::JOB,
        sequencer::JOB,
        sessions::JOB,
        trails::JOB,
        sessions::TOKENS,
    ]
}
