//! What campaigns do while nobody looks: decisions are proven from the roll and the events, and what happens to one
//! identity opens a review of its own.

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

/// Every minute.
pub const MICRO: Job = Job {
    name: "campaigns-micro",
    work: Work::Periodic {
        every: Duration::from_mins(1),
        run: |services| {
            Box::pin(async move {
                let op = services.system("campaigns-micro");
                let done = service::campaigns::micro_reviews(&op).await?;
                Ok(format!(
                    "{} opened, {} ended, {} sealed",
                    done.opened, done.closed, done.sealed
                ))
            })
        },
    },
};

/// Every hour: drafts of templates whose day is near.
pub const DRAFTS: Job = Job {
    name: "campaigns-drafts",
    work: Work::Periodic {
        every: Duration::from_hours(1),
        run: |services| {
            Box::pin(async move {
                let op = services.system("campaigns-drafts");
                let made = service::campaigns::make_drafts(&op).await?;
                Ok(format!("{made} drafts made"))
            })
        },
    },
};
