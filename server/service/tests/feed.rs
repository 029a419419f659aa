//! The feed's chain: it holds over every event that was taken in, and whoever changes anything is found.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::TimeDelta;
use contract::events::{EventKind, Outcome};
use contract::sources::SourceInput;
use domain::feed::FeedFilter;
use serde_json::Value;
use service::doctor::Verdict;
use service::feed::{self, Broken, FeedAnswer, FeedQuery, Pace};
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{OpKind, Services, Settings, sources};
use store::feed::Slice;

/// Events that [`house`] takes in, and places.
const EVENTS: i64 = 30;

/// A feed of thirty events of two formats, one of them with a secret and odd numbers in it.
async fn house() -> Option<(Services, Arc<FixedClock>)> {
    let db = store::testing::fresh().await?;
    let clock = Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap()));
    let services = Services {
        db,
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    };
    deliver(&services, "s", 0..EVENTS).await;
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    Some((services, clock))
}

async fn deliver(services: &Services, slug: &str, ids: std::ops::Range<i64>) {
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
    let mut lines = String::new();
    for id in ids {
        let _ = writeln!(
            lines,
            "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00.12345{}Z\",\"vendor_id\":\"{slug}-{id}\",\
             \"password\":\"hunter2\",\"é\":[1e3, 1.50, 12345678901234567890],\"actor\":\"x\"}}",
            id % 10
        );
    }
    let op = services.op(actor, OpKind::Request, "test");
    let receipt = ingest::accept(&op, lines.into_bytes(), &Limits::default())
        .await
        .unwrap();
    assert!(receipt.rejected.is_empty());
}

async fn verify(services: &Services) -> Result<i64, Broken> {
    feed::verify(&services.system("test")).await.unwrap()
}

#[tokio::test]
async fn whoever_changes_a_place_or_its_event_is_found_with_its_position() {
    let Some((services, _)) = house().await else {
        return;
    };
    assert_eq!(verify(&services).await, Ok(EVENTS));
    let whom = "(SELECT event_id FROM feed WHERE position = 17)";
    for (sql, expected) in [
        (format!("UPDATE events SET actor = 'y' WHERE id = {whom}"), Broken::Changed(17)),
        (format!("UPDATE events SET target = '' WHERE id = {whom}"), Broken::Changed(17)),
        (format!("UPDATE events SET raw = '{{}}' WHERE id = {whom}"), Broken::Changed(17)),
        (format!("UPDATE events SET raw = (raw::text || ' ')::json WHERE id = {whom}"), Broken::Changed(17)),
        (format!("UPDATE events SET outcome = 'success' WHERE id = {whom}"), Broken::Changed(17)),
        (format!("UPDATE events SET received_at = received_at + interval '1 microsecond' WHERE id = {whom}"), Broken::Changed(17)),
        (format!("DELETE FROM events WHERE id = {whom}"), Broken::Gone(17)),
        ("DELETE FROM feed WHERE position = 5".to_owned(), Broken::Missing(5)),
        ("DELETE FROM feed WHERE position = 30".to_owned(), Broken::Tail { last: 29, head: 30 }),
        ("UPDATE feed SET hash = decode(repeat('ab', 32), 'hex') WHERE position = 9".to_owned(), Broken::Changed(9)),
        ("UPDATE feed SET published = published - interval '1 hour' WHERE position = 9".to_owned(), Broken::Earlier(9)),
        ("UPDATE feed_head SET hash = decode(repeat('ab', 32), 'hex')".to_owned(), Broken::Head(30)),
        // Two events trade places.
        ("UPDATE feed SET position = CASE position WHEN 11 THEN -12 ELSE -11 END WHERE position IN (11, 12);
          UPDATE feed SET position = -position WHERE position < 0".to_owned(), Broken::Changed(11)),
    ] {
        let before = "CREATE TABLE kept_events AS TABLE events; CREATE TABLE kept_feed AS TABLE feed;
            CREATE TABLE kept_head AS TABLE feed_head";
        store::testing::script(&services.db, before.to_owned()).await;
        store::testing::script(&services.db, sql.clone()).await;
        assert_eq!(verify(&services).await, Err(expected), "{sql}");
        let after = "DELETE FROM events; INSERT INTO events SELECT * FROM kept_events; DELETE FROM feed;
            INSERT INTO feed SELECT * FROM kept_feed; DELETE FROM feed_head; INSERT INTO feed_head SELECT * FROM kept_head;
            DROP TABLE kept_events, kept_feed, kept_head";
        store::testing::script(&services.db, after.to_owned()).await;
    }
    assert_eq!(verify(&services).await, Ok(EVENTS));
}

#[tokio::test]
async fn the_doctor_says_which_position_does_not_hold() {
    let Some((services, _)) = house().await else {
        return;
    };
    let said = async || {
        let op = services.system("test");
        let checks = service::doctor::check(&op).await.unwrap();
        let feed = checks.into_iter().find(|check| check.name == "event feed");
        feed.unwrap().verdict
    };
    assert_eq!(
        said().await,
        Verdict::Well("30 events, each linked to the one before, 0 waiting".to_owned())
    );
    let sql = "UPDATE events SET actor = 'nobody' WHERE id = (SELECT event_id FROM feed WHERE position = 23)";
    store::testing::script(&services.db, sql.to_owned()).await;
    let Verdict::Broken(text) = said().await else {
        panic!("a changed event is found");
    };
    assert!(text.starts_with("position 23 does not hold"), "{text}");
}

#[tokio::test]
async fn the_lag_counts_what_waits_and_how_long() {
    let Some((services, clock)) = house().await else {
        return;
    };
    let lag = async || feed::lag(&services.system("test")).await.unwrap();
    assert_eq!((lag().await.waiting, lag().await.pace), (0, Pace::Well));
    deliver(&services, "late", 0..7).await;
    clock.advance(TimeDelta::seconds(61));
    let now = lag().await;
    assert_eq!(
        (now.waiting, now.oldest, now.pace),
        (7, TimeDelta::seconds(61), Pace::Behind)
    );
    clock.advance(TimeDelta::minutes(5));
    assert_eq!(lag().await.pace, Pace::Stalled);
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    assert_eq!((lag().await.waiting, lag().await.pace), (0, Pace::Well));
    assert_eq!(verify(&services).await, Ok(EVENTS + 7));
}

/// Places a page looks through in the next test.
const LOOKED: i64 = 7;

/// Reads to the end: positions of the rows, pages, and where it ended.
async fn drain(services: &Services, mut query: FeedQuery) -> (Vec<i64>, usize, i64) {
    let (mut positions, mut pages, mut at) = (Vec::new(), 0, None);
    loop {
        let op = services.system("reader");
        let FeedAnswer::Page(page) = feed::read(&op, &query).await.unwrap() else {
            panic!("nothing is gone");
        };
        pages += 1;
        positions.extend(page.rows.iter().map(feed::Row::position));
        if let Some(at) = at.replace(page.position) {
            assert!((at..=at + LOOKED).contains(&page.position), "{at} {page:?}");
        }
        if !page.more {
            return (positions, pages, page.position);
        }
        query.after = Some(page.cursor);
    }
}

#[tokio::test]
async fn a_page_looks_through_so_many_places_and_the_pages_give_each_row_once() {
    let Some((services, clock)) = house().await else {
        return;
    };
    let settings = Settings {
        feed_places: LOOKED,
        ..Settings::for_tests(std::env::temp_dir())
    };
    let services = Services {
        settings: Arc::new(settings),
        ..services
    };
    deliver(&services, "rare", 0..2).await;
    deliver(&services, "much", 0..40).await;
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    clock.advance(TimeDelta::hours(1));
    let later = services.system("test").now;
    deliver(&services, "late", 0..3).await;
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    for limit in [1, 2, 100] {
        let rare = FeedQuery {
            limit: Some(limit),
            filter: FeedFilter {
                source: vec!["rare".into(), "late".into()],
                ..FeedFilter::default()
            }
            .into(),
            ..FeedQuery::default()
        };
        let (positions, pages, end) = drain(&services, rare.clone()).await;
        assert_eq!((positions.as_slice(), end), (&[31, 32, 73, 74, 75][..], 75));
        assert!(pages > 10, "{pages} pages of {limit}");
        let until = FeedQuery {
            until: Some(later),
            ..rare.clone()
        };
        let (positions, _, end) = drain(&services, until).await;
        assert_eq!((positions.as_slice(), end), (&[31, 32][..], 72));
        // Whoever begins at a time does not look through what came before.
        let since = FeedQuery {
            since: Some(later),
            ..rare
        };
        let (positions, pages, _) = drain(&services, since).await;
        assert_eq!(positions, [73, 74, 75]);
        assert!(pages <= 3, "{pages} pages of {limit}");
    }
}

/// Every node of a plan.
fn nodes<'a>(node: &'a Value, all: &mut Vec<&'a Value>) {
    all.push(node);
    for below in node["Plans"].as_array().into_iter().flatten() {
        nodes(below, all);
    }
}

#[tokio::test]
async fn a_page_looks_each_event_up_instead_of_joining_all_of_them() {
    let Some((services, _)) = house().await else {
        return;
    };
    deliver(&services, "many", 0..3_000).await;
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    // Without statistics the database believes that there is next to nothing.
    store::testing::script(&services.db, "ANALYZE".to_owned()).await;
    let mut conn = services.db.acquire().await.unwrap();
    // Empty months are read whole, which is nothing.
    let months = store::testing::texts(
        &mut conn,
        "SELECT DISTINCT tableoid::regclass::text FROM events",
    )
    .await;
    assert!(!months.is_empty());
    let everything = FeedFilter::default();
    let filters = [
        everything.clone(),
        FeedFilter {
            kind: vec![EventKind::Deployment],
            outcome: vec![Outcome::Failure],
            ..everything.clone()
        },
        FeedFilter {
            source: vec!["s".into()],
            team: vec!["payments".into()],
            ..everything.clone()
        },
    ];
    for filter in filters {
        let slice = Slice {
            after: 0,
            last: feed::PLACES,
            since: None,
            until: None,
            limit: 101,
            raw: false,
        };
        let plan = store::feed::plan(&mut conn, &slice, &filter).await.unwrap();
        let mut all = Vec::new();
        nodes(&plan[0]["Plan"], &mut all);
        let of = |table: &str| -> Vec<&Value> {
            let is = |node: &&Value| node["Relation Name"] == table;
            all.iter().copied().filter(is).collect()
        };
        let looked_up = |node: &&Value| {
            let by = node["Index Cond"].as_str();
            node["Node Type"] == "Index Scan" && by.is_some_and(|by| by.contains("f.event_id"))
        };
        for month in &months {
            let events = of(month.as_str());
            assert!(
                !events.is_empty() && events.iter().all(looked_up),
                "{month} {filter:?}: {plan:#}"
            );
        }
        // Everything is read in order of the places: the first hundred and one, and no further.
        if filter == everything {
            let in_order = |node: &&Value| node["Node Type"] == "Index Scan";
            assert!(of("feed").iter().all(in_order), "{plan:#}");
            assert!(
                !all.iter().any(|node| node["Node Type"] == "Sort"),
                "{plan:#}"
            );
        }
    }
}
