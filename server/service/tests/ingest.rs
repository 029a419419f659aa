//! Ingest against a real database: once is once, whatever the order, the company or the interruption.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

#[path = "ingest/at_once.rs"]
mod at_once;
#[path = "ingest/folds.rs"]
mod folds;
#[path = "ingest/keys.rs"]
mod keys;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::sources::{SourceChange, SourceInput};
use domain::access::Actor;
use service::ingest::Limits;
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings, feed, ingest, sources};
use store::Db;
use store::detect::Recent;

fn services(db: Db) -> Services {
    Services {
        db,
        clock: Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    }
}

fn shell(services: &Services) -> Op {
    services.op(
        Actor::Cli {
            user: "test".into(),
        },
        OpKind::Cli,
        "test",
    )
}

async fn source(services: &Services, slug: &str) -> Op {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        format: String::new(),
        ..SourceInput::default()
    };
    let made = sources::create(&shell(services), &input).await.unwrap();
    let actor = ingest::authenticate(services, slug, &made.token)
        .await
        .unwrap();
    services.op(actor, OpKind::Request, "test")
}

/// The rows a database holds that must not depend on the order of arrival.
async fn contents(db: &Db) -> Vec<String> {
    let mut conn = db.acquire().await.unwrap();
    store::testing::texts(
        &mut conn,
        "SELECT concat_ws('|', e.vendor_id, e.occurred_at, e.kind, e.outcome, e.action, e.actor, e.subject, e.role, e.target,
             (SELECT name FROM identities i WHERE i.id = e.identity_id), e.raw::text)
         FROM events e ORDER BY 1",
    )
    .await
}

fn data(folder: &str, wanted: &[&str]) -> Vec<Vec<u8>> {
    let root = std::env::var_os("ROLLCALL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(root.join("events").join(folder)) else {
        println!("skipped: shared event data absent (set ROLLCALL_SHARED)");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        !name.contains(".meta.")
            && (wanted.is_empty() || wanted.iter().any(|word| name.starts_with(word)))
    });
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twice_shuffled_and_in_parallel_is_one_ordered_send() {
    let mut files = data("aws_dataset", &[]);
    files.extend(data(
        "panther-analysis",
        &["GitHub.Audit", "AWS.CloudTrail"],
    ));
    let (Some(ordered), Some(wild)) =
        (store::testing::fresh().await, store::testing::fresh().await)
    else {
        return;
    };
    if files.is_empty() {
        return;
    }
    let ordered = services(ordered);
    let op = source(&ordered, "s").await;
    let (mut accepted, mut rejected, mut duplicates) = (0, 0, 0);
    for file in &files {
        let receipt = ingest::accept(&op, file.clone(), &Limits::default())
            .await
            .unwrap();
        accepted += receipt.accepted;
        rejected += receipt.rejected.len();
        duplicates += receipt.duplicates;
    }
    println!("ordered: {accepted} accepted, {duplicates} duplicates, {rejected} rejected");
    let wild = services(wild);
    let op = Arc::new(source(&wild, "s").await);
    // Each file twice, the second time in another place, eight at once.
    let mut order: Vec<usize> = (0..files.len() * 2)
        .map(|place| place % files.len())
        .collect();
    order.sort_by_key(|place| (place * 7919 + 13) % 101);
    let gate = Arc::new(tokio::sync::Semaphore::new(8));
    let mut sends = tokio::task::JoinSet::new();
    for place in order {
        let (op, file, gate) = (op.clone(), files[place].clone(), gate.clone());
        sends.spawn(async move {
            let _pass = gate.acquire_owned().await.unwrap();
            ingest::accept(&op, file, &Limits::default()).await.unwrap()
        });
    }
    let receipts = sends.join_all().await;
    let total: usize = receipts.iter().map(|receipt| receipt.accepted).sum();
    assert_eq!(total, accepted);
    assert_eq!(
        receipts
            .iter()
            .map(|receipt| receipt.duplicates)
            .sum::<usize>(),
        accepted + 2 * duplicates
    );
    assert_eq!(
        receipts
            .iter()
            .map(|receipt| receipt.rejected.len())
            .sum::<usize>(),
        rejected * 2
    );
    let (mine, theirs) = (contents(&ordered.db).await, contents(&wild.db).await);
    assert_eq!(mine.len(), accepted);
    for (db, sent) in [(&ordered.db, files.len()), (&wild.db, 2 * files.len())] {
        let deliveries = "SELECT sum(deliveries)::bigint FROM source_days";
        let counted = store::testing::count(db, deliveries.to_owned()).await;
        assert_eq!(usize::try_from(counted).unwrap(), sent);
    }
    // Rule authors reuse an id for different events: which of those came first depends on the order.
    let theirs: std::collections::HashSet<String> = theirs.into_iter().collect();
    let same = mine.iter().filter(|row| theirs.contains(*row)).count();
    println!("{same} of {accepted} rows are equal");
    // Every row that differs stands for an id that was sent more than once.
    assert!(same + duplicates >= accepted);
    let mut conn = wild.db.acquire().await.unwrap();
    let one = |sql: &'static str| sql;
    for sql in [
        one(
            "SELECT count(*)::text FROM (SELECT source_id, vendor_id FROM events GROUP BY 1, 2 HAVING count(*) > 1) x",
        ),
        one(
            "SELECT abs((SELECT count(*) FROM events) - (SELECT sum(events) FROM feed_queue))::text",
        ),
        one(
            "SELECT abs((SELECT count(*) FROM events) - (SELECT sum(succeeded + failed) FROM event_day_counts))::bigint::text",
        ),
        one(
            "SELECT abs((SELECT count(*) FROM events) - (SELECT sum(accepted) FROM source_days))::bigint::text",
        ),
        one("SELECT abs((SELECT count(*) FROM events) - (SELECT accepted FROM sources))::text"),
    ] {
        assert_eq!(store::testing::texts(&mut conn, sql).await, ["0"], "{sql}");
    }
}

#[tokio::test]
async fn no_session_token_is_in_the_database() {
    let files = data("aws_dataset", &[]);
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "s").await;
    for file in files {
        ingest::accept(&op, file, &Limits::default()).await.unwrap();
    }
    // A broken record goes to the quarantine: its token must not.
    let broken = br#"{"eventName": "AssumeRole", "responseElements": {"credentials": {"sessionToken": "IQoJEXAMPLEsessionTOKENx", "#;
    ingest::accept(&op, broken.to_vec(), &Limits::default())
        .await
        .unwrap();
    let mut conn = services.db.acquire().await.unwrap();
    for sql in [
        "SELECT raw::text FROM events WHERE events::text LIKE '%IQoJEXAMPLE%'",
        "SELECT raw FROM quarantine WHERE quarantine::text LIKE '%IQoJEXAMPLE%'",
        "SELECT summary FROM activity WHERE activity::text LIKE '%IQoJEXAMPLE%'",
        "SELECT name FROM identities WHERE identities::text LIKE '%IQoJEXAMPLE%'",
    ] {
        assert_eq!(
            store::testing::texts(&mut conn, sql).await,
            Vec::<String>::new(),
            "{sql}"
        );
    }
}

#[tokio::test]
async fn one_bad_line_costs_itself_and_is_kept() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "s").await;
    let body = "{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"1\"}\nnonsense\n\
        {\"action\":\"a\",\"occurred_at\":\"never\"}\n{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"1\"}\n\
        {\"action\":\"b\",\"occurred_at\":\"2001-11-01T00:00:00Z\",\"vendor_id\":\"2\"}";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body.as_bytes()).unwrap();
    let receipt = ingest::accept(&op, gzip.finish().unwrap(), &Limits::default())
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (2, 1));
    let places: Vec<usize> = receipt.rejected.iter().map(|reject| reject.index).collect();
    assert_eq!(places, [1, 2]);
    assert!(
        receipt.rejected[1]
            .reason
            .starts_with("occurred_at: not a time")
    );
    // The same id at another time is still the same event.
    let moved = br#"{"action":"a","occurred_at":"2026-10-01T00:00:00Z","vendor_id":"1"}"#;
    assert_eq!(
        ingest::accept(&op, moved.to_vec(), &Limits::default())
            .await
            .unwrap()
            .duplicates,
        1
    );
    let shown = sources::get(&shell(&services), "s").await.unwrap();
    assert_eq!(
        (shown.row.accepted, shown.row.duplicates, shown.row.rejected),
        (2, 2, 2)
    );
    assert_eq!(
        (
            shown.rejects.len(),
            shown.row.days.len(),
            shown.row.days[29]
        ),
        (2, 30, 2)
    );
    let wrong = ingest::authenticate(&services, "s", "rcs_wrong").await;
    assert!(wrong.is_err() && ingest::authenticate(&services, "nobody", "").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_are_discovered_once_and_both_subject_forms_meet() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = Arc::new(source(&services, "s").await);
    let event = |id: u32, subject: &str| {
        format!(
            "{{\"kind\":\"credential_assumption\",\"outcome\":\"success\",\"action\":\"x\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\
             \"vendor_id\":\"{id}\",\"issuer\":\"https://token.actions.githubusercontent.com\",\"subject\":\"{subject}\"}}"
        )
    };
    let mut sends = tokio::task::JoinSet::new();
    for id in 0..16 {
        let subject = if id % 2 == 0 {
            "repo:acme/shop:ref:refs/heads/main"
        } else {
            "repo:acme@1/shop@2:environment:production"
        };
        let (op, body) = (op.clone(), event(id, subject));
        sends.spawn(async move {
            ingest::accept(&op, body.into_bytes(), &Limits::default())
                .await
                .unwrap()
        });
    }
    assert_eq!(
        sends
            .join_all()
            .await
            .iter()
            .map(|receipt| receipt.accepted)
            .sum::<usize>(),
        16
    );
    let mut conn = services.db.acquire().await.unwrap();
    let rows = store::testing::texts(
        &mut conn,
        "SELECT concat_ws(' ', name, state, kind, last_used_at IS NOT NULL) FROM identities",
    )
    .await;
    assert_eq!(rows, ["acme/shop discovered pipeline t"]);
    let unresolved = store::testing::texts(
        &mut conn,
        "SELECT vendor_id FROM events WHERE identity_id IS NULL",
    )
    .await;
    assert_eq!(unresolved, Vec::<String>::new());
    let told = store::testing::texts(
        &mut conn,
        "SELECT action FROM activity WHERE action = 'identity.discovered'",
    )
    .await;
    assert_eq!(told.len(), 1);
    // A refused token of a stranger enters nobody.
    let refused = event(99, "repo:evil/fork:pull_request")
        .replace("success", "failure")
        .replace("credential_assumption", "authentication_failure");
    ingest::accept(&op, refused.into_bytes(), &Limits::default())
        .await
        .unwrap();
    assert_eq!(
        store::testing::texts(&mut conn, "SELECT name FROM identities").await,
        ["acme/shop"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_feed_loses_nothing_and_doubles_nothing() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = Arc::new(source(&services, "s").await);
    let body = |writer: usize, round: usize| {
        let mut lines = String::new();
        for n in 0..20 {
            let _ = writeln!(
                lines,
                "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{writer}-{round}-{n}\"}}"
            );
        }
        lines.into_bytes()
    };
    // A writer that holds its transaction open the whole time must delay nobody.
    let mut open = services.db.begin().await.unwrap();
    store::testing::execute(&mut open, "INSERT INTO feed_queue (source_id, events, event_ids, times, digests, first_at, last_at) SELECT gen_random_uuid(), 1, ARRAY[gen_random_uuid()], ARRAY[now()], decode(repeat('00', 32), 'hex'), now(), now()").await;
    let writing = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let mut sequencers = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (services, writing) = (services.clone(), writing.clone());
        sequencers.spawn(async move {
            loop {
                let going = writing.load(std::sync::atomic::Ordering::SeqCst);
                // A sequencer that is killed in the middle of a batch is an aborted backend: an error, and on.
                match feed::sequence(&services.system("sequencer")).await {
                    Ok(0) if !going => break,
                    _ => tokio::task::yield_now().await,
                }
            }
        });
    }
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let (op, services) = (op.clone(), services.clone());
        writers.spawn(async move {
            for round in 0..6 {
                ingest::accept(&op, body(writer, round), &Limits::default()).await.unwrap();
                // Work that is rolled back leaves nothing.
                let mut tx = services.db.begin().await.unwrap();
                store::testing::execute(&mut tx, "INSERT INTO feed_queue (source_id, events, event_ids, times, digests, first_at, last_at) SELECT gen_random_uuid(), 1, ARRAY[gen_random_uuid()], ARRAY[now()], decode(repeat('00', 32), 'hex'), now(), now()").await;
                tx.rollback().await.unwrap();
            }
        });
    }
    // Ten times the backend that is giving places is killed in the middle of it.
    let killer = tokio::spawn({
        let (services, writing) = (services.clone(), writing.clone());
        async move {
            let mut killed = 0;
            while killed < 10 && writing.load(std::sync::atomic::Ordering::SeqCst) {
                let mut conn = services.db.acquire().await.unwrap();
                killed += store::testing::texts(&mut conn, "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND (query LIKE 'INSERT INTO feed (%' OR query LIKE 'UPDATE feed_head%' OR query LIKE 'DELETE FROM feed_queue%') LIMIT 1").await.len();
            }
            killed
        }
    });
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    writing.store(false, std::sync::atomic::Ordering::SeqCst);
    println!("{} backends killed", killer.await.unwrap());
    while let Some(done) = sequencers.join_next().await {
        done.unwrap();
    }
    open.rollback().await.unwrap();
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    let mut conn = services.db.acquire().await.unwrap();
    for (sql, expected) in [
        ("SELECT count(*)::text FROM events", "1920"),
        ("SELECT count(*)::text FROM feed", "1920"),
        (
            "SELECT count(DISTINCT event_id)::text FROM feed f JOIN events e ON e.id = f.event_id",
            "1920",
        ),
        ("SELECT max(position)::text FROM feed", "1920"),
        ("SELECT position::text FROM feed_head", "1920"),
        (
            "SELECT count(*)::text FROM (SELECT published < lag(published) OVER (ORDER BY position) AS back FROM feed) x WHERE back",
            "0",
        ),
    ] {
        assert_eq!(
            store::testing::texts(&mut conn, sql).await,
            [expected],
            "{sql}"
        );
    }
    drop(conn);
    read_in_pages(&services).await;
}

/// Reads the feed in pages of odd sizes: every event once, in order.
async fn read_in_pages(services: &Services) {
    let op = shell(services);
    let mut query = feed::FeedQuery {
        limit: Some(97),
        ..Default::default()
    };
    let (mut positions, mut last) = (Vec::new(), DateTime::<Utc>::MIN_UTC);
    loop {
        let feed::FeedAnswer::Page(page) = feed::read(&op, &query).await.unwrap() else {
            panic!("gone")
        };
        for row in &page.rows {
            assert!(row.published() >= last);
            last = row.published();
            positions.push(row.position());
        }
        query.after = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    assert_eq!(positions, (1..=1920).collect::<Vec<i64>>());
    let filter = domain::feed::FeedFilter {
        source: vec!["other".into()],
        ..Default::default()
    };
    let foreign = feed::FeedQuery {
        filter: filter.into(),
        ..query.clone()
    };
    assert!(matches!(
        feed::read(&op, &foreign).await,
        Err(service::Error::Invalid(_))
    ));
    let mut tx = services.db.begin().await.unwrap();
    store::testing::execute(&mut tx, "UPDATE feed_head SET epoch = gen_random_uuid()").await;
    tx.commit().await.unwrap();
    let feed::FeedAnswer::Gone { earliest } = feed::read(&op, &query).await.unwrap() else {
        panic!("not gone")
    };
    let start = feed::FeedQuery {
        after: Some(earliest),
        ..Default::default()
    };
    let feed::FeedAnswer::Page(page) = feed::read(&op, &start).await.unwrap() else {
        panic!("gone")
    };
    assert_eq!(
        (page.rows.len(), page.rows[0].position(), page.more),
        (100, 1, true)
    );
}

#[tokio::test]
async fn a_webhook_without_a_time_happened_when_it_came() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "hooks").await;
    let push = serde_json::json!({
        "action": "created", "installation": {"id": 9, "account": {"login": "octo"}}, "sender": {"login": "mona"},
    });
    let sent = ingest::Sent {
        delivery_id: Some("d-9".into()),
        event_name: Some("installation".into()),
        ..ingest::Sent::default()
    };
    let body = push.to_string().into_bytes();
    let receipt = ingest::accept_sent(&op, body, &Limits::default(), sent)
        .await
        .unwrap();
    assert_eq!(
        (receipt.accepted, receipt.rejected.len()),
        (1, 0),
        "{receipt:?}"
    );
    let mut conn = services.db.acquire().await.unwrap();
    let kept = store::testing::texts(
        &mut conn,
        "SELECT concat_ws('|', vendor_id, occurred_at = received_at, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
         FROM events",
    )
    .await;
    assert_eq!(kept, ["d-9|t|2026-11-21 00:00:00"]);
}

#[tokio::test]
async fn what_was_refused_is_read_again_and_only_what_can_be_leaves_quarantine() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let shell = shell(&services);
    let input = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        format: "aws_cloudtrail".into(),
        ..SourceInput::default()
    };
    let made = sources::create(&shell, &input).await.unwrap();
    let actor = ingest::authenticate(&services, "own", &made.token)
        .await
        .unwrap();
    let op = services.op(actor, OpKind::Request, "test");
    let long = "x".repeat(70_000);
    let body = format!(
        "{{\"action\":\"a\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"1\"}}\nnonsense\n\
         {{\"action\":\"b\",\"occurred_at\":\"2026-11-02T00:00:00Z\",\"vendor_id\":\"2\"}}\n\
         {{\"action\":\"c\",\"occurred_at\":\"2026-11-02T00:00:00Z\",\"note\":\"{long}\"}}"
    );
    let receipt = ingest::accept(&op, body.into_bytes(), &Limits::default())
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.rejected.len()), (0, 4));
    // Nothing has changed, nothing can be read.
    let same = sources::replay(&shell, "own").await.unwrap();
    assert_eq!(
        (same.accepted, same.duplicates, same.refused, same.cut),
        (0, 0, 3, 1)
    );
    let change = SourceChange {
        slug: "own".into(),
        format: String::new(),
        proving: "secret".into(),
        ..SourceChange::default()
    };
    sources::change(&shell, &change).await.unwrap();
    let now = sources::replay(&shell, "own").await.unwrap();
    assert_eq!(
        (now.accepted, now.duplicates, now.refused, now.cut),
        (2, 0, 1, 1)
    );
    let shown = sources::get(&shell, "own").await.unwrap();
    assert_eq!(
        (shown.quarantined, shown.row.accepted, shown.row.rejected),
        (2, 2, 4)
    );
    assert!(shown.rejects.iter().all(|reject| reject.raw.len() <= 4096));
    // Sent again by the sender, they are known.
    let again = br#"{"action":"a","occurred_at":"2026-11-01T00:00:00Z","vendor_id":"1"}"#;
    let receipt = ingest::accept(&op, again.to_vec(), &Limits::default())
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (0, 1));
}

#[tokio::test]
async fn a_test_delivery_is_an_event_of_nobody() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let shell = shell(&services);
    source(&services, "s").await;
    let receipt = sources::test_delivery(&shell, "s").await.unwrap();
    assert_eq!((receipt.accepted, receipt.rejected.len()), (1, 0));
    let mut conn = services.db.acquire().await.unwrap();
    let sql =
        "SELECT concat_ws('|', action, kind, outcome, target, identity_id IS NULL) FROM events";
    assert_eq!(
        store::testing::texts(&mut conn, sql).await,
        ["rollcall.test_delivery|other|success|s|t"]
    );
    let none = store::testing::texts(&mut conn, "SELECT name FROM identities").await;
    assert_eq!(none, Vec::<String>::new());
    assert!(matches!(
        sources::test_delivery(&shell, "no-such").await,
        Err(service::Error::NotFound("source"))
    ));
}

/// CloudTrail records of `count` calls, ids from `first` on, each a second later.
fn calls(first: usize, count: usize) -> Vec<u8> {
    let mut lines = String::new();
    for n in first..first + count {
        let at =
            DateTime::<Utc>::from_timestamp(1_793_500_000 + i64::try_from(n).unwrap(), 0).unwrap();
        let _ = writeln!(
            lines,
            "{{\"eventVersion\":\"1.08\",\"eventID\":\"call-{n}\",\"eventTime\":\"{}\",\"eventSource\":\"ecs.amazonaws.com\",\"eventName\":\"UpdateService\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"192.0.2.7\",\"userAgent\":\"aws-cli/2.1\",\"userIdentity\":{{\"type\":\"AssumedRole\",\"principalId\":\"A:s\",\"arn\":\"arn:aws:sts::123456789012:assumed-role/deploy/s\",\"accountId\":\"123456789012\",\"accessKeyId\":\"ASIAEXAMPLE{n}\"}}}}",
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        );
    }
    lines.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_each_kept_once() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = Arc::new(source(&services, "s").await);
    let limits = Limits::default();
    let first = ingest::accept(&op, calls(0, 3_000), &limits).await.unwrap();
    assert_eq!((first.accepted, first.duplicates), (3_000, 0));
    let again = ingest::accept(&op, calls(2_500, 1_000), &limits)
        .await
        .unwrap();
    assert_eq!((again.accepted, again.duplicates), (500, 500));
    // The same at once, four times: each waits for the others' keys, and one of them keeps each.
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let op = op.clone();
        all.spawn(async move {
            let taken = ingest::accept(&op, calls(10_000, 1_500), &Limits::default()).await;
            taken.unwrap()
        });
    }
    let taken = all.join_all().await;
    let accepted: usize = taken.iter().map(|one| one.accepted).sum();
    let duplicates: usize = taken.iter().map(|one| one.duplicates).sum();
    assert_eq!((accepted, duplicates), (1_500, 4_500));
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    let mut conn = services.db.acquire().await.unwrap();
    for sql in [
        "SELECT count(*)::text FROM events",
        "SELECT count(DISTINCT vendor_id)::text FROM events",
        "SELECT count(*)::text FROM event_keys",
        "SELECT max(position)::text FROM feed",
        "SELECT count(*)::text FROM feed f JOIN events e ON e.id = f.event_id AND e.occurred_at = f.occurred_at",
    ] {
        assert_eq!(
            store::testing::texts(&mut conn, sql).await,
            ["5000"],
            "{sql}"
        );
    }
    let order = "SELECT count(*)::text FROM (SELECT e.vendor_id, lead(e.vendor_id) OVER (ORDER BY f.position) AS next
         FROM feed f JOIN events e ON e.id = f.event_id WHERE f.position <= 3000) x
         WHERE next <> 'call-' || (substr(x.vendor_id, 6)::int + 1)";
    assert_eq!(
        store::testing::texts(&mut conn, order).await,
        ["0"],
        "a delivery keeps its order"
    );
    drop(conn);
    assert_eq!(
        feed::verify(&services.system("verify"))
            .await
            .unwrap()
            .unwrap(),
        5_000
    );
}

#[tokio::test]
async fn days_are_counted_exactly_before_and_after_they_are_folded() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "s").await;
    let mut conn = services.db.acquire().await.unwrap();
    let counted = "SELECT sum(succeeded + failed)::text FROM event_day_counts";
    let waiting = "SELECT count(*)::text FROM event_day_changes";
    let days = "SELECT count(*)::text || ' ' || sum(succeeded + failed)::text FROM event_days";
    for (first, sum) in [(0, "300"), (300, "600")] {
        ingest::accept(&op, calls(first, 300), &Limits::default())
            .await
            .unwrap();
        assert_eq!(store::testing::texts(&mut conn, counted).await, [sum]);
        service::events::fold_days(&services.system("test"))
            .await
            .unwrap();
        assert_eq!(store::testing::texts(&mut conn, counted).await, [sum]);
        assert_eq!(store::testing::texts(&mut conn, waiting).await, ["0"]);
        let folded = store::testing::texts(&mut conn, days).await;
        assert!(folded[0].ends_with(&format!(" {sum}")), "{folded:?}");
    }
    // The second delivery is of the days of the first: no row more.
    let rows = "SELECT count(*)::text FROM event_days";
    let distinct = "SELECT count(*)::text FROM (SELECT DISTINCT identity_id, (occurred_at AT TIME ZONE 'UTC')::date FROM events) d";
    assert_eq!(
        store::testing::texts(&mut conn, rows).await,
        store::testing::texts(&mut conn, distinct).await
    );
}

#[tokio::test]
async fn what_joins_events_is_kept_and_read_from_older_records() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let op = source(&services, "s").await;
    // By one INSERT, and by COPY.
    ingest::accept(&op, calls(0, 10), &Limits::default())
        .await
        .unwrap();
    ingest::accept(&op, calls(10, 300), &Limits::default())
        .await
        .unwrap();
    while feed::sequence(&services.system("sequencer")).await.unwrap() > 0 {}
    let mut conn = services.db.acquire().await.unwrap();
    // Read back, and handed over by the process that took them in: the same.
    let read_back = Recent::default();
    let (to, kept) = store::detect::events(&mut conn, &read_back, 0, 400)
        .await
        .unwrap();
    let handed_over = store::detect::events(&mut conn, services.db.recent(), 0, 400);
    assert_eq!(handed_over.await.unwrap(), (310, kept.clone()));
    assert_eq!((to, kept.len()), (310, 310));
    for (n, stored) in kept.iter().enumerate() {
        let joins = &stored.event.joins;
        assert_eq!(
            joins.access_key.as_deref(),
            Some(format!("ASIAEXAMPLE{n}").as_str())
        );
        assert_eq!(joins.account.as_deref(), Some("123456789012"));
    }
    // As rows of an older version are.
    store::testing::execute(&mut conn, "UPDATE events SET joins = NULL").await;
    let older = store::detect::events(&mut conn, &read_back, 0, 310)
        .await
        .unwrap();
    assert_eq!(older, (310, kept));
}
