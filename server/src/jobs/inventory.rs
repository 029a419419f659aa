//! Keeps the counts beside the inventory's facets short.

use std::time::Duration;

use super::{Job, Work};

/// Every five minutes.
pub const JOB: Job = Job {
    name: "inventory-counts",
    work: Work::Periodic {
        every: Duration::from_mins(5),
        run: |services| {
            Box::pin(async move {
                let op = services.system("inventory-counts");
                let turned = service::identities::fold_counts(&op).await?;
                Ok(format!("{turned} identities had become due or overdue"))
            })
        },
    },
};
