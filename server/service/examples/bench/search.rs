//! The explorer's first page at two volumes: one identity, one kind, 90 days. The ratio tells whether a page costs more
//! because there are more events.

use std::time::Instant;

use contract::events::{EventFilter, EventKind};
use contract::ids::IdentityId;
use service::{Op, events};
use store::testing::bench;

use super::{millis, p95, say, services};

/// Events, unless `BENCH_SEARCH_EVENTS` names others: `100000,1000000`.
const EVENTS: [i64; 2] = [1_000_000, 10_000_000];
/// Identities that cause them.
const IDENTITIES: i32 = 2_000;
/// Pages opened, each of another identity.
const PAGES: usize = 400;
/// Pages opened before that.
const WARM: usize = 40;
/// The range, in hours.
const HOURS: i64 = 90 * 24;

/// Opens pages at each volume, and tells how much more the larger costs.
pub async fn run() {
    let mut each = Vec::new();
    for count in asked() {
        each.push((count, at(count).await));
    }
    if let [(few, first), .., (many, last)] = each.as_slice() {
        let ratio = last / first;
        say(&format!(
            "  ratio          {ratio:>9.2}            of the time at {few} events, at {many}"
        ));
    }
}

/// How many events.
fn asked() -> Vec<i64> {
    let said = std::env::var("BENCH_SEARCH_EVENTS").unwrap_or_default();
    let counts: Vec<i64> = said
        .split(',')
        .filter_map(|word| word.trim().replace('_', "").parse().ok())
        .collect();
    if counts.is_empty() {
        EVENTS.to_vec()
    } else {
        counts
    }
}

/// Fills so many events and opens pages; the 95th percentile in milliseconds.
async fn at(count: i64) -> f64 {
    let services = services().await;
    let op = services.system("bench");
    let started = Instant::now();
    let ids = bench::fill_search(&services.db, count, IDENTITIES, op.now)
        .await
        .expect("fills");
    let filled = started.elapsed();
    // A page that began before the last event would leave it out.
    let op = services.system("bench");
    let narrow = |id: IdentityId| EventFilter {
        identity: Some(id),
        kind: vec![EventKind::Deployment],
        ..EventFilter::default()
    };
    let time = opened(&op, &ids, narrow).await;
    say(&format!(
        "search p95       {time:>9.1} ms         one identity, one kind, 90 days; {count} events in 12 months, {IDENTITIES} identities, filled in {filled:.0?}"
    ));
    let whole = |_: IdentityId| EventFilter::default();
    let all = opened(&op, &ids[..4], whole).await;
    say(&format!(
        "  everything     {all:>9.1} ms         no filter, 90 days"
    ));
    services.db.close().await;
    time
}

async fn opened(op: &Op, ids: &[IdentityId], filter: impl Fn(IdentityId) -> EventFilter) -> f64 {
    let pages = PAGES.min(ids.len() * 2);
    let warm = WARM.min(ids.len());
    let mut times = Vec::with_capacity(pages);
    for (n, id) in ids.iter().cycle().take(warm + pages).enumerate() {
        let started = Instant::now();
        let list = events::list(op, filter(*id), Some(HOURS), None)
            .await
            .expect("lists");
        let took = started.elapsed();
        assert!(list.page.total.is_some_and(|total| total > 0));
        let bars: i64 = list.histogram.iter().map(|bar| bar.ok + bar.failed).sum();
        assert_eq!(Some(bars), list.page.total, "every event stands in a bar");
        if n >= warm {
            times.push(took);
        }
    }
    millis(p95(times))
}
