//! Gives new events their place in the feed, on every process; the head row decides whose turn it is.

use std::time::Duration;

use service::feed;

use super::{Job, Work};

/// How often the queue is looked at when nobody rings.
const TICK: Duration = Duration::from_secs(1);

/// How long it rests after it gave places: under load, the next deliveries get theirs together.
const REST: Duration = Duration::from_millis(200);

/// From start to stop.
pub const JOB: Job = Job {
    name: "sequencer",
    work: Work::Continuous {
        run: |services, stop| {
            Box::pin(async move {
                let mut bell = feed::listen(&services).await?;
                while !stop.is_cancelled() {
                    let given = feed::sequence(&services.system("sequencer")).await?;
                    if given == 0 {
                        tokio::select! {
                            () = stop.cancelled() => {}
                            heard = feed::wait(&mut bell, TICK) => heard?,
                        }
                    } else if given < feed::BATCH.into() {
                        super::runner::pause(&stop, REST).await;
                    }
                }
                Ok("stopped".to_owned())
            })
        },
    },
};
