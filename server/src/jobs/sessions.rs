//! Removes sessions that have ended by themselves.

use std::time::Duration;

use super::{Job, Work};

/// Forgets what was given to pipelines and is over, and the keys of requests that may no longer be repeated.
pub const TOKENS: Job = Job {
    name: "tokens",
    work: Work::Periodic {
        every: Duration::from_hours(1),
        run: |services| {
            Box::pin(async move {
                let removed = service::tokens::sweep(&services.system("tokens")).await?;
                Ok(format!("{removed} tokens and keys forgotten"))
            })
        },
    },
};

/// Every quarter of an hour.
pub const JOB: Job = Job {
    name: "sessions",
    work: Work::Periodic {
        every: Duration::from_mins(15),
        run: |services| {
            Box::pin(async move {
                let removed = service::session::sweep(&services.system("sessions")).await?;
                Ok(format!("{removed} ended sessions removed"))
            })
        },
    },
};
