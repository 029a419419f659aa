//! The sender as it runs: a `rollcall work` process that is killed with -9 before and after its receiver answers.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use contract::destinations::DestinationInput;
use contract::sources::SourceInput;
use serde_json::Value;
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{OpKind, Services, Settings, destinations, sources};
use store::Db;
use store::testing::{count, fresh_url};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// Events to be sent.
const EVENTS: usize = 6_000;
/// Times the process is killed.
const KILLS: usize = 6;

/// Batches as they came: first and last position.
#[derive(Clone)]
struct Receiver {
    batches: Arc<Mutex<Vec<(i64, i64)>>>,
    arrived: mpsc::UnboundedSender<()>,
}

/// Every other batch is held back until the sender is gone; the others are answered, and the sender dies soon after.
async fn hear(State(receiver): State<Receiver>, body: Bytes) -> StatusCode {
    let sent: Value = serde_json::from_slice(&body).unwrap();
    let rows = sent["data"].as_array().unwrap();
    let position = |row: Option<&Value>| row.unwrap()["pos"].as_i64().unwrap();
    let count = {
        let mut batches = receiver.batches.lock().unwrap();
        batches.push((position(rows.first()), position(rows.last())));
        batches.len()
    };
    receiver.arrived.send(()).ok();
    if count <= KILLS && count % 2 == 1 {
        std::future::pending::<()>().await;
    }
    StatusCode::NO_CONTENT
}

fn work(url: &str, data: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .arg("work")
        .env("DATABASE_URL", url)
        .env("ROLLCALL_DATA_DIR", data)
        .env("ROLLCALL_OUTBOUND_ALLOW", "127.0.0.0/8")
        .env("ROLLCALL_LOG", "error")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn deliver(services: &Services) {
    let input = SourceInput {
        name: "own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    let made = sources::create(&services.system("test"), &input)
        .await
        .unwrap();
    let actor = ingest::authenticate(services, "own", &made.token)
        .await
        .unwrap();
    let line = |n| {
        format!(
            "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\"}}\n"
        )
    };
    let body: String = (0..EVENTS).map(line).collect();
    let op = services.op(actor, OpKind::Request, "test");
    ingest::accept(&op, body.into_bytes(), &Limits::default())
        .await
        .unwrap();
}

async fn world(data: &Path) -> Option<(Services, String)> {
    let Ok(admin) = std::env::var("DATABASE_URL") else {
        eprintln!("skipped: DATABASE_URL is unset; run it through script/with-database");
        return None;
    };
    let url = fresh_url(&admin).await;
    let services = Services {
        db: Db::connect(&url, 10).unwrap(),
        clock: Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(data.join("keys"))),
    };
    deliver(&services).await;
    Some((services, url))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_killed_with_9_loses_nothing_and_repeats_only_its_last_batch() {
    let data: PathBuf =
        std::env::temp_dir().join(format!("rollcall-sender-{}", std::process::id()));
    let Some((services, url)) = world(&data).await else {
        return;
    };
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let receiver = Receiver {
        batches: Arc::default(),
        arrived,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let input = DestinationInput {
        name: "killed".into(),
        kind: "webhook".into(),
        address: format!("http://{}/", listener.local_addr().unwrap()),
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
        ..DestinationInput::default()
    };
    destinations::create(&services.system("test"), &input)
        .await
        .unwrap();
    let router = Router::new().fallback(hear).with_state(receiver.clone());
    // The reference to bodies of five hundred rows.
    let router = router.layer(axum::extract::DefaultBodyLimit::disable());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut child = work(&url, &data);
    for _ in 0..KILLS {
        arrivals.recv().await.unwrap();
        child.start_kill().unwrap();
        assert!(!child.wait().await.unwrap().success(), "killed");
        child = work(&url, &data);
    }
    let last = i64::try_from(EVENTS).unwrap();
    let place = "SELECT max(position) FROM destinations";
    while count(&services.db, place.into()).await != last {}
    let batches = receiver.batches.lock().unwrap().clone();
    let mut done = 0;
    let mut before = (1, 0);
    let mut repeated = 0;
    for batch in batches {
        // On from where it was, or the last batch anew.
        assert!(
            batch.0 == before.1 + 1 || batch.0 == before.0,
            "{before:?}, then {batch:?}"
        );
        repeated += usize::from(batch.0 == before.0 && before.1 > 0);
        done = done.max(batch.1);
        before = batch;
    }
    assert_eq!(done, last, "every row arrived");
    assert!(
        repeated >= KILLS / 2,
        "those that were held back came again: {repeated}"
    );
    std::fs::remove_dir_all(&data).ok();
}
