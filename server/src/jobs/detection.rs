//! Judges the feed as it grows, on one process of all: looked at every two seconds, gone through for as long as it grows.

use std::time::Duration;

use super::{Job, Work};

/// Every two seconds: what the feed has got since, and gets meanwhile.
pub const JOB: Job = Job {
    name: "detection",
    work: Work::Periodic {
        every: Duration::from_secs(2),
        run: |services| {
            Box::pin(async move {
                let judged = service::detect::turn(&services.system("detection")).await?;
                Ok(format!(
                    "{} events judged, {} findings",
                    judged.places, judged.findings
                ))
            })
        },
    },
};
