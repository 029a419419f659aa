//! Writes the head of the record outside, as often as configured.

use std::time::Duration;

use chrono::TimeDelta;

use super::{Failure, Job, Work};
use crate::clients::anchor::places;

/// Looks every quarter of an hour whether a place is due.
pub const JOB: Job = Job {
    name: "record-anchor",
    work: Work::Periodic {
        every: Duration::from_mins(15),
        run: |services| {
            Box::pin(async move {
                let op = services.system("record-anchor");
                let settings = op.settings();
                let places = places(&settings.anchors, &settings.outlets).map_err(Failure::Fail)?;
                let every = TimeDelta::hours(settings.anchors.hours);
                let done = service::activity::anchor(&op, &places, every).await?;
                let failed: Vec<String> = done
                    .iter()
                    .filter_map(|put| {
                        let why = put.outcome.as_ref().err()?;
                        Some(format!("{}: {why}", put.place))
                    })
                    .collect();
                if failed.is_empty() {
                    Ok(format!("{} places written", done.len()))
                } else {
                    Err(Failure::Fail(failed.join("; ")))
                }
            })
        },
    },
};
