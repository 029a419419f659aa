//! Writes reminders when their time comes, and hands over what waits to be sent.

use std::time::Duration;

use super::{Failure, Job, Work};
use crate::clients::outbound::Outbound;
use crate::clients::post::Outgoing;

/// Every ten minutes: the shortest stretch of the calendar is half a day.
pub const REMIND: Job = Job {
    name: "campaigns-remind",
    work: Work::Periodic {
        every: Duration::from_mins(10),
        run: |services| {
            Box::pin(async move {
                let op = services.system("campaigns-remind");
                let written = service::messages::remind(&op).await?;
                Ok(format!("{written} digests written"))
            })
        },
    },
};

/// Every minute.
pub const TELL: Job = Job {
    name: "findings-tell",
    work: Work::Periodic {
        every: Duration::from_mins(1),
        run: |services| {
            Box::pin(async move {
                let op = services.system("findings-tell");
                let written = service::notices::tell(&op).await?;
                let kept = service::hooks::queue(&op).await?;
                Ok(format!("{written} letters written, {kept} posts kept"))
            })
        },
    },
};

/// Every half minute.
pub const DELIVER: Job = Job {
    name: "messages-deliver",
    work: Work::Periodic {
        every: Duration::from_secs(30),
        run: |services| {
            Box::pin(async move {
                let op = services.system("messages-deliver");
                let post = Outgoing::new(&op.settings().outlets).map_err(Failure::Fail)?;
                let mut done = service::messages::deliver(&op, &post).await?;
                let carrier = Outbound::new(op.settings());
                let posted = service::hooks::deliver(&op, &carrier).await?;
                done.sent += posted.sent;
                done.later += posted.later;
                done.failed += posted.failed;
                Ok(format!(
                    "{} sent, {} later, {} not delivered",
                    done.sent, done.later, done.failed
                ))
            })
        },
    },
};
