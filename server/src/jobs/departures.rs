//! Settles what people leave behind of whom an import or a sign-in told that they left.

use std::time::Duration;

use super::{Job, Work};

/// Every minute.
pub const JOB: Job = Job {
    name: "departures",
    work: Work::Periodic {
        every: Duration::from_mins(1),
        run: |services| {
            Box::pin(async move {
                let op = services.system("departures");
                let settled = service::people::settle_departures(&op).await?;
                Ok(format!("{settled} departures settled"))
            })
        },
    },
};
