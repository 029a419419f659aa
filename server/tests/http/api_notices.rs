//! Rules of who is told of findings, by machines.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api_imports::post;
use crate::machines::{call, get};
use crate::two_teams::roll;

#[tokio::test]
async fn rules_of_telling_are_set_read_and_ended() {
    let Some((world, token)) = roll().await else {
        return;
    };
    let path = "/api/v1/notice-rules";
    let team = get(&world, &token, "/api/v1/teams/payments").await.json()["id"].clone();
    let before = world.entries().await;
    for (wish, status, field) in [
        (
            json!({ "at_once": "loud", "digest_hour": 8 }),
            400,
            "at_once",
        ),
        (
            json!({ "at_once": "high", "digest_hour": 24 }),
            422,
            "digest_hour",
        ),
        (
            json!({ "at_once": "high", "digest_hour": 8, "quiet_from": 20 }),
            422,
            "quiet_to",
        ),
        (
            json!({ "at_once": "high", "digest_hour": 8, "team": uuid::Uuid::nil() }),
            422,
            "team",
        ),
    ] {
        let refused = post(&world, &token, path, wish).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    assert_eq!(world.entries().await, before);
    let all = json!({ "at_once": "critical", "digest_hour": 9 });
    let set = post(&world, &token, path, all).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    assert_eq!(set.json()["slug"], "everybody");
    let own = json!({ "at_once": "medium", "digest_hour": 7, "quiet_from": 20, "quiet_to": 6, "team": team });
    let set = post(&world, &token, path, own).await;
    assert_eq!(
        set.json()["quiet"],
        json!({ "from": 20, "to": 6 }),
        "{}",
        set.body
    );
    assert_eq!(world.entries().await - before, 2);
    let rows = get(&world, &token, path).await.json();
    let slugs: Vec<&Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["slug"])
        .collect();
    assert_eq!(slugs, ["everybody", "payments"]);
    let one = format!("{path}/payments");
    let read = get(&world, &token, &one).await;
    assert_eq!(read.json()["at_once"], "medium", "{}", read.body);
    let tag = [("if-match", read.header("etag"))];
    let ended = call(&world, &token, "DELETE", &one, Value::Null, &tag).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    let again = call(&world, &token, "DELETE", &one, Value::Null, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    assert_eq!(
        get(&world, &token, path).await.json()[0]["slug"],
        "everybody"
    );
}

#[tokio::test]
async fn a_webhook_is_named_by_its_host_and_its_secret_told_never_again() {
    let Some((world, token)) = roll().await else {
        return;
    };
    let path = "/api/v1/notice-rules";
    let rule = |fields: Value| {
        let mut rule = json!({ "at_once": "high", "digest_hour": 8 });
        for (name, value) in fields.as_object().unwrap() {
            rule[name] = value.clone();
        }
        rule
    };
    for (fields, status, field) in [
        (json!({ "webhook": "hooks.example" }), 422, "webhook"),
        (json!({ "webhook": "http://10.0.0.7/" }), 422, "webhook"),
        (json!({ "webhook_only": true }), 422, "webhook"),
        (
            json!({ "webhook": "https://h.example/", "webhook_secret": "short" }),
            422,
            "webhook_secret",
        ),
        (
            json!({ "webhook": "https://h.example/", "webhook_from": "loud" }),
            400,
            "webhook_from",
        ),
    ] {
        let refused = post(&world, &token, path, rule(fields)).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    let whole = json!({
        "webhook": "https://h.example/services/tok-1", "webhook_secret": "a-secret-word", "webhook_from": "medium",
    });
    let set = post(&world, &token, path, rule(whole)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    let expected =
        json!({ "host": "https://h.example", "from": "medium", "signed": true, "trouble": "" });
    assert_eq!(set.json()["webhook"], expected, "{}", set.body);
    assert_eq!(set.json()["webhook_only"], false);
    let read = get(&world, &token, path).await;
    for body in [&set.body, &read.body] {
        assert!(
            !body.contains("tok-1") && !body.contains("a-secret-word"),
            "{body}"
        );
    }
    let without = post(&world, &token, path, rule(json!({}))).await;
    assert_eq!(without.json()["webhook"], Value::Null, "{}", without.body);
}
