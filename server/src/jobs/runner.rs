//! Runs the jobs until told to stop: one task per continuous or periodic job, and a few for the queue.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures::FutureExt as _;
use service::Services;
use service::jobs::{Turn, claim, take_turn};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Failure, Job, JobFuture, Outcome, Work};

/// Tasks that empty the queue.
const QUEUE_WORKERS: usize = 2;
/// A turn holds a connection while its work asks for another: with all of them held, none could go on. So one in so
/// many connections of the pool may hold a turn at once.
const CONNECTIONS_A_TURN: u32 = 3;
/// How often an empty queue is asked again.
const QUEUE_PAUSE: Duration = Duration::from_secs(1);
/// How often a claim is kept alive; the database gives up on idle ones after a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a continuous job that ended early rests before it is started again.
const REST: Duration = Duration::from_secs(2);

/// Whether each continuous job runs well; asked by `/readyz`.
#[derive(Debug, Clone, Default)]
pub struct Status(Arc<Mutex<BTreeMap<&'static str, bool>>>);

impl Status {
    fn set(&self, name: &'static str, well: bool) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name, well);
    }

    /// Whether a continuous job runs in this process, and runs well.
    pub fn is_well_of(&self, name: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .copied()
            .unwrap_or(false)
    }

    /// Whether every continuous job of this process runs well.
    pub fn is_well(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .all(|well| *well)
    }
}

/// The running jobs.
pub struct Runner {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Runner {
    /// Starts every job.
    pub fn start(services: &Services, jobs: &[Job], status: &Status) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let turns = turns(services.db.most());
        for job in jobs {
            let (services, stop, job) = (services.clone(), stop.clone(), *job);
            match job.work {
                Work::Periodic { .. } => {
                    tasks.spawn(periodic(services, job, turns.clone(), stop));
                }
                Work::Continuous { run } => {
                    status.set(job.name, true);
                    tasks.spawn(continuous(services, job.name, run, stop, status.clone()));
                }
                Work::Queued { .. } => {}
            }
        }
        for _ in 0..QUEUE_WORKERS {
            let (services, jobs) = (services.clone(), jobs.to_vec());
            tasks.spawn(queue(services, jobs, turns.clone(), stop.clone()));
        }
        Self { tasks, stop }
    }

    /// Tells every job to stop and waits for those in the middle of something; gives up after `patience`.
    pub async fn stop(mut self, patience: Duration) {
        self.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("jobs did not stop in time; the database gives their work back");
        }
    }
}

async fn continuous(
    services: Services,
    name: &'static str,
    run: fn(Services, CancellationToken) -> JobFuture,
    stop: CancellationToken,
    status: Status,
) {
    while !stop.is_cancelled() {
        status.set(name, true);
        let span = tracing::info_span!("job", name);
        let outcome = caught(run(services.clone(), stop.clone()))
            .instrument(span)
            .await;
        if stop.is_cancelled() {
            break;
        }
        status.set(name, false);
        tracing::error!(job = name, outcome = ?outcome, "a continuous job ended; starting it again");
        pause(&stop, REST).await;
    }
}

/// Room for turns that are held at once, of so many connections.
fn turns(connections: u32) -> Arc<Semaphore> {
    let most = (connections / CONNECTIONS_A_TURN).max(1);
    Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)))
}

/// Waits for room for a turn; `None` when the jobs are to stop.
async fn room<'a>(turns: &'a Semaphore, stop: &CancellationToken) -> Option<SemaphorePermit<'a>> {
    tokio::select! {
        () = stop.cancelled() => None,
        room = turns.acquire() => room.ok(),
    }
}

async fn periodic(services: Services, job: Job, turns: Arc<Semaphore>, stop: CancellationToken) {
    let Work::Periodic { every, run } = job.work else {
        return;
    };
    let look = (every / 10).clamp(Duration::from_millis(200), Duration::from_secs(30));
    let due = TimeDelta::from_std(every).unwrap_or(TimeDelta::MAX);
    while !stop.is_cancelled() {
        let Some(room) = room(&turns, &stop).await else {
            return;
        };
        let op = services.system(job.name);
        match take_turn(&op, job.name, due).await {
            Ok(Some(turn)) => work(&services, turn, run(services.clone())).await,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(job = job.name, %error, "the job's turn cannot be asked for");
            }
        }
        drop(room);
        pause(&stop, look).await;
    }
}

async fn queue(services: Services, jobs: Vec<Job>, turns: Arc<Semaphore>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let Some(room) = room(&turns, &stop).await else {
            return;
        };
        let op = services.system("queue");
        let worked = match claim(&op).await {
            Ok(Some(turn)) => {
                let payload = turn.payload();
                let found = jobs.iter().find_map(|job| match job.work {
                    Work::Queued { run } if job.name == turn.kind() => Some(run),
                    _ => None,
                });
                match found {
                    Some(run) => work(&services, turn, run(services.clone(), payload)).await,
                    None => work(&services, turn, unknown()).await,
                }
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "the queue cannot be asked");
                false
            }
        };
        drop(room);
        if !worked {
            pause(&stop, QUEUE_PAUSE).await;
        }
    }
}

/// An older process meets the work of a newer one: it is left for the newer one.
fn unknown() -> JobFuture {
    Box::pin(async { Err(Failure::Retry("this version knows no such job".to_owned())) })
}

/// Does the work of one turn, keeping its claim alive, and ends the turn.
async fn work(services: &Services, mut turn: Turn, future: JobFuture) {
    let name = turn.kind().to_owned();
    let span = tracing::info_span!("job", name);
    let future = caught(future).instrument(span);
    tokio::pin!(future);
    let mut tick = tokio::time::interval(KEEP_ALIVE);
    let outcome = loop {
        tokio::select! {
            outcome = &mut future => break outcome,
            _ = tick.tick() => if let Err(error) = turn.keep().await {
                tracing::warn!(job = name, %error, "the claim was lost; the work goes back to the queue");
                return;
            },
        }
    };
    let op = services.system(&name);
    let ended = match outcome {
        Ok(status) => {
            tracing::debug!(job = name, status, "job done");
            turn.done(&op, &status).await
        }
        Err(failure) => match failure {
            Failure::Retry(why) => {
                tracing::warn!(job = name, why, "job interrupted; it will run again");
                turn.failed(&op, &why, true).await
            }
            Failure::Fail(why) => {
                tracing::error!(job = name, why, "job failed");
                turn.failed(&op, &why, false).await
            }
        },
    };
    if let Err(error) = ended {
        tracing::warn!(job = name, %error, "the job's end could not be noted; it will run again");
    }
}

/// A panicking job is a failed job, not a dead process.
async fn caught(future: JobFuture) -> Outcome {
    std::panic::AssertUnwindSafe(future)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            Err(Failure::Retry(
                "the job panicked; the log has the place".to_owned(),
            ))
        })
}

pub(super) async fn pause(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

#[cfg(test)]
mod tests;
