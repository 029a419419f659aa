//! Removes events that are past their retention, on one process of all.

use std::time::Duration;

use super::{Job, Work};

/// Each day.
pub const JOB: Job = Job {
    name: "retention",
    work: Work::Periodic {
        every: Duration::from_hours(24),
        run: |services| {
            Box::pin(async move {
                let purged = service::events::purge(&services.system("retention")).await?;
                Ok(format!(
                    "{} events removed, {} months dropped, {} waiting",
                    purged.events, purged.months, purged.waiting
                ))
            })
        },
    },
};
