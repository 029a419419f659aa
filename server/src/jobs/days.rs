//! Folds what deliveries counted into the counts of days, so that few rows are read for them.

use std::time::Duration;

use super::{Job, Work};

/// Six times a minute.
pub const JOB: Job = Job {
    name: "days",
    work: Work::Periodic {
        every: Duration::from_secs(10),
        run: |services| {
            Box::pin(async move {
                let days = service::events::fold_days(&services.system("days")).await?;
                Ok(format!("{days} counts of days folded"))
            })
        },
    },
};
