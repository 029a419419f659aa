//! Judges identities: those that imports changed or events touched within seconds, all of them every day, since time
//! alone makes reviews and rotations overdue.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::{Failure, Job, Work};

/// For each row enqueued with `{"identities": [ids]}`.
pub const CHANGED: Job = Job {
    name: "posture",
    work: Work::Queued {
        run: |services, payload| {
            Box::pin(async move {
                let ids = read(&payload)?;
                service::posture::recompute(&services.system("posture"), &ids).await?;
                Ok(format!("{} identities judged", ids.len()))
            })
        },
    },
};

/// Every ten seconds: what events touched since.
pub const TOUCHED: Job = Job {
    name: "posture-touched",
    work: Work::Periodic {
        every: Duration::from_secs(10),
        run: |services| {
            Box::pin(async move {
                let op = services.system("posture-touched");
                let judged = service::posture::recompute_touched(&op).await?;
                Ok(format!("{judged} identities judged"))
            })
        },
    },
};

/// Every day.
pub const NIGHTLY: Job = Job {
    name: "posture-nightly",
    work: Work::Periodic {
        every: Duration::from_hours(24),
        run: |services| {
            Box::pin(async move {
                let done = service::posture::recompute_all(&services.system("posture")).await?;
                Ok(format!(
                    "{} identities judged, {} findings stand",
                    done.identities, done.findings
                ))
            })
        },
    },
};

fn read(payload: &Value) -> Result<Vec<Uuid>, Failure> {
    serde_json::from_value(payload["identities"].clone())
        .map_err(|_| Failure::Fail("the payload names no identities".to_owned()))
}
