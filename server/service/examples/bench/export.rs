//! A million events out as lines of JSON, against COPY of the same rows by the same joins in the same run.

use std::time::{Duration, Instant};

use contract::feed::FeedFormat;
use service::Op;
use service::feed::{FeedQuery, export};
use store::testing::{bench, memory};

use super::{RUNS, median, rate, say, services};

/// Events in the feed.
const EVENTS: usize = 1_000_000;

/// Native and OCSF, each by its ratio to COPY, and what memory it took.
pub async fn run() {
    let services = services().await;
    let count = i32::try_from(EVENTS).unwrap_or(i32::MAX);
    bench::fill_feed(&services.db, count).await.expect("fills");
    let op = services.system("bench");
    let (mut copied, mut native, mut ocsf) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let copy = bench::copy_feed(&services.db).await.expect("copies");
        let own = written(&op, FeedFormat::Native).await;
        let mapped = written(&op, FeedFormat::Ocsf).await;
        // The first run warms up.
        if run > 0 {
            copied.push(copy);
            native.push(own);
            ocsf.push(mapped);
        }
    }
    let copied = median(copied);
    say(&format!(
        "COPY TO STDOUT   {:>9.0} events/s   {EVENTS} events of the feed with source and identity, {copied:.1?}",
        rate(EVENTS, copied)
    ));
    for (name, times) in [("native", native), ("OCSF", ocsf)] {
        let took = median(times);
        say(&format!(
            "export {name:<9} {:>9.0} events/s   {took:.1?}",
            rate(EVENTS, took)
        ));
        let ratio = copied.as_secs_f64() / took.as_secs_f64();
        say(&format!(
            "  ratio          {ratio:>9.2}            of the speed of COPY"
        ));
    }
    let peak = memory::peak(None).map_or(0.0, memory::mib);
    say(&format!(
        "export memory    {peak:>9.0} MiB        the most this process ever held"
    ));
}

async fn written(op: &Op, format: FeedFormat) -> Duration {
    let started = Instant::now();
    let mut export = export(op, &FeedQuery::default())
        .await
        .expect("exports")
        .expect("is there");
    let (mut lines, mut buffer) = (0, Vec::new());
    loop {
        let rows = export.next().await.expect("reads");
        if rows.is_empty() {
            break;
        }
        buffer.clear();
        for row in &rows {
            row.line(format, &mut buffer);
            buffer.push(b'\n');
        }
        lines += rows.len();
        std::hint::black_box(&buffer);
    }
    assert_eq!(lines, EVENTS);
    started.elapsed()
}
