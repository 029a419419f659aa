//! Gives new events their place in the feed, on every process; the head row decides whose turn it is.

use std::time::Duration;

use service::feed;

use super::{Job, Work};

/// How often the queue is looked at when nobody rings.
const TICK: Duration = Duration::from_secs(1);

/// From start to stop.
pub const JOB: Job = Job {
    name: "sequencer",
    work: Work::Continuous {
        run: |services, stop| {
            Box::pin(async move {
                let mut bell = feed::listen(&services).await?;
                while !stop.is_cancelled() {
                    if feed::sequence(&services.system("sequencer")).await? == 0 {
                        tokio::select! {
                            () = stop.cancelled() => {}
                            heard = feed::wait(&mut bell, TICK) => heard?,
                        }
                    }
                }
                Ok("stopped".to_owned())
            })
        },
    },
};
