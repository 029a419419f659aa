//! Joins the pipelines that are kept with the trusts of the roll: seconds after trusts changed, and every day.

use std::time::Duration;

use service::trust::{PIPELINES_JOB, rejoin_all};

use super::{Job, Work};

/// For each row enqueued: trusts were imported.
pub const CHANGED: Job = Job {
    name: PIPELINES_JOB,
    work: Work::Queued {
        run: |services, _| {
            Box::pin(async move {
                let done = rejoin_all(&services.system(PIPELINES_JOB)).await?;
                Ok(format!("{done} repositories joined"))
            })
        },
    },
};

/// Every day: identities end, exceptions end.
pub const NIGHTLY: Job = Job {
    name: "pipelines-nightly",
    work: Work::Periodic {
        every: Duration::from_hours(24),
        run: |services| {
            Box::pin(async move {
                let done = rejoin_all(&services.system("pipelines-nightly")).await?;
                Ok(format!("{done} repositories joined"))
            })
        },
    },
};
