//! Checks and saves uploaded files that are too long to wait for, and forgets those nobody confirmed.

use std::time::Duration;

use contract::ids::ImportId;
use serde_json::Value;

use super::{Failure, Job, Work};

/// For each row enqueued with `{"import": id}`.
pub const JOB: Job = Job {
    name: "import",
    work: Work::Queued {
        run: |services, payload| {
            Box::pin(async move {
                let done = service::imports::files::work(&services, read(&payload)?).await?;
                Ok(done.to_owned())
            })
        },
    },
};

/// Every ten minutes.
pub const SWEEP: Job = Job {
    name: "imports-sweep",
    work: Work::Periodic {
        every: Duration::from_mins(10),
        run: |services| {
            Box::pin(async move {
                let op = services.system("imports-sweep");
                let gone = service::imports::files::sweep(&op).await?;
                Ok(format!("{gone} files nobody confirmed were forgotten"))
            })
        },
    },
};

fn read(payload: &Value) -> Result<ImportId, Failure> {
    serde_json::from_value(payload["import"].clone())
        .map_err(|_| Failure::Fail("the payload names no import".to_owned()))
}
