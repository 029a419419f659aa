//! Removes sessions that have ended by themselves.

use std::time::Duration;

use super::{Job, Work};

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
