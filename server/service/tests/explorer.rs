//! The explorer's counts: what is taken from the kept counts of days is what counting the events gives, to the last one.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::{EventFilter, EventKind, HistogramBar, Outcome};
use contract::ids::IdentityId;
use contract::sources::{SourceChange, SourceInput};
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{OpKind, Services, Settings, events, sources};
use store::testing::{count, texts};

/// Seconds of a day.
const DAY: i64 = 86_400;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn services() -> Option<(Services, Arc<FixedClock>)> {
    let clock = Arc::new(FixedClock::new(at("2026-09-01T09:30:00Z")));
    let services = Services {
        db: store::testing::fresh().await?,
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(5)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    };
    Some((services, clock))
}

/// Events every five hours from May to August, of three pipelines and of nobody, every fourth of them failed.
async fn deliver(services: &Services, slug: &str, shift: i64) {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        ..SourceInput::default()
    };
    let made = sources::create(&services.system("test"), &input)
        .await
        .unwrap();
    let actor = ingest::authenticate(services, slug, &made.token)
        .await
        .unwrap();
    let mut lines = String::new();
    for n in 0..580_i64 {
        let when = at("2026-05-01T00:00:00Z") + TimeDelta::hours(5 * n) + TimeDelta::minutes(shift);
        let whose = match n % 4 {
            3 => String::new(),
            repository => format!(",\"repository\":\"acme/r{repository}\",\"run_id\":\"{n}\""),
        };
        let outcome = if n % 4 == 1 { "failure" } else { "success" };
        let kind = if n % 3 == 0 {
            "deployment"
        } else {
            "pipeline_run"
        };
        let _ = writeln!(
            lines,
            "{{\"kind\":\"{kind}\",\"action\":\"a\",\"outcome\":\"{outcome}\",\"occurred_at\":\"{}\",\"vendor_id\":\"{n}\"{whose}}}",
            when.to_rfc3339()
        );
    }
    let op = services.op(actor, OpKind::Request, "test");
    let receipt = ingest::accept(&op, lines.into_bytes(), &Limits::default())
        .await
        .unwrap();
    assert_eq!(receipt.accepted, 580, "{:?}", receipt.rejected);
    while service::feed::sequence(&services.system("test"))
        .await
        .unwrap()
        > 0
    {}
}

/// What counting the events themselves gives.
async fn scanned(services: &Services, filter: &EventFilter, seconds: i64) -> Vec<(i64, i64, i64)> {
    let mut wanted = format!(
        "e.occurred_at >= '{}' AND e.occurred_at < '{}'",
        filter.from.unwrap().to_rfc3339(),
        filter.to.unwrap().to_rfc3339()
    );
    if let Some(id) = filter.identity {
        let _ = write!(wanted, " AND e.identity_id = '{id}'");
    }
    for slug in &filter.source {
        let _ = write!(wanted, " AND s.slug = '{slug}'");
    }
    for outcome in &filter.outcome {
        let _ = write!(wanted, " AND e.outcome = '{outcome}'");
    }
    for kind in &filter.kind {
        let _ = write!(wanted, " AND e.kind = '{kind}'");
    }
    let bar = format!("(floor(extract(epoch FROM e.occurred_at) / {seconds}) * {seconds})::bigint");
    let sql = format!(
        "SELECT concat_ws(' ', {bar}, count(*) FILTER (WHERE e.outcome <> 'failure'), count(*) FILTER (WHERE e.outcome = 'failure'))
         FROM events e JOIN sources s ON s.id = e.source_id WHERE {wanted} GROUP BY {bar} ORDER BY {bar}"
    );
    let mut conn = services.db.acquire().await.unwrap();
    let rows = texts(&mut conn, Box::leak(sql.into_boxed_str())).await;
    rows.iter()
        .map(|row| {
            let numbers: Vec<i64> = row.split(' ').map(|word| word.parse().unwrap()).collect();
            (numbers[0], numbers[1], numbers[2])
        })
        .collect()
}

fn told(bars: &[HistogramBar]) -> Vec<(i64, i64, i64)> {
    bars.iter()
        .map(|bar| (bar.at.timestamp(), bar.ok, bar.failed))
        .filter(|(_, ok, failed)| ok + failed > 0)
        .collect()
}

/// Asks the explorer and counts beside it.
async fn exact(services: &Services, filter: &EventFilter) -> i64 {
    let list = events::list(&services.system("test"), filter.clone(), None, None)
        .await
        .unwrap();
    let expected = scanned(services, filter, list.bar_seconds).await;
    assert_eq!(told(&list.histogram), expected, "{filter:?}");
    let total: i64 = expected.iter().map(|(_, ok, failed)| ok + failed).sum();
    assert_eq!(list.page.total, Some(total), "{filter:?}");
    total
}

#[tokio::test]
async fn bars_and_totals_are_what_counting_gives() {
    let Some((services, _)) = services().await else {
        return;
    };
    deliver(&services, "one", 0).await;
    deliver(&services, "two", 17).await;
    let mut conn = services.db.acquire().await.unwrap();
    let ids = texts(
        &mut conn,
        "SELECT DISTINCT identity_id::text FROM events WHERE identity_id IS NOT NULL ORDER BY 1",
    )
    .await;
    drop(conn);
    assert_eq!(ids.len(), 3, "the pipelines were discovered");
    let identity: IdentityId = ids[0].parse().unwrap();
    let filters = [
        EventFilter::default(),
        EventFilter {
            identity: Some(identity),
            ..EventFilter::default()
        },
        EventFilter {
            source: vec!["two".into()],
            ..EventFilter::default()
        },
        EventFilter {
            outcome: vec![Outcome::Failure],
            ..EventFilter::default()
        },
        EventFilter {
            outcome: vec![Outcome::Success],
            ..EventFilter::default()
        },
        EventFilter {
            identity: Some(identity),
            source: vec!["one".into()],
            outcome: vec![Outcome::Failure],
            ..EventFilter::default()
        },
        EventFilter {
            kind: vec![EventKind::Deployment],
            ..EventFilter::default()
        },
    ];
    for (from, to) in [
        // Whole days; ends within a day; less than one; weeks for bars; all of it.
        ("2026-05-10T00:00:00Z", "2026-08-20T00:00:00Z"),
        ("2026-05-10T03:20:00Z", "2026-08-20T17:45:10Z"),
        ("2026-06-01T06:00:00Z", "2026-06-01T21:00:00Z"),
        ("2026-06-01T23:59:59Z", "2026-06-03T00:00:01Z"),
        ("2026-01-03T05:00:00Z", "2026-08-30T11:00:00Z"),
        ("2024-09-01T09:30:00Z", "2026-09-01T09:30:00Z"),
    ] {
        for filter in &filters {
            let filter = EventFilter {
                from: Some(at(from)),
                to: Some(at(to)),
                ..filter.clone()
            };
            exact(&services, &filter).await;
        }
    }
    let everything = EventFilter {
        from: Some(at("2026-05-01T00:00:00Z")),
        to: Some(at("2026-09-01T00:00:00Z")),
        ..EventFilter::default()
    };
    assert_eq!(exact(&services, &everything).await, 1_160);
    let list = events::list(&services.system("test"), everything, None, None)
        .await
        .unwrap();
    assert_eq!(list.bar_seconds % DAY, 0, "bars that the kept counts know");
}

#[tokio::test]
async fn what_is_past_its_retention_is_counted_no_more() {
    let Some((services, clock)) = services().await else {
        return;
    };
    deliver(&services, "one", 0).await;
    deliver(&services, "two", 17).await;
    clock.set(at("2026-11-21T00:00:00Z"));
    let change = SourceChange {
        slug: "one".into(),
        proving: "secret".into(),
        keep_months: "5".into(),
        ..SourceChange::default()
    };
    sources::change(&services.system("test"), &change)
        .await
        .unwrap();
    let purged = events::purge(&services.system("test")).await.unwrap();
    assert!(purged.events > 0 && purged.months == 0, "{purged:?}");
    let kept = count(&services.db, "SELECT count(*) FROM events".into()).await;
    for source in [vec![], vec!["one".to_owned()], vec!["two".to_owned()]] {
        let filter = EventFilter {
            source,
            from: Some(at("2026-04-20T10:00:00Z")),
            to: Some(at("2026-09-01T00:00:00Z")),
            ..EventFilter::default()
        };
        let total = exact(&services, &filter).await;
        assert!(filter.source.len() == 1 || total == kept);
    }
}

/// The tail from a place on, page by page, to its end: each page's size, and the vendors' places told.
async fn tail(services: &Services, filter: &EventFilter) -> (Vec<usize>, Vec<i64>, i64) {
    let op = services.system("test");
    let (mut pages, mut positions, mut position) = (Vec::new(), Vec::new(), 0);
    loop {
        let told = events::told_since(&op, filter, position).await.unwrap();
        assert!(told.position >= position, "it never goes back");
        position = told.position;
        if told.rows.is_empty() {
            return (pages, positions, position);
        }
        pages.push(told.rows.len());
        positions.extend(told.rows.iter().map(|row| row.position.unwrap()));
    }
}

#[tokio::test]
async fn the_tail_tells_each_event_of_its_filter_once_in_the_order_of_the_feed() {
    let Some((services, _)) = services().await else {
        return;
    };
    deliver(&services, "one", 0).await;
    let op = services.system("test");
    let newest = events::newest(&op).await.unwrap();
    assert_eq!(newest, 580);
    let (pages, positions, end) = tail(&services, &EventFilter::default()).await;
    assert_eq!(pages, [100, 100, 100, 100, 100, 80]);
    assert_eq!(positions, (1..=580).collect::<Vec<i64>>());
    assert_eq!(end, newest);
    // Its own filter, but for the range: what comes is always now.
    let filter = EventFilter {
        outcome: vec![Outcome::Failure],
        kind: vec![EventKind::Deployment],
        from: Some(at("2030-01-01T00:00:00Z")),
        to: Some(at("2030-01-02T00:00:00Z")),
        ..EventFilter::default()
    };
    let wanted = "SELECT f.position::text FROM feed f JOIN events e ON e.id = f.event_id
        WHERE e.kind = 'deployment' AND e.outcome = 'failure' ORDER BY f.position";
    let mut conn = services.db.acquire().await.unwrap();
    let wanted: Vec<i64> = texts(&mut conn, wanted)
        .await
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    drop(conn);
    let (_, positions, end) = tail(&services, &filter).await;
    assert!(!positions.is_empty() && positions.len() < 100);
    assert_eq!(positions, wanted);
    assert_eq!(end, newest, "what the filter leaves out is looked at once");
    // Nothing new is nothing told; what comes then is told, and only that.
    let told = events::told_since(&op, &EventFilter::default(), newest)
        .await
        .unwrap();
    assert!(told.rows.is_empty() && told.position == newest);
    deliver(&services, "two", 17).await;
    let two = EventFilter {
        source: vec!["two".into()],
        ..EventFilter::default()
    };
    let told = events::told_since(&op, &two, newest).await.unwrap();
    assert_eq!(told.rows.len(), 100);
    assert_eq!(told.rows[0].position, Some(newest + 1));
    assert_eq!(told.position, newest + 100);
    assert!(told.rows.iter().all(|row| row.source.0 == "two"));
}

#[tokio::test]
async fn what_no_reader_knows_is_kept_and_counted_on_its_sources_page() {
    let Some((services, _)) = services().await else {
        return;
    };
    deliver(&services, "one", 0).await;
    let input = SourceInput {
        name: "Odd".into(),
        slug: "odd".into(),
        ..SourceInput::default()
    };
    let op = services.system("test");
    let made = sources::create(&op, &input).await.unwrap();
    let actor = ingest::authenticate(&services, "odd", &made.token)
        .await
        .unwrap();
    let mut lines = String::new();
    for (id, kind, when) in [
        (1, "other", "2026-08-31T08:00:00Z"),
        (2, "other", "2026-08-20T08:00:00Z"),
        (3, "deployment", "2026-08-30T08:00:00Z"),
        // Longer ago than is asked for.
        (4, "other", "2026-07-01T08:00:00Z"),
    ] {
        let _ = writeln!(
            lines,
            "{{\"kind\":\"{kind}\",\"action\":\"odd.thing\",\"occurred_at\":\"{when}\",\"vendor_id\":\"{id}\"}}"
        );
    }
    let sender = services.op(actor, OpKind::Request, "test");
    let receipt = ingest::accept(&sender, lines.into_bytes(), &Limits::default())
        .await
        .unwrap();
    assert_eq!(receipt.accepted, 4, "kept, whatever they are");
    let odd = sources::get(&op, "odd").await.unwrap().kindless;
    assert_eq!((odd.events, odd.of, odd.whole), (2, 3, true));
    let one = sources::get(&op, "one").await.unwrap().kindless;
    assert_eq!((one.events, one.whole), (0, true));
    assert!(one.of > 100, "{one:?}");
}
