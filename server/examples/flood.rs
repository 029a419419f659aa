//! A million mixed events through a real server, over HTTP, against plain COPY of the same rows into the same tables.
//!
//! `script/bench ingest` runs it against a throw-away database. The server is the program beside this one, with its
//! jobs: what it takes gets its place in the feed and is judged while more comes. Nothing here judges: figures are
//! printed. `BENCH_EVENTS` asks for another number of events.

#![expect(clippy::print_stdout, reason = "figures are what this program is for")]

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use contract::sources::SourceInput;
use domain::demo::Organisation;
use domain::demo::events::SOURCES;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use server::clients::{SystemClock, SystemEntropy};
use service::{Clock as _, Services, Settings, demo, sources};
use store::Db;
use store::testing::bench::{self, EventRows};
use store::testing::{fresh_url, memory};
use tokio::process::{Child, Command};

/// Events sent when no other number is asked for.
const EVENTS: usize = 1_000_000;
/// Events in a delivery.
const DELIVERY: usize = 2_000;
/// Deliveries under way at once.
const SENDERS: usize = 4;
/// How often the feed is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(500);

/// A delivery: the source's place in the list of tokens, and its body.
type Delivery = (usize, Vec<u8>);

/// What the database said meanwhile.
#[derive(Default)]
struct Lag {
    unplaced: i64,
    unjudged: i64,
    seconds: f64,
}

#[tokio::main]
async fn main() {
    let Ok(admin) = std::env::var("DATABASE_URL") else {
        println!("skipped: DATABASE_URL is unset; run it through script/bench");
        return;
    };
    let asked = std::env::var("BENCH_EVENTS")
        .ok()
        .and_then(|n| n.parse().ok());
    let events = asked.unwrap_or(EVENTS);
    let url = fresh_url(&admin).await;
    let data = std::env::temp_dir().join(format!("rollcall-flood-{}", std::process::id()));
    let services = Services {
        db: Db::connect(&url, 10).expect("connects"),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        settings: Arc::new(Settings::for_tests(data.clone())),
    };
    demo::load(&services.system("bench")).await.expect("loads");
    bench::nobody_listens(&services.db).await.expect("deletes");
    let tokens = tokens(&services).await;
    let deliveries = deliveries(events);
    let (mut child, origin) = serve(&url, &data);
    ready(&origin).await;
    caught_up(&services.db).await;
    bench::empty_events(&services.db).await.expect("empties");

    let started = Instant::now();
    let lag = Arc::new(Mutex::new(Lag::default()));
    let looking = tokio::spawn(look(services.db.clone(), lag.clone()));
    send(&origin, Arc::new(tokens), deliveries).await;
    let took = started.elapsed();
    caught_up(&services.db).await;
    let judged = started.elapsed();
    looking.abort();
    let memory = memory::mib(memory::peak(child.id()).unwrap_or_default());
    child.start_kill().expect("stops");
    child.wait().await.expect("stopped");
    told(events, took, judged, &lag.lock().expect("no panic"), memory);

    let (rows, keys, places) = bench::count_events(&services.db).await.expect("counts");
    println!(
        "  kept           {rows:>9}            events, {keys} keys, {places} in the feed, of {events} acknowledged"
    );
    against_copy(&services.db, events, took).await;
    std::fs::remove_dir_all(&data).ok();
}

fn told(events: usize, took: Duration, judged: Duration, lag: &Lag, memory: f64) {
    println!(
        "ingest           {:>9.0} events/s   {events} events over HTTP, gzip, {DELIVERY} a delivery, {SENDERS} at once, {took:.1?}",
        rate(events, took)
    );
    println!(
        "  behind at most {:>9} events     waited for a place; {} for detection, the first for {:.1} s; all judged after {judged:.1?}",
        lag.unplaced, lag.unjudged, lag.seconds
    );
    println!("  server memory  {memory:>9.0} MiB        at most (VmHWM)");
}

async fn against_copy(db: &Db, events: usize, took: Duration) {
    let rows = EventRows::read(db).await.expect("copies out");
    let mut best = Duration::MAX;
    for streams in [1, 2, 4] {
        let copy = rows.copy_in(db, streams).await.expect("copies in");
        best = best.min(copy);
        println!(
            "  plain COPY     {:>9.0} events/s   the same rows into the same tables, {streams} at once, {copy:.1?}",
            rate(events, copy)
        );
    }
    println!(
        "  ratio          {:>9.2}            of the speed of the fastest COPY",
        best.as_secs_f64() / took.as_secs_f64()
    );
}

/// A source of the bench's own for each of the demo's.
async fn tokens(services: &Services) -> Vec<(String, String)> {
    let mut tokens = Vec::new();
    for source in SOURCES {
        let input = SourceInput {
            name: format!("Bench {}", source.name),
            slug: format!("bench-{}", source.slug),
            format: source.format.as_str().to_owned(),
            ..SourceInput::default()
        };
        let made = sources::create(&services.system("bench"), &input).await;
        tokens.push((input.slug, made.expect("a source").token));
    }
    tokens
}

/// The demo's records over and over, each time under other ids.
fn deliveries(events: usize) -> VecDeque<Delivery> {
    let acme = Organisation::at(SystemClock.now());
    let mut open: Vec<(usize, GzEncoder<Vec<u8>>)> =
        SOURCES.iter().map(|_| (0, packer())).collect();
    let mut all = VecDeque::new();
    let (mut round, mut count) = (0, 0);
    while count < events {
        for mut record in acme.events().take(events - count) {
            let source = SOURCES
                .iter()
                .position(|one| one.slug == record.source)
                .expect("a source");
            rename(&mut record.body, round);
            let (held, into) = &mut open[source];
            writeln!(into, "{}", record.body).expect("memory");
            *held += 1;
            count += 1;
            if *held == DELIVERY {
                let full = std::mem::replace(&mut open[source], (0, packer()));
                all.push_back((source, full.1.finish().expect("memory")));
            }
        }
        round += 1;
    }
    let rest = open
        .into_iter()
        .enumerate()
        .filter(|(_, (held, _))| *held > 0);
    all.extend(rest.map(|(source, (_, into))| (source, into.finish().expect("memory"))));
    all
}

fn packer() -> GzEncoder<Vec<u8>> {
    GzEncoder::new(Vec::new(), Compression::default())
}

/// Gives a record an id of this round.
fn rename(body: &mut Value, round: usize) {
    for name in ["_document_id", "eventID", "vendor_id", "id"] {
        if let Some(Value::String(id)) = body.get_mut(name) {
            *id = format!("{id}-{round}");
        }
    }
}

fn serve(url: &str, data: &Path) -> (Child, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let here = std::env::current_exe().expect("this program");
    let binary = std::env::var_os("ROLLCALL_BIN").map_or_else(
        || {
            here.parent()
                .and_then(|folder| folder.parent())
                .expect("a folder")
                .join("rollcall")
        },
        PathBuf::from,
    );
    let child = Command::new(binary)
        .arg("serve")
        .env("DATABASE_URL", url)
        .env("PORT", port.to_string())
        .env("ROLLCALL_DATA_DIR", data)
        .env("ROLLCALL_LOG", "error")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("script/bench builds the server");
    (child, format!("http://127.0.0.1:{port}"))
}

async fn ready(origin: &str) {
    let client = reqwest::Client::new();
    let address = format!("{origin}/healthz");
    // There is no other way to learn that another process listens than to knock.
    while client.get(&address).send().await.is_err() {
        tokio::task::yield_now().await;
    }
}

/// Waits until everything has its place and is judged.
async fn caught_up(db: &Db) {
    let mut clock = tokio::time::interval(Duration::from_millis(100));
    loop {
        clock.tick().await;
        let (unplaced, unjudged, _) = bench::behind(db).await.expect("asks");
        if unplaced == 0 && unjudged == 0 {
            return;
        }
    }
}

/// Looks how far behind places and judgement are, again and again.
async fn look(db: Db, lag: Arc<Mutex<Lag>>) {
    let mut clock = tokio::time::interval(LOOK);
    loop {
        clock.tick().await;
        let Ok((unplaced, unjudged, seconds)) = bench::behind(&db).await else {
            continue;
        };
        let mut most = lag.lock().expect("no panic");
        most.unplaced = most.unplaced.max(unplaced);
        most.unjudged = most.unjudged.max(unjudged);
        most.seconds = most.seconds.max(seconds);
    }
}

/// Sends everything; what is refused for want of room is sent again.
async fn send(origin: &str, tokens: Arc<Vec<(String, String)>>, deliveries: VecDeque<Delivery>) {
    let waiting = Arc::new(Mutex::new(deliveries));
    let senders = (0..SENDERS).map(|_| {
        let (waiting, tokens, origin) = (waiting.clone(), tokens.clone(), origin.to_owned());
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            loop {
                let next = waiting.lock().expect("no panic").pop_front();
                let Some((source, body)) = next else { return };
                let (slug, token) = &tokens[source];
                deliver(&client, &format!("{origin}/ingest/v1/{slug}"), token, body).await;
            }
        })
    });
    futures::future::try_join_all(senders).await.expect("sends");
}

async fn deliver(client: &reqwest::Client, address: &str, token: &str, body: Vec<u8>) {
    loop {
        let answer = client
            .post(address)
            .bearer_auth(token)
            .header("content-encoding", "gzip")
            .body(body.clone())
            .send()
            .await
            .expect("answers");
        let status = answer.status();
        if status.is_success() {
            return;
        }
        assert_eq!(status, 429, "{}", answer.text().await.unwrap_or_default());
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
