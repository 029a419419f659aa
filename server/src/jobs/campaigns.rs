//! What campaigns do while nobody looks: decisions are proven from the roll and the events.

use std::time::Duration;

use super::{Job, Work};

/// Every five minutes.
pub const SETTLE: Job = Job {
    name: "campaigns-settle",
    work: Work::Periodic {
        every: Duration::from_mins(5),
        run: |services| {
            Box::pin(async move {
                let op = services.system("campaigns-settle");
                let done = service::campaigns::settle(&op).await?;
                Ok(format!(
                    "{} proven, {} opened again",
                    done.verified, done.reopened
                ))
            })
        },
    },
};
