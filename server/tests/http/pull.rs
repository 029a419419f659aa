//! The feeds as pollers read them: endless links, wrappings, formats, waiting, tags, and places kept for readers.

use axum::body::Body;
use chrono::TimeDelta;
use contract::sources::SourceInput;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::world::{Answer, World};

/// A world with so many events in the feed, and a token that reads everything; the source's token delivers more.
async fn world(events: usize) -> Option<(World, String, String)> {
    furnished(World::new().await?, events).await
}

/// The same, of a world as it is.
async fn furnished(world: World, events: usize) -> Option<(World, String, String)> {
    let input = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    let source = service::sources::create(&world.cli(), &input)
        .await
        .unwrap()
        .token;
    deliver(&world, &source, 0..events).await;
    let token = world
        .token("siem", &["feed:read", "inventory:read", "activity:read"])
        .await;
    Some((world, token, source))
}

async fn deliver(world: &World, source: &str, ids: std::ops::Range<usize>) {
    let line = |n| {
        format!(
            "{{\"action\":\"deploy\",\"kind\":\"deployment\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\",\"actor\":\"bot|=\\\\\"}}\n"
        )
    };
    take(world, source, ids.map(line).collect()).await;
}

/// Has lines taken in, and gives them their places.
async fn take(world: &World, source: &str, body: String) {
    let request =
        Request::post("/ingest/v1/own").header(header::AUTHORIZATION, format!("Bearer {source}"));
    let answer = world.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

async fn ask(
    world: &World,
    token: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

async fn get(world: &World, token: &str, path: &str) -> Answer {
    ask(world, token, "GET", path, &[]).await
}

fn next(answer: &Answer) -> Option<String> {
    let links = answer.headers.get_all(header::LINK).iter();
    links
        .filter_map(|link| link.to_str().ok())
        .find(|link| link.contains("rel=\"next\""))
        .and_then(|link| link.strip_prefix('<')?.split('>').next())
        .map(|link| link.trim_start_matches(crate::world::ORIGIN).to_owned())
}

fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_poller_of_logs_is_always_told_where_to_go_on() {
    let Some((world, token, source)) = world(5).await else {
        return;
    };
    let first = get(&world, &token, "/api/v1/logs?limit=3&sortOrder=ASCENDING").await;
    let row = &rows(&first)[0];
    assert_eq!(row["eventType"], "rollcall.deployment");
    assert_eq!(row["outcome"]["result"], "UNKNOWN");
    assert_eq!(row["debugContext"]["debugData"]["pos"], "1");
    let second = get(&world, &token, &next(&first).unwrap()).await;
    assert_eq!(rows(&second).len(), 2);
    let empty = get(&world, &token, &next(&second).unwrap()).await;
    assert!(rows(&empty).is_empty());
    deliver(&world, &source, 5..6).await;
    let third = get(&world, &token, &next(&empty).unwrap()).await;
    assert_eq!(
        rows(&third)[0]["debugContext"]["debugData"]["vendor_id"],
        "5"
    );
    // From now on: nothing old comes, neither now nor by the link of the empty page.
    let since = "/api/v1/logs?since=2030-01-01T00:00:00%2B00:00";
    let later = get(&world, &token, since).await;
    assert!(rows(&later).is_empty());
    assert!(rows(&get(&world, &token, &next(&later).unwrap()).await).is_empty());
}

#[tokio::test]
async fn rows_come_bare_in_an_envelope_or_as_lines() {
    let Some((world, token, _)) = world(5).await else {
        return;
    };
    let path = "/api/v1/events?limit=3&envelope=1";
    let answer = get(&world, &token, path).await;
    let body = answer.json();
    assert_eq!(body["events"].as_array().unwrap().len(), 3, "{body}");
    assert_eq!(body["has_more"], true);
    assert_eq!(body["next_cursor"], answer.header("x-next-cursor"));
    let lines = [("accept", "application/x-ndjson")];
    let page = ask(&world, &token, "GET", "/api/v1/events?limit=3", &lines).await;
    assert_eq!(page.header("content-type"), "application/x-ndjson");
    assert_eq!(
        (page.body.lines().count(), next(&page).is_some()),
        (3, true)
    );
    let all = ask(&world, &token, "GET", "/api/v1/events?limit=all", &lines).await;
    let read: Vec<Value> = all
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        json!(read),
        get(&world, &token, "/api/v1/events").await.json()
    );
    let resume = format!("/api/v1/events?after={}", all.header("x-next-cursor"));
    assert_eq!(get(&world, &token, &resume).await.body, "[]");
    let cef = ask(
        &world,
        &token,
        "GET",
        "/api/v1/events?limit=all&format=cef",
        &lines,
    )
    .await;
    assert_eq!(cef.body.lines().count(), 5);
    assert!(cef.body.contains("suser=bot|\\=\\\\ "), "{}", cef.body);
    let strings = rows(&get(&world, &token, "/api/v1/events?format=cef").await);
    assert!(strings[0].as_str().unwrap().starts_with("CEF:0|Rollcall|"));
    for (format, member) in [
        ("ocsf", "class_uid"),
        ("ecs", "@timestamp"),
        ("asim", "EventSchema"),
        ("okta", "uuid"),
    ] {
        let path = format!("/api/v1/events?format={format}&raw=true&limit=1");
        let answer = get(&world, &token, &path).await;
        assert!(!rows(&answer)[0][member].is_null(), "{}", answer.body);
        assert!(next(&answer).unwrap().contains(&format!("format={format}")));
    }
}

#[tokio::test]
async fn somebody_who_waits_is_answered_when_a_row_comes() {
    let Some((world, token, source)) = world(1).await else {
        return;
    };
    let cursor = get(&world, &token, "/api/v1/events")
        .await
        .header("x-next-cursor")
        .to_owned();
    let path = format!("/api/v1/events?wait=20&after={cursor}");
    let began = std::time::Instant::now();
    let (answer, ()) = tokio::join!(get(&world, &token, &path), deliver(&world, &source, 1..2));
    assert_eq!(rows(&answer).len(), 1);
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

/// Positions of the failures in a feed of a hundred events.
static FAILED: [i64; 3] = [3, 4, 97];
const RARE: &str = "filter%5Boutcome%5D=failure";

/// A feed of a hundred events of which three failed, looked through so many places at a time by requests of so many
/// seconds. Of a request of less than five seconds there is no time to look on.
async fn rarely(places: i64, seconds: &str) -> Option<(World, String)> {
    let world = World::with(&[("ROLLCALL_REQUEST_SECONDS", seconds)], |settings| {
        settings.feed_places = places;
    })
    .await?;
    let (world, token, source) = furnished(world, 0).await?;
    let line = |n: i64| {
        let outcome = if FAILED.contains(&n) {
            "failure"
        } else {
            "success"
        };
        format!(
            "{{\"action\":\"deploy\",\"outcome\":\"{outcome}\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\"}}\n"
        )
    };
    take(&world, &source, (1..=100).map(line).collect()).await;
    Some((world, token))
}

fn positions(rows: &[Value]) -> Vec<i64> {
    rows.iter()
        .map(|row| row["pos"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_rare_filter_is_drained_once_over_pages_that_are_empty() {
    let Some((world, token)) = rarely(10, "4").await else {
        return;
    };
    for begin in ["", "&since=2026-01-01T00:00:00Z"] {
        let mut path = Some(format!("/api/v1/events?limit=2&{RARE}{begin}"));
        let (mut seen, mut empty) = (Vec::new(), 0);
        while let Some(address) = path {
            let page = get(&world, &token, &address).await;
            assert!(!page.header("x-next-cursor").is_empty());
            path = next(&page);
            let found = positions(&rows(&page));
            if found.is_empty() {
                empty += 1;
                // What would be told of without its link is never known already.
                assert_eq!((page.header("etag"), path.is_some()), ("", true));
            }
            seen.extend(found);
        }
        assert_eq!((seen.as_slice(), empty), (FAILED.as_slice(), 8), "{begin}");
    }
    let first = get(&world, &token, &format!("/api/v1/events?limit=2&{RARE}")).await;
    let path = format!("{}&envelope=1", next(&first).unwrap());
    let empty = get(&world, &token, &path).await.json();
    assert_eq!(
        (&empty["events"], &empty["has_more"]),
        (&json!([]), &json!(true))
    );
}

#[tokio::test]
async fn who_takes_an_empty_page_for_the_end_gets_none_before_it() {
    let Some((world, token)) = rarely(10, "30").await else {
        return;
    };
    let mut path = format!("/api/v1/logs?limit=2&{RARE}");
    for expected in [&FAILED[..2], &FAILED[2..], &[]] {
        let page = get(&world, &token, &path).await;
        let found: Vec<i64> = rows(&page)
            .iter()
            .map(|row| row["debugContext"]["debugData"]["pos"].as_str().unwrap())
            .map(|position| position.parse().unwrap())
            .collect();
        assert_eq!(found, expected);
        path = next(&page).unwrap();
    }
    let first = get(&world, &token, &format!("/api/v1/events?limit=2&{RARE}")).await;
    assert_eq!(positions(&rows(&first)), FAILED[..2]);
    // Who would wait for a row does not while there are places to look through.
    let began = std::time::Instant::now();
    let waiting = format!("{}&wait=20", next(&first).unwrap());
    let second = get(&world, &token, &waiting).await;
    assert_eq!(positions(&rows(&second)), FAILED[2..]);
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    assert_eq!(next(&second), None);
}

#[tokio::test]
async fn a_consumer_with_a_rare_filter_goes_on_where_it_was_looked() {
    let Some((world, token)) = rarely(4, "30").await else {
        return;
    };
    let mut seen = Vec::new();
    // Forty places an answer.
    for expected in [2, 0, 0, 1, 0] {
        let path = format!("/api/v1/events?consumer=rare&{RARE}");
        let found = positions(&rows(&get(&world, &token, &path).await));
        assert_eq!(found.len(), expected);
        seen.extend(found);
    }
    assert_eq!(seen, FAILED);
    let consumers = rows(&get(&world, &token, "/api/v1/consumers").await);
    assert_eq!(consumers[0]["position"], 100);
}

#[tokio::test]
async fn what_does_not_change_is_not_sent_twice() {
    let Some((world, token, source)) = world(3).await else {
        return;
    };
    let full = get(&world, &token, "/api/v1/events?limit=3").await;
    let tag = full.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = ask(
        &world,
        &token,
        "GET",
        "/api/v1/events?limit=3",
        &[("if-none-match", &tag)],
    )
    .await;
    assert_eq!(
        (again.status, again.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert!(again.headers.get(header::LINK).is_none());
    assert_eq!(
        get(&world, &token, "/api/v1/events?limit=5")
            .await
            .header("cache-control"),
        "private, no-store"
    );
    assert_eq!(
        get(&world, &token, "/api/v1/events?limit=5")
            .await
            .header("etag"),
        ""
    );
    let poll = format!("/api/v1/events?after={}", full.header("x-next-cursor"));
    let tag = get(&world, &token, &poll).await.header("etag").to_owned();
    let same = ask(&world, &token, "GET", &poll, &[("if-none-match", &tag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    deliver(&world, &source, 3..4).await;
    let grown = ask(&world, &token, "GET", &poll, &[("if-none-match", &tag)]).await;
    assert_eq!(rows(&grown).len(), 1);
}

#[tokio::test]
async fn a_consumer_is_handed_each_row_until_it_says_so() {
    let Some((world, token, _)) = world(5).await else {
        return;
    };
    let path = "/api/v1/consumers/cron/next?limit=3&lease=60&filter%5Btype%5D=deployment";
    let first = ask(&world, &token, "POST", path, &[]).await;
    assert_eq!(
        first.json()["events"].as_array().unwrap().len(),
        3,
        "{}",
        first.body
    );
    let early = ask(&world, &token, "POST", path, &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(!early.header("retry-after").is_empty());
    world.advance(TimeDelta::seconds(61));
    let again = ask(&world, &token, "POST", path, &[]).await;
    assert_eq!(again.json()["events"], first.json()["events"]);
    let ack = async |ack: &Value| {
        let request = Request::post("/api/v1/consumers/cron/ack")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        world
            .send(
                request
                    .body(Body::from(json!({ "ack": ack }).to_string()))
                    .unwrap(),
            )
            .await
            .status
    };
    assert_eq!(
        ack(&first.json()["ack"]).await,
        StatusCode::CONFLICT,
        "an old lease"
    );
    assert_eq!(ack(&again.json()["ack"]).await, StatusCode::NO_CONTENT);
    let rest = ask(&world, &token, "POST", path, &[]).await;
    assert_eq!(rest.json()["events"][0]["pos"], 4);
    let other = ask(&world, &token, "POST", "/api/v1/consumers/cron/next", &[]).await;
    assert_eq!(
        other.status,
        StatusCode::CONFLICT,
        "another filter: {}",
        other.body
    );
    assert_eq!(
        rows(&get(&world, &token, "/api/v1/consumers").await)[0]["position"],
        3
    );
    let gone = ask(&world, &token, "DELETE", "/api/v1/consumers/cron", &[]).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    // At most once: each answer moves on.
    for expected in [2, 2, 1, 0] {
        let page = get(&world, &token, "/api/v1/events?consumer=curl&limit=2").await;
        assert_eq!(rows(&page).len(), expected);
    }
}

#[tokio::test]
async fn findings_and_the_record_are_feeds_too() {
    let Some((world, token, _)) = world(1).await else {
        return;
    };
    // The reader's own token is on the roll, and its finding in the feed.
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
    let before = rows(&get(&world, &token, "/api/v1/findings?order=published").await).len();
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(
        &mut tx,
        "INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, title, evidence, opened_at, seen_at)
         VALUES (gen_random_uuid(), 'f', 'no_owner', 'posture', 'high', 'certain', 'Nobody', '[[\"a\", \"b\"]]', now(), now())",
    )
    .await;
    tx.commit().await.unwrap();
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(
        &mut tx,
        "UPDATE findings SET seen_at = now() + interval '1 day'",
    )
    .await;
    store::testing::execute(
        &mut tx,
        "UPDATE findings SET state = 'resolved', resolved_at = now() WHERE fingerprint = 'f'",
    )
    .await;
    tx.commit().await.unwrap();
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
    let answer = get(
        &world,
        &token,
        "/api/v1/findings?order=published&limit=1000",
    )
    .await;
    let changes: Vec<_> = rows(&answer)[before..]
        .iter()
        .map(|row| {
            (
                row["pos"].as_u64().unwrap(),
                row["change"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let start = u64::try_from(before).unwrap();
    assert_eq!(
        changes,
        [
            (start + 1, "opened".to_owned()),
            (start + 2, "resolved".to_owned())
        ]
    );
    assert!(
        rows(&answer).last().unwrap()["controls"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    );
    // A feed's cursor asks for the feed, and another feed's is refused.
    let resume = format!("/api/v1/findings?after={}", answer.header("x-next-cursor"));
    assert_eq!(get(&world, &token, &resume).await.body, "[]");
    let wrong = format!("/api/v1/activity?after={}", answer.header("x-next-cursor"));
    assert_eq!(
        get(&world, &token, &wrong).await.status,
        StatusCode::BAD_REQUEST
    );
    // The record, oldest first, each entry once.
    let (mut read, mut path) = (
        Vec::new(),
        Some("/api/v1/activity?order=published&limit=1".to_owned()),
    );
    while let Some(address) = path {
        let page = get(&world, &token, &address).await;
        path = next(&page);
        read.extend(rows(&page).iter().map(|row| row["pos"].as_i64().unwrap()));
    }
    assert_eq!(read, (1..=world.entries().await).collect::<Vec<_>>());
    // As lists they are what they were: newest or worst first.
    let list = rows(&get(&world, &token, "/api/v1/activity").await);
    assert!(list[0]["position"].as_i64() > list[1]["position"].as_i64());
}
