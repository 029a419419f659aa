//! Makes the months of the event tables before they begin.

use std::time::Duration;

use super::{Job, Work};

/// Four times a day.
pub const JOB: Job = Job {
    name: "partitions",
    work: Work::Periodic {
        every: Duration::from_hours(6),
        run: |services| {
            Box::pin(async move {
                let made = service::events::make_months(&services.system("partitions")).await?;
                Ok(format!("{made} months made"))
            })
        },
    },
};
