//! Large deliveries of which something is known already, or becomes known while they are taken in.

use std::sync::Arc;

use contract::events::IngestReceipt;
use service::ingest::{self, Limits};
use service::{Op, Services, feed, sources};
use store::Db;
use store::testing::{count, execute, fresh, texts};
use tokio::task::JoinHandle;

use super::{calls, services, shell, source};

/// Events of one delivery: more than are taken in one by one.
const MANY: usize = 300;

/// Nothing is lost and nothing doubled, wherever events are kept and counted.
async fn assert_kept(services: &Services, deliveries: i64, events: i64, duplicates: i64) {
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    for sql in [
        "SELECT count(*) FROM events",
        "SELECT count(DISTINCT vendor_id) FROM events",
        "SELECT count(*) FROM event_keys",
        "SELECT count(DISTINCT f.event_id) FROM feed f JOIN events e ON e.id = f.event_id",
        "SELECT max(position) FROM feed",
        "SELECT sum(succeeded + failed)::bigint FROM event_day_counts",
        "SELECT sum(accepted)::bigint FROM source_days",
    ] {
        assert_eq!(count(&services.db, sql.to_owned()).await, events, "{sql}");
    }
    let came = "SELECT sum(deliveries)::bigint FROM source_days".to_owned();
    assert_eq!(count(&services.db, came).await, deliveries);
    let shown = sources::get(&shell(services), "s").await.unwrap();
    assert_eq!(
        (shown.row.accepted, shown.row.duplicates, shown.row.rejected),
        (events, duplicates, 0)
    );
}

#[tokio::test]
async fn of_a_large_delivery_only_what_is_known_is_left_out() {
    let Some(db) = fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "s").await;
    let known = "SELECT id::text || ' ' || received_at FROM events WHERE vendor_id = 'call-150'";
    let mut conn = services.db.acquire().await.unwrap();
    let mut first = Vec::new();
    for (from, sent, accepted) in [
        (150, 1, 1),
        // The one in the middle is known, then all are, then none is.
        (0, MANY, MANY - 1),
        (0, MANY, 0),
        (1_000, MANY, MANY),
    ] {
        let receipt = ingest::accept(&op, calls(from, sent), &Limits::default())
            .await
            .unwrap();
        assert_eq!(
            (receipt.accepted, receipt.duplicates, receipt.rejected.len()),
            (accepted, sent - accepted, 0),
            "{sent} from {from}"
        );
        let kept = texts(&mut conn, known).await;
        assert_eq!(kept.len(), 1);
        if first.is_empty() {
            first.clone_from(&kept);
        }
        assert_eq!(kept, first, "what was known stays as it was kept");
    }
    assert_kept(&services, 4, 600, 301).await;
}

fn send(op: &Arc<Op>, from: usize, sent: usize) -> JoinHandle<IngestReceipt> {
    let op = op.clone();
    tokio::spawn(async move {
        ingest::accept(&op, calls(from, sent), &Limits::default())
            .await
            .unwrap()
    })
}

/// Goes on once the statement of `task` that begins so waits for somebody else's transaction.
async fn until_it_waits(db: &Db, statement: &str, task: &JoinHandle<IngestReceipt>) {
    let sql = format!(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE a.datname = current_database() AND a.query LIKE '{statement}%'
             AND l.locktype = 'transactionid' AND NOT l.granted"
    );
    while count(db, sql.clone()).await == 0 {
        assert!(!task.is_finished(), "{statement} waits for nobody");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn two_large_deliveries_at_once_that_share_half_keep_each_event_once() {
    let Some(db) = fresh().await else {
        return;
    };
    let services = services(db);
    let op = Arc::new(source(&services, "s").await);
    // Counting is the last a delivery does: the first one gets no further, with its keys claimed and not committed.
    let mut counting = services.db.begin().await.unwrap();
    execute(&mut counting, "SELECT id FROM sources FOR NO KEY UPDATE").await;
    let first = send(&op, 0, 2 * MANY);
    until_it_waits(&services.db, "UPDATE sources", &first).await;
    // The second looks all of its keys up, finds none, and meets the first one's while it copies them in.
    let second = send(&op, MANY, 2 * MANY);
    until_it_waits(&services.db, "COPY event_keys", &second).await;
    assert!(!first.is_finished() && !second.is_finished());
    counting.rollback().await.unwrap();
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!((first.accepted, first.duplicates), (2 * MANY, 0));
    assert_eq!((second.accepted, second.duplicates), (MANY, MANY));
    assert_kept(&services, 2, 900, 300).await;
}
