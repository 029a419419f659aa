//! Turns hold a third of the connections and no more: the rest is for the work that is done in them.

use std::sync::atomic::{AtomicUsize, Ordering};

use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Services, Settings};

use super::*;

#[tokio::test]
async fn one_connection_of_three_may_hold_a_turn_and_one_always_may() {
    let stop = CancellationToken::new();
    for (connections, most) in [(1, 1), (2, 1), (3, 1), (5, 1), (6, 2), (20, 6)] {
        let turns = turns(connections);
        let mut held = Vec::new();
        while let Some(room) = room(&turns, &stop).now_or_never() {
            held.push(room.expect("nobody told the jobs to stop"));
        }
        assert_eq!(held.len(), most, "of {connections} connections");
        held.pop();
        assert!(
            room(&turns, &stop).await.is_some(),
            "a turn that ended leaves its room"
        );
    }
    let turns = turns(3);
    let held = room(&turns, &stop).await;
    assert!(held.is_some());
    stop.cancel();
    assert!(
        room(&turns, &stop).await.is_none(),
        "who waits hears that the jobs are to stop"
    );
}

/// Jobs in the middle of their work, and the most there were at once.
static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
/// A permit for each job that has begun, and one for each that may end.
static BEGUN: Semaphore = Semaphore::const_new(0);
static MAY_END: Semaphore = Semaphore::const_new(0);

const LONG: fn(Services) -> JobFuture = |_| {
    Box::pin(async {
        let now = UNDER_WAY.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        BEGUN.add_permits(1);
        if let Ok(permit) = MAY_END.acquire().await {
            permit.forget();
        }
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        Ok("done".to_owned())
    })
};

/// Waits until so many further jobs have begun.
async fn begun(jobs: u32) {
    let permits = BEGUN.acquire_many(jobs).await.expect("never closed");
    permits.forget();
}

#[tokio::test]
async fn jobs_that_are_due_together_hold_a_third_of_the_connections() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let now = "2026-11-21T00:00:00Z".parse().expect("a time");
    let services = Services {
        db,
        clock: Arc::new(FixedClock::new(now)),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    };
    let third = services.db.most() / CONNECTIONS_A_TURN;
    let jobs = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| Job {
        name,
        work: Work::Periodic {
            every: Duration::from_hours(24),
            run: LONG,
        },
    });
    let rest = u32::try_from(jobs.len()).expect("eight") - third;
    assert!(rest > 0, "more are due than there is room for");
    let runner = Runner::start(&services, &jobs, &Status::default());
    begun(third).await;
    // The rest of the connections is there for whoever works, and those that wait come to their turn.
    let mut free = Vec::new();
    for _ in third..services.db.most() {
        free.push(services.db.acquire().await.expect("a connection"));
    }
    drop(free);
    MAY_END.add_permits(jobs.len());
    begun(rest).await;
    runner.stop(Duration::from_secs(10)).await;
    assert_eq!(UNDER_WAY.load(Ordering::SeqCst), 0);
    assert_eq!(
        u32::try_from(MOST.load(Ordering::SeqCst)),
        Ok(third),
        "at once"
    );
}
