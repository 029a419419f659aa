//! Retention: what is past it goes, whole months or rows; nothing younger is lost, and whoever had not read it is told.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use contract::feed::FeedStream;
use contract::ids::EventId;
use contract::sources::{SourceChange, SourceInput};
use domain::feed::Selection;
use service::feed::consumers::{self, Answer};
use service::feed::{self, FeedAnswer, FeedQuery, Row};
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings, events, sources};
use store::events::retention as kept;

struct House {
    services: Services,
    clock: Arc<FixedClock>,
}

/// A house on a day, with `events.keep_months` as given.
async fn house(now: &str, keep_months: Option<u32>) -> Option<House> {
    let db = store::testing::fresh().await?;
    let clock = Arc::new(FixedClock::new(now.parse().unwrap()));
    let settings = Settings {
        keep_months,
        ..Settings::for_tests(std::env::temp_dir())
    };
    let services = Services {
        db,
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(11)),
        settings: Arc::new(settings),
    };
    Some(House { services, clock })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl House {
    fn op(&self) -> Op {
        self.services.system("test")
    }

    /// Makes a source and returns whoever delivers with its token.
    async fn source(&self, slug: &str) -> domain::access::Actor {
        let input = SourceInput {
            name: slug.into(),
            slug: slug.into(),
            ..SourceInput::default()
        };
        let made = sources::create(&self.op(), &input).await.unwrap();
        ingest::authenticate(&self.services, slug, &made.token)
            .await
            .unwrap()
    }

    /// Delivers one event at noon of each of these days; their vendor ids are their days.
    async fn deliver(&self, actor: &domain::access::Actor, days: &[NaiveDate]) -> usize {
        let mut lines = String::new();
        for day in days {
            let _ = writeln!(
                lines,
                "{{\"action\":\"a\",\"occurred_at\":\"{day}T12:00:00Z\",\"vendor_id\":\"{day}\",\"actor\":\"x\"}}"
            );
        }
        let op = self.services.op(actor.clone(), OpKind::Request, "test");
        let receipt = ingest::accept(&op, lines.into_bytes(), &Limits::default())
            .await
            .unwrap();
        assert!(receipt.rejected.is_empty());
        while feed::sequence(&self.op()).await.unwrap() > 0 {}
        receipt.accepted
    }

    async fn keep(&self, slug: &str, months: u32) {
        let change = SourceChange {
            slug: slug.into(),
            proving: "secret".into(),
            keep_months: months.to_string(),
            ..SourceChange::default()
        };
        sources::change(&self.op(), &change).await.unwrap();
    }

    async fn texts(&self, sql: &'static str) -> Vec<String> {
        let mut conn = self.services.db.acquire().await.unwrap();
        store::testing::texts(&mut conn, sql).await
    }

    async fn count(&self, sql: &str) -> i64 {
        store::testing::count(&self.services.db, sql.to_owned()).await
    }

    async fn read(&self, after: Option<&str>, limit: i64) -> FeedAnswer {
        let query = FeedQuery {
            after: after.map(str::to_owned),
            limit: Some(limit),
            ..FeedQuery::default()
        };
        feed::read(&self.op(), &query).await.unwrap()
    }

    /// A cursor after so many rows.
    async fn cursor(&self, rows: i64) -> String {
        match self.read(None, rows).await {
            FeedAnswer::Page(page) => page.cursor,
            FeedAnswer::Gone { .. } => panic!("nothing is gone yet"),
        }
    }

    /// Everything from a cursor on, in small pages: source and vendor id.
    async fn everything(&self, mut after: String) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let FeedAnswer::Page(page) = self.read(Some(&after), 7).await else {
                panic!("gone in the middle of reading");
            };
            for row in &page.rows {
                let Row::Event(event) = row else {
                    panic!("the feed of events");
                };
                seen.push(format!("{} {}", event.source, event.event.vendor_id));
            }
            if !page.more {
                return seen;
            }
            after = page.cursor;
        }
    }

    /// The rows a consumer is handed, at most once; `None` when its place is gone.
    async fn hand(&self, name: &str, limit: i64) -> Option<usize> {
        let query = FeedQuery {
            limit: Some(limit),
            filter: Selection::all(FeedStream::Events),
            ..FeedQuery::default()
        };
        let answer = consumers::next(&self.op(), name, &query, serde_json::json!([]), None)
            .await
            .unwrap();
        match answer {
            Answer::Handed(handed) => Some(handed.page.rows.len()),
            Answer::Gone => None,
            Answer::Leased(_) => panic!("nothing was leased"),
        }
    }
}

fn every(from: &str, to: &str, step: u64) -> Vec<NaiveDate> {
    let end = day(to);
    std::iter::successors(Some(day(from)), |at| at.checked_add_days(Days::new(step)))
        .take_while(|at| *at <= end)
        .collect()
}

const STORED: &str = "SELECT s.slug || ' ' || e.vendor_id FROM events e JOIN sources s ON s.id = e.source_id ORDER BY 1";
const KEYS: &str = "SELECT s.slug || ' ' || k.vendor_id FROM event_keys k JOIN sources s ON s.id = k.source_id ORDER BY 1";

#[tokio::test]
async fn months_past_their_retention_go_and_nothing_younger_is_lost() {
    let Some(house) = house("2026-11-01T00:00:00Z", None).await else {
        return;
    };
    let (short, long) = (house.source("short").await, house.source("long").await);
    let (shorts, longs) = (
        every("2025-06-01", "2026-10-31", 5),
        every("2025-09-01", "2026-10-31", 4),
    );
    // In turns, so that the places of what goes and of what stays lie among each other.
    for part in 0..5 {
        for (actor, days) in [(&short, &shorts), (&long, &longs)] {
            let own: Vec<NaiveDate> = days.iter().skip(part).step_by(5).copied().collect();
            assert_eq!(house.deliver(actor, &own).await, own.len());
        }
    }
    let all = shorts.len() + longs.len();
    let (early, up_to_date) = (house.cursor(3).await, house.cursor(1_000).await);
    assert_eq!(house.hand("slow", 5).await, Some(5));
    assert_eq!(house.hand("quick", 1_000).await, Some(all));
    let counted = house
        .count("SELECT sum(succeeded + failed)::bigint FROM event_day_counts")
        .await;

    house.clock.set("2026-11-21T08:00:00Z".parse().unwrap());
    house.keep("short", 4).await;
    house.keep("long", 12).await;
    let stays: BTreeSet<String> = shorts
        .iter()
        .filter(|at| **at >= day("2026-07-01"))
        .map(|at| format!("short {at}"))
        .chain(
            longs
                .iter()
                .filter(|at| **at >= day("2025-11-01"))
                .map(|at| format!("long {at}")),
        )
        .collect();
    let listed = sources::list(&house.op()).await.unwrap().rows;
    let past: i64 = listed.iter().map(|row| row.retention.past).sum();
    assert_eq!(past, i64::try_from(all - stays.len()).unwrap());

    let purged = events::purge(&house.op()).await.unwrap();
    assert_eq!(purged.events, past);
    // June to October 2025; the eight months after hold what the other source keeps.
    assert_eq!((purged.months, purged.waiting), (5, 0));
    let stays: Vec<String> = stays.into_iter().collect();
    assert_eq!(house.texts(STORED).await, stays);
    assert_eq!(house.texts(KEYS).await, stays);
    assert_eq!(
        house.count("SELECT count(*) FROM pg_class WHERE relname LIKE 'events\\_2025\\_0_' OR relname = 'events_2025_10' OR relname LIKE 'purged%'").await,
        0
    );
    assert_eq!(
        house
            .count("SELECT sum(succeeded + failed)::bigint FROM event_day_counts")
            .await,
        counted
    );
    let listed = sources::list(&house.op()).await.unwrap().rows;
    assert!(listed.iter().all(|row| row.retention.past == 0));

    // Told, once; then everything that is left is read once.
    let FeedAnswer::Gone { earliest } = house.read(Some(&early), 10).await else {
        panic!("rows it had not read are gone");
    };
    let mut read = house.everything(earliest).await;
    read.sort();
    assert_eq!(read, stays);
    assert!(house.everything(up_to_date).await.is_empty());
    assert_eq!(house.hand("slow", 5).await, None);
    assert_eq!(house.hand("quick", 5).await, Some(0));
    assert_eq!(house.hand("new", 1_000).await, Some(stays.len()));

    // Both chains hold, and the record tells of each month.
    let places = i64::try_from(all).unwrap();
    assert_eq!(feed::verify(&house.op()).await.unwrap(), Ok(places));
    assert!(
        service::activity::verify(&house.op())
            .await
            .unwrap()
            .is_ok()
    );
    assert_eq!(
        house.count("SELECT count(*) FROM activity WHERE action = 'events.purged' AND actor_kind = 'system'").await,
        13
    );
    assert_eq!(
        events::purge(&house.op()).await.unwrap(),
        events::Purged::default()
    );
    // An event that is gone and comes again is new: nothing of it is left that would know it.
    assert_eq!(house.deliver(&short, &[day("2025-06-01")]).await, 1);
}

#[tokio::test]
async fn a_reader_of_another_source_is_not_told_of_what_it_never_asked_for() {
    let Some(house) = house("2026-11-01T00:00:00Z", None).await else {
        return;
    };
    let (one, two) = (house.source("one").await, house.source("two").await);
    let days = every("2026-01-01", "2026-10-01", 30);
    house.deliver(&one, &days).await;
    house.deliver(&two, &days).await;
    let of = |slug: &str| FeedQuery {
        limit: Some(2),
        filter: Selection::Events(domain::feed::FeedFilter {
            source: vec![slug.to_owned()],
            ..domain::feed::FeedFilter::default()
        }),
        ..FeedQuery::default()
    };
    let mut asked = Vec::new();
    for slug in ["one", "two"] {
        let FeedAnswer::Page(page) = feed::read(&house.op(), &of(slug)).await.unwrap() else {
            panic!("nothing is gone yet");
        };
        asked.push(FeedQuery {
            after: Some(page.cursor),
            ..of(slug)
        });
    }
    house.clock.set("2026-11-21T00:00:00Z".parse().unwrap());
    house.keep("one", 4).await;
    events::purge(&house.op()).await.unwrap();
    let answers = [
        feed::read(&house.op(), &asked[0]).await.unwrap(),
        feed::read(&house.op(), &asked[1]).await.unwrap(),
    ];
    assert!(matches!(answers[0], FeedAnswer::Gone { .. }));
    assert!(matches!(answers[1], FeedAnswer::Page(_)));
}

#[tokio::test]
async fn what_came_lately_holds_its_month_back() {
    let Some(house) = house("2026-11-01T00:00:00Z", Some(6)).await else {
        return;
    };
    let source = house.source("s").await;
    house.deliver(&source, &[day("2026-01-10")]).await;
    house.clock.set("2026-11-20T00:00:00Z".parse().unwrap());
    house.deliver(&source, &[day("2026-01-11")]).await;
    let purged = events::purge(&house.op()).await.unwrap();
    assert_eq!((purged.events, purged.waiting), (0, 1));
    assert_eq!(house.texts(STORED).await.len(), 2);
    house
        .clock
        .advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    let purged = events::purge(&house.op()).await.unwrap();
    assert_eq!((purged.events, purged.months, purged.waiting), (2, 1, 0));
    assert!(house.texts(STORED).await.is_empty());
    // The whole feed is gone: whoever begins reads nothing, and the next event follows the last.
    assert_eq!(feed::verify(&house.op()).await.unwrap(), Ok(2));
    house.deliver(&source, &[day("2026-11-26")]).await;
    let FeedAnswer::Page(page) = house.read(None, 10).await else {
        panic!("a reader that begins has missed nothing");
    };
    assert_eq!(page.rows.iter().map(Row::position).collect::<Vec<_>>(), [3]);
    assert_eq!(feed::verify(&house.op()).await.unwrap(), Ok(3));
}

#[tokio::test]
async fn what_a_finding_cites_stays_with_it() {
    let Some(house) = house("2026-11-01T00:00:00Z", None).await else {
        return;
    };
    let (whole, rows) = (house.source("whole").await, house.source("rows").await);
    house
        .deliver(&whole, &[day("2026-01-10"), day("2026-01-11")])
        .await;
    house
        .deliver(&rows, &[day("2026-02-10"), day("2026-02-11")])
        .await;
    // Another's event keeps February's table.
    house.deliver(&whole, &[day("2026-02-12")]).await;
    store::testing::script(
        &house.services.db,
        "INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, title, evidence, opened_at, seen_at, detected, events)
         SELECT gen_random_uuid(), 'f', 'unusual-role', 'detection', 'high', 'likely', 'T', '[[\"a\",\"b\"]]', now(), now(), true,
             array_agg(id ORDER BY occurred_at) FROM events WHERE vendor_id IN ('2026-01-10', '2026-02-10')"
            .to_owned(),
    )
    .await;
    let cited = house
        .texts("SELECT unnest(events)::text FROM findings")
        .await;
    let gone = house
        .texts("SELECT id::text FROM events WHERE vendor_id = '2026-01-11'")
        .await;
    house.clock.set("2026-11-21T00:00:00Z".parse().unwrap());
    // January goes whole by then, of February one source only.
    house.keep("rows", 4).await;
    house.keep("whole", 9).await;
    let purged = events::purge(&house.op()).await.unwrap();
    assert_eq!((purged.events, purged.months), (4, 1));
    assert_eq!(house.texts(STORED).await, ["whole 2026-02-12"]);
    for id in &cited {
        let id = EventId(id.parse().unwrap());
        let event = events::get(&house.op(), id).await.unwrap();
        assert_eq!(event.row.id, id);
        assert!(event.raw.contains("occurred_at"), "{}", event.raw);
    }
    let ids: Vec<EventId> = cited
        .iter()
        .map(|id| EventId(id.parse().unwrap()))
        .collect();
    let mut conn = house.services.db.acquire().await.unwrap();
    let some = store::events::explore::some(&mut conn, &ids).await.unwrap();
    let found: Vec<EventId> = some.iter().map(|event| event.id).collect();
    assert_eq!(found, [ids[1], ids[0]], "newest first");
    let lost = events::get(&house.op(), EventId(gone[0].parse().unwrap())).await;
    assert!(matches!(lost, Err(service::Error::NotFound(_))));
}

#[tokio::test]
async fn a_run_that_was_interrupted_is_finished_by_the_next() {
    let Some(house) = house("2026-11-01T00:00:00Z", None).await else {
        return;
    };
    let source = house.source("s").await;
    house
        .deliver(&source, &every("2026-01-01", "2026-01-31", 1))
        .await;
    house.deliver(&source, &[day("2026-10-01")]).await;
    house.clock.set("2026-11-21T00:00:00Z".parse().unwrap());
    house.keep("s", 4).await;
    // As `purge` does it, up to where the month is out and nothing else is done; then the process ends.
    let mut tx = house.services.db.begin().await.unwrap();
    let part = kept::part(&mut tx, day("2026-01-01"), day("2026-02-01"))
        .await
        .unwrap();
    let counted = kept::counted(&mut tx, &part).await.unwrap();
    let purges = kept::last_positions(&mut tx, &part, &counted)
        .await
        .unwrap();
    let now: DateTime<Utc> = house.op().now;
    kept::note(&mut tx, day("2026-01-01"), &purges, now)
        .await
        .unwrap();
    let floor = uuid::Builder::from_unix_timestamp_millis(
        u64::try_from((now - TimeDelta::days(7)).timestamp_millis()).unwrap(),
        &[0; 10],
    );
    assert!(
        kept::detach(&mut tx, &part, floor.into_uuid())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert_eq!(house.texts(KEYS).await.len(), 32);

    assert_eq!(
        events::purge(&house.op()).await.unwrap(),
        events::Purged::default(),
        "nothing more is past its retention"
    );
    assert_eq!(house.texts(KEYS).await, ["s 2026-10-01"]);
    assert_eq!(
        house
            .count("SELECT count(*) FROM pg_class WHERE relname LIKE 'purged%'")
            .await,
        0
    );
    assert_eq!(feed::verify(&house.op()).await.unwrap(), Ok(32));
    let FeedAnswer::Page(page) = house.read(None, 10).await else {
        panic!("a reader that begins has missed nothing");
    };
    assert_eq!(page.rows.len(), 1);
}
