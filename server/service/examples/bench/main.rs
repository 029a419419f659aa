//! The benchmarks: each figure is a ratio to plain SQL over the same rows in the same run, so that machines compare.
//!
//! `script/bench` runs them against a throw-away database. Nothing here judges: a figure is printed, a person reads it.

mod export;
mod pack;
mod search;
mod trust;
mod volume;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use contract::campaigns::CampaignInput;
use contract::identities::{Environment, IdentityFilter, IdentityKind, IdentitySort};
use service::ports::fixed::SeededEntropy;
use service::{Op, Services, Settings, campaigns, demo, identities};
use store::testing::bench::{self, Search};

/// Runs of each measurement; the median is printed.
const RUNS: usize = 3;
/// Identities in the inventory.
const IDENTITIES: i32 = 100_000;
/// Pages opened in one run.
const PAGES: usize = 40;

#[tokio::main]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|word| word == name);
    if wanted("demo") {
        load_demo().await;
    }
    if wanted("inventory") {
        inventory_against_sql().await;
    }
    if wanted("campaign") {
        campaign_against_sql().await;
    }
    if wanted("pack") {
        pack::run().await;
    }
    if wanted("volume") {
        volume::run_all().await;
    }
    if wanted("export") {
        export::run().await;
    }
    if wanted("search") {
        search::run().await;
    }
    if wanted("import") {
        volume::import().await;
    }
    if wanted("replay") {
        trust::replay().await;
    }
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn say(line: &str) {
    println!("{line}");
}

async fn services() -> Services {
    let db = store::testing::fresh()
        .await
        .expect("script/bench gives a database");
    Services {
        db,
        clock: Arc::new(MachineClock),
        entropy: Arc::new(SeededEntropy::new(3)),
        settings: Arc::new(Settings::for_tests(
            std::env::temp_dir().join("rollcall-bench"),
        )),
    }
}

/// The machine's clock: the database judges by its own, and the two have to agree.
struct MachineClock;

impl service::Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "a program of its own")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

async fn load_demo() {
    let services = services().await;
    let started = Instant::now();
    let outcome = demo::load(&services.system("demo")).await.expect("loads");
    let seconds = started.elapsed().as_secs_f64();
    say(&format!(
        "demo loaded      {seconds:>9.1} s          {outcome:?}"
    ));
}

async fn inventory_against_sql() {
    let services = services().await;
    bench::fill_identities(&services.db, IDENTITIES)
        .await
        .expect("fills");
    // As the job of every server does every five minutes.
    identities::fold_counts(&services.system("bench"))
        .await
        .expect("folds");
    // A request that began before that would have to count what was folded since.
    listed(&services, &services.system("bench")).await;
}

/// The list's first page, and one narrowed by two facets and a word, against their bare SQL.
async fn listed(services: &Services, op: &Op) {
    let narrowed = IdentityFilter {
        q: "ledger-12".to_owned(),
        kind: vec![IdentityKind::Pipeline],
        environment: vec![Environment::Production, Environment::Staging],
        ..IdentityFilter::default()
    };
    for (name, filter, search) in [
        ("first page", IdentityFilter::default(), Search::FirstPage),
        ("two facets and a word", narrowed, Search::Narrowed),
    ] {
        let (page, sql) = pages(services, op, &filter, search).await;
        say(&format!(
            "inventory p95    {:>9.1} ms         {name}, {IDENTITIES} identities",
            millis(page)
        ));
        say(&format!(
            "  bare SQL p95   {:>9.1} ms         its three statements, nothing decoded",
            millis(sql)
        ));
        let ratio = page.as_secs_f64() / sql.as_secs_f64();
        say(&format!(
            "  ratio          {ratio:>9.2}            of the time of its SQL"
        ));
    }
}

/// Starts a campaign over the whole inventory, and freezes the same rows with one bare INSERT … SELECT.
async fn campaign_against_sql() {
    let services = services().await;
    bench::fill_identities(&services.db, IDENTITIES)
        .await
        .expect("fills");
    bench::fill_holdings(&services.db).await.expect("holds");
    let op = services.system("bench");
    let input = CampaignInput {
        name: "Everything".to_owned(),
        due_on: (op.now + chrono::TimeDelta::days(30))
            .date_naive()
            .to_string(),
        ..CampaignInput::default()
    };
    let id = campaigns::create(&op, input).await.expect("a draft");
    let why = "A benchmark has no sources to tell of anything";
    let started = Instant::now();
    let items = campaigns::start_accepting(&op, id, why)
        .await
        .expect("starts");
    let start = started.elapsed();
    let bare = bench::freeze_items(&services.db).await.expect("freezes");
    let copy = bench::copy_items(&services.db).await.expect("copies");
    let ratio = start.as_secs_f64() / bare.as_secs_f64();
    say(&format!(
        "campaign start   {:>9.1} s          {items} items frozen, each judged, hashed and given its reviewer",
        start.as_secs_f64()
    ));
    say(&format!(
        "  bare SQL       {:>9.1} s          one INSERT … SELECT that freezes the same facts, nothing judged",
        bare.as_secs_f64()
    ));
    say(&format!(
        "  bare copy      {:>9.1} s          one INSERT … SELECT of the finished items",
        copy.as_secs_f64()
    ));
    say(&format!(
        "  ratio          {ratio:>9.2}            of the time of its SQL"
    ));
}

async fn pages(
    services: &Services,
    op: &Op,
    filter: &IdentityFilter,
    search: Search,
) -> (Duration, Duration) {
    let mut opened = Vec::new();
    let mut bare = Vec::new();
    let mut conn = services.db.acquire().await.expect("connects");
    for run in 0..=RUNS {
        let mut times = (Vec::new(), Vec::new());
        for _ in 0..PAGES {
            let started = Instant::now();
            let list = identities::list(op, filter, IdentitySort::Risk, None)
                .await
                .expect("lists");
            times.0.push(started.elapsed());
            assert!(!list.page.rows.is_empty());
            times
                .1
                .push(bench::bare_page(&mut conn, search).await.expect("asks"));
        }
        if run > 0 {
            opened.push(p95(times.0));
            bare.push(p95(times.1));
        }
    }
    (median(opened), median(bare))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
