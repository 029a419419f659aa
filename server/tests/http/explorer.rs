//! What the explorer gives beside its pages: the live tail as server-sent events, and its rows as files.

use axum::body::Body;
use contract::access::Role;
use contract::sources::SourceInput;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::world::{Answer, World};

/// Three events of one source: a deployment by a pipeline, a failed one by somebody with a formula for a name, and a run.
async fn world() -> Option<(World, String)> {
    let world = World::new().await?;
    let input = SourceInput {
        name: "CI".into(),
        slug: "ci".into(),
        ..SourceInput::default()
    };
    let made = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    let records = json!([
        {"kind": "deployment", "outcome": "success", "action": "deploy", "occurred_at": "2026-11-20T08:00:00Z",
            "vendor_id": "1", "repository": "acme/shop", "run_id": "71", "environment": "production", "target": "shop, \"live\"",
            "source_ip": "203.0.113.9", "commit": "c2b54496aa", "ref": "refs/heads/release-9",
            "principal": "arn:aws:iam::111122223333:role/deploy"},
        {"kind": "deployment", "outcome": "failure", "action": "deploy", "occurred_at": "2026-11-20T09:00:00Z",
            "vendor_id": "2", "actor": "=HYPERLINK(\"https://evil.example\")", "target": "@SUM(A1)"},
        {"kind": "pipeline_run", "outcome": "success", "action": "build", "occurred_at": "2026-11-20T10:00:00Z",
            "vendor_id": "3", "repository": "acme/shop", "run_id": "72"},
    ]);
    let request =
        Request::post("/ingest/v1/ci").header("authorization", format!("Bearer {}", made.token));
    let answer = world
        .send(request.body(Body::from(records.to_string())).unwrap())
        .await;
    assert_eq!(answer.json()["accepted"], 3, "{}", answer.body);
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
    let cookie = world.signed_in(Role::Auditor).await;
    Some((world, cookie))
}

async fn ask(world: &World, cookie: &str, path: &str, last: Option<&str>) -> Answer {
    let mut request = Request::get(path).header(header::COOKIE, cookie);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

/// The one message of a stream: its id, and the rows it tells.
fn message(body: &str) -> (String, Vec<Value>) {
    let line = |name: &str| {
        body.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("{name} in {body}"))
            .trim()
            .to_owned()
    };
    assert_eq!(line("event:"), "events");
    (line("id:"), serde_json::from_str(&line("data:")).unwrap())
}

#[tokio::test]
async fn the_tail_tells_rows_of_its_filter_and_goes_on_where_the_browser_stopped() {
    let Some((world, cookie)) = world().await else {
        return;
    };
    let tail = "/events/tail?looks=1";
    let all = ask(&world, &cookie, tail, Some("0")).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.body);
    assert_eq!(all.header("content-type"), "text/event-stream");
    let (id, rows) = message(&all.body);
    assert_eq!((id.as_str(), rows.len()), ("3", 3));
    assert_eq!(rows[0]["outcome"], "Success");
    assert!(
        rows[0]["href"].as_str().unwrap().starts_with("/events?")
            && rows[0]["sentence"].as_str().unwrap().len() > 5
            && rows[0]["at"] == "2026-11-20T08:00:00Z",
        "{rows:?}"
    );
    let failed = format!("{tail}&kind=deployment&outcome=failure");
    let (id, rows) = message(&ask(&world, &cookie, &failed, Some("0")).await.body);
    assert_eq!((id.as_str(), rows.len()), ("3", 1));
    assert_eq!(rows[0]["outcome"], "Failure");
    assert_eq!(rows[0]["who"], "=HYPERLINK(\"https://evil.example\")");
    // From where it stopped there is one more; from now on, and under words nothing has, nothing.
    let (_, rows) = message(&ask(&world, &cookie, tail, Some("2")).await.body);
    assert_eq!(rows.len(), 1);
    for (path, last) in [
        (tail.to_owned(), None),
        (tail.to_owned(), Some("99")),
        (format!("{tail}&q=nothing-has-this"), Some("0")),
    ] {
        let none = ask(&world, &cookie, &path, last).await;
        assert_eq!(none.status, StatusCode::OK, "{path}");
        assert!(!none.body.contains("data:"), "{path}: {}", none.body);
    }
}

#[tokio::test]
async fn the_csv_holds_the_rows_of_the_filter_and_no_formula() {
    let Some((world, cookie)) = world().await else {
        return;
    };
    let range = "from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z";
    let answer = ask(&world, &cookie, &format!("/events.csv?{range}"), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"events.csv\""
    );
    let lines: Vec<&str> = answer.body.lines().collect();
    assert!(
        lines[0].starts_with("id,occurred_at,received_at,kind,outcome,action,actor,"),
        "{}",
        lines[0]
    );
    assert_eq!(lines.len(), 4, "{}", answer.body);
    // Newest first; quoted where it must be.
    assert!(
        lines[1].contains(",pipeline_run,success,build,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[3].contains("2026-11-20T08:00:00.000Z")
            && lines[3].contains("\"shop, \"\"live\"\"\",203.0.113.9,ci,rollcall"),
        "{}",
        lines[3]
    );
    assert!(
        lines[2].contains(",\"'=HYPERLINK(\"\"https://evil.example\"\")\",")
            && lines[2].contains(",'@SUM(A1),"),
        "{}",
        lines[2]
    );
    let failed = ask(
        &world,
        &cookie,
        &format!("/events.csv?{range}&outcome=failure"),
        None,
    )
    .await;
    let rows: Vec<&str> = failed.body.lines().skip(1).collect();
    assert_eq!(rows, [lines[2]]);
    // What the drawer offers to look for is found by its words.
    for value in [
        "71",
        "c2b54496",
        "release-9",
        "arn:aws:iam::111122223333:role",
        "203.0.113.9",
    ] {
        let path = format!("/events.csv?{range}&q={value}");
        let found = ask(&world, &cookie, &path, None).await;
        let rows: Vec<&str> = found.body.lines().skip(1).collect();
        assert_eq!(rows, [lines[3]], "{value}");
    }
    let earlier = "/events.csv?from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z";
    let none = ask(&world, &cookie, earlier, None).await;
    assert_eq!(none.body.lines().count(), 1, "the head: {}", none.body);
}

#[tokio::test]
async fn each_line_of_the_export_is_an_event_of_the_filter() {
    let Some((world, cookie)) = world().await else {
        return;
    };
    let path = "/events.ndjson?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&kind=deployment";
    let answer = ask(&world, &cookie, path, None).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let rows: Vec<Value> = answer
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<&str> = rows
        .iter()
        .map(|row| row["vendor_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["2", "1"], "newest first");
    // No spreadsheet opens this: values are as they are.
    assert_eq!(rows[0]["actor"], "=HYPERLINK(\"https://evil.example\")");
    assert_eq!(
        (&rows[1]["source"], &rows[1]["run_id"], &rows[1]["position"]),
        (&json!("ci"), &json!("71"), &json!(1))
    );
    assert_eq!(rows[1]["source_ip"], "203.0.113.9");
    let nobody = Request::get(path).body(Body::empty()).unwrap();
    assert_ne!(world.send(nobody).await.status, StatusCode::OK);
}
