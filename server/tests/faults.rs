//! `kill -9` of PostgreSQL and of the server while events come in: with a client that tries again, every acknowledged
//! event is there once.
//!
//! The database is a private cluster of its own, made by the product's own code; its processes are killed by the id in
//! its own `postmaster.pid`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::sources::SourceInput;
use serde_json::Value;
use server::cluster::{Cluster, ClusterError};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Services, Settings, feed, sources};
use store::Db;
use store::testing::{count, texts};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};

/// What is killed, in this order.
const ROUNDS: [(bool, bool); 6] = [
    (true, false),
    (false, true),
    (true, true),
    (true, false),
    (false, true),
    (true, true),
];
/// Clients at once.
const WRITERS: usize = 6;
/// Events of one delivery: few enough for plain inserts, and, for every other writer, enough for COPY.
const EVENTS: [usize; 2] = [40, 300];
/// Deliveries that are acknowledged between two kills, at least.
const BETWEEN: usize = 12;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Starts the cluster below a folder, or, after it was killed, again: as soon as the last of its processes has seen that
/// their parent is gone.
async fn start(folder: &Path) -> Result<Cluster, ClusterError> {
    let mut last = None;
    for _ in 0..300 {
        let folder = folder.to_owned();
        let started = tokio::task::spawn_blocking(move || Cluster::start(&folder)).await;
        match started.unwrap() {
            Err(error @ ClusterError::Program { .. }) => last = Some(error),
            ended => return ended,
        }
    }
    Err(last.unwrap())
}

/// Kills the database's first process, which the others do not outlive.
async fn kill_database(folder: &Path) {
    let file = folder.join("database/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    let process: u32 = text.lines().next().unwrap().trim().parse().unwrap();
    let killed = Command::new("kill")
        .args(["-9", &process.to_string()])
        .status()
        .await
        .unwrap();
    assert!(killed.success(), "the database was running");
    // Gone is what works nowhere any more, whoever has to collect it.
    while std::fs::read_link(format!("/proc/{process}/cwd")).is_ok() {}
}

/// Starts the server and waits until it says that it is ready.
async fn serve(url: &str, port: u16, folder: &Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .arg("serve")
        .env("DATABASE_URL", url)
        .env("PORT", port.to_string())
        .env("ROLLCALL_DATA_DIR", folder)
        .env("ROLLCALL_REQUEST_SECONDS", "20")
        .env("ROLLCALL_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = String::new();
    loop {
        let Some(line) = lines.next_line().await.unwrap() else {
            panic!("the server ended before it was ready:\n{said}");
        };
        if line.contains("Rollcall is ready") {
            break;
        }
        let _ = writeln!(said, "{line}");
    }
    // What else it says must be taken, or it would wait for somebody to read.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    child
}

/// Waits until the server can do its work.
async fn ready(client: &reqwest::Client, port: u16) {
    let address = format!("http://127.0.0.1:{port}/readyz");
    loop {
        if let Ok(answer) = client.get(&address).send().await
            && answer.status().is_success()
        {
            return;
        }
    }
}

fn delivery(writer: usize, round: usize) -> (Vec<String>, String) {
    let ids: Vec<String> = (0..EVENTS[writer % EVENTS.len()])
        .map(|n| format!("{writer}-{round}-{n}"))
        .collect();
    let lines = ids.iter().fold(String::new(), |mut lines, id| {
        let _ = writeln!(
            lines,
            "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{id}\"}}"
        );
        lines
    });
    (ids, lines)
}

/// What a writer saw.
#[derive(Default)]
struct Seen {
    acknowledged: Vec<String>,
    /// Times nothing, or no 200, came back.
    failed: usize,
    /// Events that were kept though nobody had heard so.
    unheard: u64,
}

#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    address: String,
    token: String,
    up: watch::Receiver<bool>,
    heard: mpsc::UnboundedSender<()>,
    going: Arc<AtomicBool>,
}

impl Client {
    /// One try: what was answered, where it was 200.
    async fn send(&self, body: &str) -> Option<Value> {
        let sent = self
            .http
            .post(&self.address)
            .bearer_auth(&self.token)
            .body(body.to_owned())
            .send()
            .await
            .ok()?;
        if sent.status() != reqwest::StatusCode::OK {
            return None;
        }
        serde_json::from_slice(&sent.bytes().await.ok()?).ok()
    }

    /// Delivers until told to stop; each delivery again and again until it is acknowledged.
    async fn write(mut self, writer: usize) -> Seen {
        let mut seen = Seen::default();
        for round in 0.. {
            let (ids, body) = delivery(writer, round);
            let receipt = loop {
                if let Some(receipt) = self.send(&body).await {
                    break receipt;
                }
                seen.failed += 1;
                self.up.wait_for(|up| *up).await.unwrap();
            };
            let number = |name: &str| receipt[name].as_u64().unwrap();
            let (accepted, duplicates) = (number("accepted"), number("duplicates"));
            assert_eq!(
                (
                    accepted + duplicates,
                    receipt["rejected"].as_array().unwrap().len()
                ),
                (ids.len() as u64, 0),
                "{receipt}"
            );
            // A delivery is one transaction: all of it is new, or all of it was kept before.
            assert!(accepted == 0 || duplicates == 0, "{receipt}");
            seen.unheard += duplicates;
            seen.acknowledged.extend(ids);
            self.heard.send(()).ok();
            if !self.going.load(Ordering::SeqCst) {
                break;
            }
        }
        seen
    }
}

/// Waits until so many more deliveries are acknowledged, and then until one is being written.
async fn busy(db: &Db, heard: &mut mpsc::UnboundedReceiver<()>) {
    for _ in 0..BETWEEN {
        heard.recv().await.unwrap();
    }
    let writing = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start IS NOT NULL AND (query LIKE '%event_keys%' OR query LIKE '%feed_queue (%' OR query LIKE 'COPY%')";
    while count(db, writing.into()).await == 0 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_killed_every_acknowledged_event_is_there_once() {
    let folder =
        Folder(std::env::temp_dir().join(format!("rollcall-faults-{}", std::process::id())));
    let cluster = match start(&folder.0).await {
        Err(ClusterError::Missing | ClusterError::NoUser) => {
            eprintln!("skipped: no PostgreSQL 15 here that could be started");
            return;
        }
        started => started.unwrap(),
    };
    let url = cluster.url().to_owned();
    let mut clusters = vec![cluster];
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut server = serve(&url, port, &folder.0).await;
    let services = Services {
        db: Db::connect(&url, 5).unwrap(),
        clock: Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(folder.0.join("keys"))),
    };
    let input = SourceInput {
        name: "s".into(),
        slug: "s".into(),
        ..SourceInput::default()
    };
    let made = sources::create(&services.system("test"), &input)
        .await
        .unwrap();

    let (up, watching) = watch::channel(true);
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let client = Client {
        http: reqwest::Client::new(),
        address: format!("http://127.0.0.1:{port}/ingest/v1/s"),
        token: made.token,
        up: watching,
        heard,
        going: Arc::new(AtomicBool::new(true)),
    };
    let (going, http) = (client.going.clone(), client.http.clone());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(client.clone().write(writer));
    }
    for (database, process) in ROUNDS {
        busy(&services.db, &mut hearing).await;
        up.send_replace(false);
        if process {
            server.start_kill().unwrap();
        }
        if database {
            kill_database(&folder.0).await;
            clusters.push(start(&folder.0).await.unwrap());
        }
        if process {
            assert!(!server.wait().await.unwrap().success(), "killed");
            server = serve(&url, port, &folder.0).await;
        }
        ready(&http, port).await;
        up.send_replace(true);
    }
    going.store(false, Ordering::SeqCst);
    let seen = writers.join_all().await;
    check(&services, &seen).await;
    services.db.close().await;
    server.start_kill().unwrap();
    server.wait().await.unwrap();
    // Each holds a lock on the cluster; the last to go stops it.
    tokio::task::spawn_blocking(move || drop(clusters))
        .await
        .unwrap();
}

async fn check(services: &Services, seen: &[Seen]) {
    let mut acknowledged: Vec<String> = seen
        .iter()
        .flat_map(|one| one.acknowledged.iter().cloned())
        .collect();
    acknowledged.sort();
    let failed: usize = seen.iter().map(|one| one.failed).sum();
    let unheard: u64 = seen.iter().map(|one| one.unheard).sum();
    println!(
        "{} events acknowledged over {} kills; {failed} tries failed, {unheard} events had been kept unheard",
        acknowledged.len(),
        ROUNDS.len()
    );
    assert!(failed > 0, "something was killed under way");
    while count(&services.db, "SELECT count(*) FROM feed_queue".into()).await != 0 {}
    let mut conn = services.db.acquire().await.unwrap();
    let kept = texts(&mut conn, "SELECT vendor_id FROM events ORDER BY vendor_id").await;
    assert!(
        kept == acknowledged,
        "{} events are kept, {} were acknowledged",
        kept.len(),
        acknowledged.len()
    );
    let placed = texts(
        &mut conn,
        "SELECT e.vendor_id FROM feed f JOIN events e ON e.id = f.event_id ORDER BY e.vendor_id",
    )
    .await;
    assert!(placed == acknowledged, "each has one place in the feed");
    let places = i64::try_from(acknowledged.len()).unwrap();
    assert_eq!(
        feed::verify(&services.system("test")).await.unwrap(),
        Ok(places)
    );
    let counted = "SELECT (sum(succeeded + failed))::bigint FROM event_day_counts";
    assert_eq!(count(&services.db, counted.into()).await, places);
}
