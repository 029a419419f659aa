//! Templates of campaigns, by machines: made, read, changed as they were read, planned and applied many at once.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api_imports::post;
use crate::machines::{call, get};
use crate::world::World;

const PATH: &str = "/api/v1/campaign-templates";

fn quarterly() -> Value {
    json!({
        "name": " Quarterly   review", "days": 28, "filter": { "environment": ["production"], "unused_days": 90 },
        "schedule": {
            "rule": "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "time_zone": "Europe/Berlin", "starts_on": "2027-01-01",
            "working_days": true, "holidays": ["2027-01-01"],
        },
    })
}

#[tokio::test]
async fn a_template_is_made_read_and_changed_as_it_was_read() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["campaigns:write"]).await;
    assert_eq!(get(&world, &token, PATH).await.json(), json!([]));
    let before = world.entries().await;
    let key = [("idempotency-key", "once")];
    let made = call(&world, &token, "POST", PATH, quarterly(), &key).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let again = call(&world, &token, "POST", PATH, quarterly(), &key).await;
    assert_eq!(
        (again.header("idempotency-replayed"), &again.body),
        ("true", &made.body)
    );
    let made = made.json();
    assert_eq!(made["name"], "Quarterly review");
    assert_eq!(made["filter"]["environment"], json!(["production"]));
    assert_eq!(made["filter"]["unused_days"], 90);
    assert_eq!(made["schedule"]["ahead_days"], 7);
    assert_eq!(made["policy"]["grace_days"], 7, "the usual policy");
    // The first is a holiday, and the weekend comes after it.
    assert_eq!(made["next_on"], "2027-01-04");
    let taken = post(&world, &token, PATH, quarterly()).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.body);
    assert_eq!(world.entries().await - before, 1);

    assert_eq!(get(&world, &token, PATH).await.json(), json!([made]));
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let read = get(&world, &token, &path).await;
    assert_eq!(read.json(), made);
    let tag = read.header("etag").to_owned();
    let had = [("if-none-match", tag.as_str())];
    let same = call(&world, &token, "GET", &path, Value::Null, &had).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    let change = json!({ "days": 21, "schedule": { "rule": "" } });
    let known = [("if-match", tag.as_str())];
    let changed = call(&world, &token, "PATCH", &path, change.clone(), &known).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let changed = changed.json();
    assert_eq!(changed["days"], 21);
    assert_eq!(
        (&changed["schedule"], &changed["next_on"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(changed["filter"], made["filter"], "what is left out stays");
    let stale = json!({ "days": 14 });
    let stale = call(&world, &token, "PATCH", &path, stale, &known).await;
    assert_eq!(
        stale.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        stale.body
    );
    // What is so already leaves no entry.
    let so = call(&world, &token, "PATCH", &path, change, &[]).await;
    assert_eq!((so.status, so.json()), (StatusCode::OK, changed));
    assert_eq!(world.entries().await - before, 2);
    let sparse = get(&world, &token, &format!("{path}?fields=name,days")).await;
    assert_eq!(
        sparse.json(),
        json!({ "name": "Quarterly review", "days": 21 })
    );

    let nobody = format!("{PATH}/{}", uuid::Uuid::nil());
    for method in ["GET", "PATCH"] {
        let body = if method == "GET" {
            Value::Null
        } else {
            json!({})
        };
        let missing = call(&world, &token, method, &nobody, body, &[]).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.body);
    }
    let reader = world.token("r", &["inventory:read"]).await;
    for path in [PATH, path.as_str()] {
        let refused = get(&world, &reader, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_named_where_it_stands() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["campaigns:write"]).await;
    let before = world.entries().await;
    let on = |schedule: Value| json!({ "name": "n", "schedule": schedule });
    for (wish, status, field) in [
        (json!({}), 400, "name"),
        (json!({ "name": "n", "days": "x" }), 400, "days"),
        (json!({ "name": "n", "dayz": 28 }), 400, "dayz"),
        (
            json!({ "name": "n", "filter": { "kind": ["robot"] } }),
            400,
            "filter.kind[0]",
        ),
        (json!({ "name": " .. " }), 422, "name"),
        (json!({ "name": "n", "days": 0 }), 422, "days"),
        (
            json!({ "name": "n", "filter": { "unused_days": 0 } }),
            422,
            "filter.unused_days",
        ),
        (
            json!({ "name": "n", "policy": { "grace_days": 91 } }),
            422,
            "policy.grace_days",
        ),
        (
            on(json!({ "rule": "FREQ=HOURLY", "starts_on": "2027-01-01" })),
            422,
            "schedule.rule",
        ),
        (
            on(json!({ "rule": "FREQ=DAILY", "starts_on": "soon" })),
            422,
            "schedule.starts_on",
        ),
        (
            on(json!({ "rule": "FREQ=DAILY", "starts_on": "+262142-12-01" })),
            422,
            "schedule.starts_on",
        ),
        (
            on(
                json!({ "rule": "FREQ=DAILY", "starts_on": "2027-01-01", "holidays": ["2027-12-24", "Easter"] }),
            ),
            422,
            "schedule.holidays[1]",
        ),
    ] {
        let refused = post(&world, &token, PATH, wish.clone()).await;
        assert_eq!(refused.status.as_u16(), status, "{wish}: {}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{wish}");
        if status == 422 {
            let file = json!({ "templates": [wish] });
            let refused = call(&world, &token, "PATCH", PATH, file, &[]).await;
            let field = format!("templates[0].{field}");
            assert_eq!(
                refused.json()["errors"][0]["field"],
                field,
                "{}",
                refused.body
            );
        }
    }
    let second = json!({ "templates": [{ "name": "a" }, { "name": "b", "days": 0 }] });
    let refused = call(&world, &token, "PATCH", PATH, second, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["field"], "templates[1].days");
    let tag = [("if-match", "\"0\"")];
    let all = json!({ "templates": [] });
    let refused = call(&world, &token, "PATCH", PATH, all, &tag).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    assert_eq!(refused.json()["errors"][0]["field"], "If-Match");
    assert_eq!(world.entries().await, before);
}

#[tokio::test]
async fn templates_are_planned_then_applied_and_read_page_by_page() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["campaigns:write"]).await;
    let file = |plan: bool, days: i64| {
        let weekly = json!({ "name": "Weekly", "days": days });
        json!({ "templates": [quarterly(), weekly], "plan": plan })
    };
    let before = world.entries().await;
    let planned = call(&world, &token, "PATCH", PATH, file(true, 7), &[]).await;
    assert_eq!(planned.status, StatusCode::OK, "{}", planned.body);
    let planned = planned.json();
    assert!(
        planned
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["new"] == true)
    );
    assert_eq!(planned[1]["name"], "Weekly");
    assert_eq!(get(&world, &token, PATH).await.json(), json!([]));
    let applied = call(&world, &token, "PATCH", PATH, file(false, 7), &[]).await;
    assert_eq!(applied.json(), planned, "{}", applied.body);
    assert_eq!(world.entries().await - before, 1);
    let same = call(&world, &token, "PATCH", PATH, file(false, 7), &[]).await;
    assert_eq!(same.json(), json!([]));
    let longer = call(&world, &token, "PATCH", PATH, file(true, 9), &[]).await;
    assert_eq!(
        longer.json(),
        json!([{ "name": "Weekly", "new": false, "fields": [{ "field": "days", "before": "7", "after": "9" }] }])
    );
    assert_eq!(world.entries().await - before, 1);

    let first = get(&world, &token, &format!("{PATH}?limit=1")).await;
    assert_eq!(first.json()[0]["name"], "Quarterly review");
    let after = first.header("x-next-cursor");
    let second = get(&world, &token, &format!("{PATH}?limit=1&after={after}")).await;
    assert_eq!(second.json()[0]["name"], "Weekly");
    assert_eq!(second.header("x-next-cursor"), "");
}
