//! Gives new events their place in the feed, on every process; the head row decides whose turn it is.

use std::time::Duration;

use service::feed;

use super::{Job, Work};

/// How often the queue is looked at when nobody rings.
const TICK: Duration = Duration::from_secs(1);

/// Places given until the counts of their days are folded, where more come all the time.
const FOLDED: usize = 200_000;

/// From start to stop.
pub const JOB: Job = Job {
    name: "sequencer",
    work: Work::Continuous {
        run: |services, stop| {
            Box::pin(async move {
                let mut bell = feed::listen(&services).await?;
                // What another process left is folded, too.
                let (mut placed, mut folded, mut quiet) = (1_usize, 0, true);
                while !stop.is_cancelled() {
                    let op = services.system("sequencer");
                    let places = feed::sequence(&op).await?;
                    placed += places;
                    if placed - folded >= FOLDED || (quiet && placed > folded) {
                        feed::fold_days(&op).await?;
                        folded = placed;
                    }
                    quiet = false;
                    if places == 0 {
                        tokio::select! {
                            () = stop.cancelled() => {}
                            heard = feed::wait(&mut bell, TICK) => quiet = !heard?,
                        }
                    }
                }
                Ok("stopped".to_owned())
            })
        },
    },
};
