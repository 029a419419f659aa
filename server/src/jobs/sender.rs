//! Sends rows to destinations, on every process; each destination's row decides whose turn it is.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use contract::ids::DestinationId;
use service::destinations::{self, Delivered};
use service::{Services, feed};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Failure, Job, Work};
use crate::clients::outbound::Outbound;

/// How often it is looked when nobody rings.
const TICK: Duration = Duration::from_secs(1);
/// Destinations sent to at once at most: each holds a connection to the database while its batch is on the way.
const MOST: usize = 8;
/// How long batches under way may take when the process stops; one that takes longer comes again.
const ENDING: Duration = Duration::from_secs(3);

/// From start to stop.
pub const JOB: Job = Job {
    name: "sender",
    work: Work::Continuous {
        run: |services, stop| Box::pin(run(services, stop)),
    },
};

type Turn = (DestinationId, service::Result<Delivered>);

/// Destinations under way or waiting for their turn. One that is slow holds up only itself.
struct Turns {
    services: Services,
    carrier: Arc<Outbound>,
    at_once: usize,
    known: HashSet<DestinationId>,
    waiting: VecDeque<DestinationId>,
    under_way: JoinSet<Turn>,
}

impl Turns {
    fn new(services: Services) -> Self {
        let share = usize::try_from(services.db.most() / 4).unwrap_or(1);
        Self {
            carrier: Arc::new(Outbound::new(&services.settings)),
            services,
            at_once: share.clamp(1, MOST),
            known: HashSet::new(),
            waiting: VecDeque::new(),
            under_way: JoinSet::new(),
        }
    }

    fn due(&mut self, ids: Vec<DestinationId>) {
        for id in ids {
            if self.known.insert(id) {
                self.waiting.push_back(id);
            }
        }
        self.begin();
    }

    fn begin(&mut self) {
        while self.under_way.len() < self.at_once
            && let Some(id) = self.waiting.pop_front()
        {
            let (services, carrier) = (self.services.clone(), self.carrier.clone());
            self.under_way.spawn(async move {
                let op = services.system("sender");
                (id, destinations::deliver(&op, &*carrier, id).await)
            });
        }
    }

    /// After a turn: whoever had rows may have more, and stands at the end of the line.
    fn ended(&mut self, (id, turn): Turn) -> service::Result<()> {
        match turn {
            Ok(Delivered::Rows(_)) => self.waiting.push_back(id),
            Ok(_) => {
                self.known.remove(&id);
            }
            Err(error) => {
                self.known.remove(&id);
                return Err(error);
            }
        }
        self.begin();
        Ok(())
    }
}

async fn run(services: Services, stop: CancellationToken) -> Result<String, Failure> {
    let mut bell = feed::listen_published(&services).await?;
    let mut turns = Turns::new(services);
    while !stop.is_cancelled() {
        let due = destinations::due(&turns.services.system("sender")).await?;
        turns.due(due);
        let looked = tokio::time::Instant::now();
        // Bells ring for each batch that is published: turns that end are heard between them.
        while looked.elapsed() < TICK {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = turns.under_way.join_next() => {
                    let ended = ended.map_err(|error| Failure::Retry(error.to_string()))?;
                    turns.ended(ended)?;
                }
                heard = feed::wait(&mut bell, TICK) => {
                    heard?;
                    break;
                }
            }
        }
    }
    let all = async { while turns.under_way.join_next().await.is_some() {} };
    tokio::time::timeout(ENDING, all).await.ok();
    Ok("stopped".to_owned())
}
