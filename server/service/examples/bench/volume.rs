//! The whole inventory at its promised size: deep pages, the posture of everybody, and a file of 100,000 rows.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use contract::identities::{IdentityFilter, IdentitySort};
use domain::import::Hint;
use service::imports::{Input, Progress, run};
use service::{Op, Services, identities, posture};
use store::testing::{bench, memory};

use super::{IDENTITIES, millis, p95, rate, say, services};

/// How far the deep page is.
const DEEP: usize = 2_000;
/// Rows of a page.
const PAGE: usize = 50;
/// Times each page is opened.
const TIMES: usize = 40;
/// Rows of the imported file.
const ROWS: usize = 100_000;

/// Deep pages and the posture of the whole inventory.
pub async fn run_all() {
    let services = services().await;
    bench::fill_identities(&services.db, IDENTITIES)
        .await
        .expect("fills");
    let (credentials, permissions) = bench::fill_holdings(&services.db).await.expect("fills");
    say(&format!(
        "volume                            {IDENTITIES} identities, {credentials} credentials, {permissions} permissions"
    ));
    let op = services.system("bench");
    identities::fold_counts(&op).await.expect("folds");
    // A request that began before the counts were folded would have to count what was folded since.
    let op = services.system("bench");
    judged(&op).await;
    identities::fold_counts(&op).await.expect("folds");
    let op = services.system("bench");
    super::listed(&services, &op).await;
    pages(&op).await;
}

/// Page 1 against page 2,000 in each order.
async fn pages(op: &Op) {
    let filter = IdentityFilter::default();
    for sort in IdentitySort::ALL {
        let first = opened(op, &filter, *sort, None).await;
        let cursor = walk(op, &filter, *sort).await;
        let deep = opened(op, &filter, *sort, cursor.as_deref()).await;
        say(&format!(
            "page {DEEP:<12} {:>9.1} ms p95     by {sort}; page 1: {:.1} ms",
            millis(deep),
            millis(first)
        ));
    }
}

/// The cursor of the deep page: by the pieces of an export, which cost what pages cost.
async fn walk(op: &Op, filter: &IdentityFilter, sort: IdentitySort) -> Option<String> {
    let mut after: Option<String> = None;
    let mut rows = 0;
    while rows < (DEEP - 1) * PAGE {
        let piece = identities::export_page(op, filter, sort, after.as_deref())
            .await
            .expect("reads on");
        rows += piece.rows.len();
        match piece.next {
            Some(next) => after = Some(next),
            // The roll is shorter: its last piece is deep enough.
            None => break,
        }
    }
    after
}

async fn opened(
    op: &Op,
    filter: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
) -> Duration {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        identities::list(op, filter, sort, after)
            .await
            .expect("lists");
        times.push(started.elapsed());
    }
    p95(times)
}

async fn judged(op: &Op) {
    let started = Instant::now();
    let done = posture::recompute_all(op).await.expect("judges");
    let took = started.elapsed();
    let count = usize::try_from(done.identities).unwrap_or(usize::MAX);
    say(&format!(
        "posture          {:>9.0} identities/s  {count} judged anew, {} findings, {took:.1?}",
        rate(count, took),
        done.findings
    ));
}

/// Imports a long file: rows a second, and the most memory this process ever had.
pub async fn import() {
    let services = services().await;
    let file = file();
    let op = services.system("bench");
    let peak = || memory::peak(None).map_or(0.0, memory::mib);
    let before = peak();
    for (what, dry_run) in [
        ("preview", true),
        ("import", false),
        ("the same again", false),
    ] {
        timed(&services, &op, &file, what, dry_run).await;
    }
    let megabytes = file.len() / (1024 * 1024);
    say(&format!(
        "  memory         {:>9.0} MiB        at most, {before:.0} MiB before; the file has {megabytes} MiB",
        peak()
    ));
}

async fn timed(services: &Services, op: &Op, file: &str, what: &str, dry_run: bool) {
    let op = services.op(op.actor.clone(), op.kind, "bench");
    let told = AtomicI64::new(0);
    let watch = |_: Progress| {
        told.fetch_add(1, Ordering::Relaxed);
    };
    let input = Input {
        file: "bench.csv",
        bytes: file.as_bytes(),
        hint: Hint::at(op.now),
        dry_run,
        skip_problems: false,
        kept: None,
    };
    let started = Instant::now();
    let report = run(&op, &input, &watch).await.expect("imports");
    let took = started.elapsed();
    assert_eq!(report.problems, []);
    say(&format!(
        "import           {:>9.0} rows/s     {what}, {} rows, {took:.1?}, told {} times",
        rate(ROWS, took),
        report.rows,
        told.load(Ordering::Relaxed)
    ));
}

fn file() -> String {
    let mut text = String::from(
        "external_id,name,platform,purpose,environment,tags,selectors,credential_type,credential_reference,credential_issued_at\n",
    );
    for n in 0..ROWS {
        writeln!(
            text,
            "svc-{n},service {n},aws,Moves the data of branch {n} to the warehouse,production,tag{},aws_role arn:aws:iam::471982203366:role/service-{n},access key,KEY{n:08},2026-05-02",
            n % 40
        )
        .expect("text");
    }
    text
}
