//! The sequencer as it runs: `rollcall work` processes that are killed with -9 while sixteen writers write.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::sources::SourceInput;
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings, feed, sources};
use store::Db;
use store::testing::{count, execute, fresh_url, texts};
use tokio::process::{Child, Command};

/// Processes at once.
const SEQUENCERS: usize = 2;
/// Times a process is killed.
const KILLS: usize = 8;
/// Writers at once.
const WRITERS: usize = 16;
/// Events of one delivery.
const EVENTS: usize = 20;

/// A row for the feed that must never be in it: its transaction is rolled back.
const ROLLED_BACK: &str = "INSERT INTO feed_queue (source_id, events, event_ids, times, digests, first_at, last_at)
    SELECT gen_random_uuid(), 1, ARRAY[gen_random_uuid()], ARRAY[now()], decode(repeat('00', 32), 'hex'), now(), now()";

fn work(url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .arg("work")
        .env("DATABASE_URL", url)
        .env(
            "ROLLCALL_DATA_DIR",
            std::env::temp_dir().join("rollcall-sequencer-test"),
        )
        .env("ROLLCALL_LOG", "error")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn source(services: &Services, slug: &str) -> Arc<Op> {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        format: String::new(),
        ..SourceInput::default()
    };
    let made = sources::create(&services.system("test"), &input)
        .await
        .unwrap();
    let actor = ingest::authenticate(services, slug, &made.token)
        .await
        .unwrap();
    Arc::new(services.op(actor, OpKind::Request, "test"))
}

fn delivery(writer: usize, round: usize) -> Vec<u8> {
    let mut lines = String::new();
    for n in 0..EVENTS {
        let _ = writeln!(
            lines,
            "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{writer}-{round}-{n}\"}}"
        );
    }
    lines.into_bytes()
}

/// Delivers until told to stop, at least once; every other transaction is rolled back.
async fn write(services: Services, op: Arc<Op>, writer: usize, going: Arc<AtomicBool>) -> usize {
    let mut accepted = 0;
    for round in 0.. {
        let receipt = ingest::accept(&op, delivery(writer, round), &Limits::default())
            .await
            .unwrap();
        accepted += receipt.accepted;
        let mut tx = services.db.begin().await.unwrap();
        execute(&mut tx, ROLLED_BACK).await;
        tx.rollback().await.unwrap();
        if !going.load(Ordering::SeqCst) {
            break;
        }
    }
    accepted
}

/// A delivery whose transaction stays open for two seconds: it holds its places in the queue, and ends behind a lock
/// on its source.
async fn slow(services: Services) -> usize {
    let op = source(&services, "slow").await;
    let mut lock = services.db.begin().await.unwrap();
    execute(
        &mut lock,
        "SELECT FROM sources WHERE slug = 'slow' FOR UPDATE",
    )
    .await;
    let delivering =
        tokio::spawn(async move { ingest::accept(&op, delivery(99, 0), &Limits::default()).await });
    execute(&mut lock, "SELECT pg_sleep(2)").await;
    assert!(!delivering.is_finished(), "its transaction is still open");
    lock.commit().await.unwrap();
    delivering.await.unwrap().unwrap().accepted
}

/// Kills sequencers with -9, each time in the middle of giving places, and starts others instead.
async fn kill(services: &Services, url: &str, running: &mut Vec<Child>) {
    for round in 0..KILLS {
        let position = async || count(&services.db, "SELECT position FROM feed_head".into()).await;
        let before = position().await;
        while position().await == before {}
        // Whoever gives places holds the head row.
        let free = "SELECT count(*) FROM (SELECT FROM feed_head FOR UPDATE SKIP LOCKED) x";
        while count(&services.db, free.into()).await != 0 {}
        // All of them, or one: then the other goes on.
        let victims = if round % 2 == 0 { running.len() } else { 1 };
        for mut child in running.drain(..victims) {
            child.start_kill().unwrap();
            assert!(!child.wait().await.unwrap().success(), "killed");
        }
        running.resize_with(SEQUENCERS, || work(url));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_processes_lose_nothing_and_double_nothing() {
    let Ok(admin) = std::env::var("DATABASE_URL") else {
        eprintln!("skipped: DATABASE_URL is unset; run it through script/with-database");
        return;
    };
    let url = fresh_url(&admin).await;
    let services = Services {
        db: Db::connect(&url, 40).unwrap(),
        clock: Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    };
    let op = source(&services, "s").await;
    let going = Arc::new(AtomicBool::new(true));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(services.clone(), op.clone(), writer, going.clone()));
    }
    writers.spawn(slow(services.clone()));
    let mut running: Vec<Child> = (0..SEQUENCERS).map(|_| work(&url)).collect();
    kill(&services, &url, &mut running).await;
    going.store(false, Ordering::SeqCst);
    let accepted: usize = writers.join_all().await.into_iter().sum();
    let accepted = i64::try_from(accepted).unwrap();
    println!("{accepted} events, {KILLS} kills in the middle of giving places");
    while count(&services.db, "SELECT count(*) FROM feed_queue".into()).await != 0 {}
    nothing_lost(&services, accepted).await;
}

async fn nothing_lost(services: &Services, accepted: i64) {
    for sql in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM feed",
        "SELECT count(DISTINCT f.event_id) FROM feed f JOIN events e ON e.id = f.event_id",
        "SELECT count(DISTINCT (source_id, vendor_id)) FROM events",
        "SELECT max(position) FROM feed",
        "SELECT position FROM feed_head",
    ] {
        assert_eq!(count(&services.db, sql.into()).await, accepted, "{sql}");
    }
    let mut conn = services.db.acquire().await.unwrap();
    let back = texts(
        &mut conn,
        "SELECT position::text FROM (SELECT position, published < lag(published) OVER (ORDER BY position) AS back FROM feed) x WHERE back",
    )
    .await;
    assert_eq!(back, Vec::<String>::new(), "published never goes back");
    let held = feed::verify(&services.system("test")).await.unwrap();
    assert_eq!(held, Ok(accepted), "every link of the chain holds");
}
