//! Checks the trails of what reached production, on one process of all.

use std::time::Duration;

use super::{Job, Work};

/// Every quarter of an hour: what has been deployed and told of since.
pub const JOB: Job = Job {
    name: "trails",
    work: Work::Periodic {
        every: Duration::from_mins(15),
        run: |services| {
            Box::pin(async move {
                let checked = service::stories::check_trails(&services.system("trails")).await?;
                Ok(format!(
                    "{} production deployments checked, {} links missing",
                    checked.runs, checked.gaps
                ))
            })
        },
    },
};
