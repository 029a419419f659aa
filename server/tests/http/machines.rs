//! What tokens may change, and how they come to be: writes with tags and keys, bulk, rates, rotation, teams, networks, and
//! a pipeline's own token exchanged for one of ours.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use chrono::TimeDelta;
use contract::access::Role;
use contract::tokens::TokenInput;
use domain::access::Actor;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::two_teams::{roll, teams};
use crate::world::{Answer, World};

pub async fn call(
    world: &World,
    token: &str,
    method: &str,
    path: &str,
    body: Value,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    world.send(request.body(body).unwrap()).await
}

pub async fn get(world: &World, token: &str, path: &str) -> Answer {
    call(world, token, "GET", path, Value::Null, &[]).await
}

#[tokio::test]
async fn a_change_needs_the_state_that_was_read() {
    let Some((world, token)) = roll().await else {
        return;
    };
    let list = get(&world, &token, "/api/v1/identities?team=payments")
        .await
        .json();
    let path = format!("/api/v1/identities/{}", list[0]["id"].as_str().unwrap());
    let read = get(&world, &token, &path).await;
    let tag = read.header("etag").to_owned();
    let change = json!({ "purpose": "Pays the bills of the month", "reason": "It was not written down yet" });
    let changed = call(
        &world,
        &token,
        "PATCH",
        &path,
        change.clone(),
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert_eq!(changed.json()["purpose"], "Pays the bills of the month");
    assert_eq!(
        changed.json(),
        get(&world, &token, &path).await.json(),
        "the answer is what stands there now"
    );
    let stale = call(
        &world,
        &token,
        "PATCH",
        &path,
        change,
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(
        stale.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        stale.body
    );
    let typo = call(
        &world,
        &token,
        "PATCH",
        &path,
        json!({ "purpos": "x" }),
        &[],
    )
    .await;
    assert_eq!(typo.status, StatusCode::BAD_REQUEST);
    assert_eq!(typo.json()["errors"][0]["field"], "purpos", "{}", typo.body);
    // Who may write and not read hears where it stands, and nothing more.
    let writer = world.token("w", &["inventory:write"]).await;
    let change = json!({ "purpose": "Pays the bills of the year", "reason": "The contract was extended by a year" });
    let told = call(&world, &writer, "PATCH", &path, change, &[]).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(told.json(), json!({ "state": "active" }));
}

#[tokio::test]
async fn many_rows_are_changed_each_by_itself() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 3).await;
    let token = world
        .token("t", &["inventory:read", "findings:write"])
        .await;
    let list = get(&world, &token, "/api/v1/findings?team=payments")
        .await
        .json();
    let rows: Vec<Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!({ "finding": row["id"], "action": "acknowledge", "note": "Known, ends in spring" }))
        .chain([json!({ "finding": uuid::Uuid::nil(), "action": "acknowledge" })])
        .collect();
    let before = world.entries().await;
    let answer = call(
        &world,
        &token,
        "POST",
        "/api/v1/findings/actions",
        json!(rows),
        &[("idempotency-key", "k1")],
    )
    .await;
    let results = answer.json();
    let done = results
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == 200)
        .count();
    assert_eq!(done, rows.len() - 1, "{results}");
    assert_eq!(results.as_array().unwrap().last().unwrap()["status"], 404);
    assert_eq!(world.entries().await - before, i64::try_from(done).unwrap());
    // The same request again is not done again.
    let again = call(
        &world,
        &token,
        "POST",
        "/api/v1/findings/actions",
        json!(rows),
        &[("idempotency-key", "k1")],
    )
    .await;
    assert_eq!(
        (again.header("idempotency-replayed"), again.body.clone()),
        ("true", answer.body)
    );
    assert_eq!(world.entries().await - before, i64::try_from(done).unwrap());
    let other = call(
        &world,
        &token,
        "POST",
        "/api/v1/findings/actions",
        json!(rows[..1]),
        &[("idempotency-key", "k1")],
    )
    .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_ask_again() {
    let Some(world) = World::with(&[("ROLLCALL_API_PER_MINUTE", "3")], |_| {}).await else {
        return;
    };
    let token = world.token("t", &["inventory:read"]).await;
    for left in ["2", "1", "0"] {
        let answer = get(&world, &token, "/api/v1/people").await;
        assert_eq!(
            (answer.status, answer.header("x-rate-limit-remaining")),
            (StatusCode::OK, left)
        );
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
    }
    let refused = get(&world, &token, "/api/v1/people").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        refused
            .header("retry-after")
            .parse::<u64>()
            .is_ok_and(|seconds| (1..=21).contains(&seconds))
    );
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let other = world.token("u", &["inventory:read"]).await;
    assert_eq!(
        get(&world, &other, "/api/v1/people").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_token_is_on_the_roll_and_rotates_itself() {
    let Some(world) = World::new().await else {
        return;
    };
    let owner = world.person("kim", &[Role::Owner]).await;
    let input = TokenInput {
        name: "export".into(),
        scopes: vec!["inventory:read".into()],
        owner: Some(owner.id),
        networks: vec!["192.0.2.0/24".into()],
        ..TokenInput::default()
    };
    let made = service::tokens::create(&world.op(Actor::System), input)
        .await
        .unwrap();
    let from = |address: &str| {
        let peer: SocketAddr = format!("{address}:4000").parse().unwrap();
        Request::builder()
            .extension(ConnectInfo(peer))
            .header("x-api-key", made.token.clone())
    };
    let away = world
        .send(
            from("203.0.113.1")
                .uri("/api/v1/people")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(away.status, StatusCode::FORBIDDEN, "{}", away.body);
    let path = format!("/api/v1/identities/{}", made.row.identity.unwrap());
    let own = world
        .send(from("192.0.2.7").uri(&path).body(Body::empty()).unwrap())
        .await
        .json();
    assert_eq!(own["name"], "Rollcall token export");
    assert_eq!(
        own["credentials"][0]["reference"],
        made.row.hint.as_str(),
        "{own}"
    );
    assert_eq!(own["permissions"][0]["action"], "inventory:read");
    let rotated = from("192.0.2.7")
        .method("POST")
        .uri("/api/v1/tokens/self/rotation")
        .header("content-type", "application/json");
    let rotated = world
        .send(rotated.body(Body::from("{\"overlap_hours\":2}")).unwrap())
        .await;
    assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.body);
    let new = rotated.json()["token"].as_str().unwrap().to_owned();
    let works = async |token: &str| {
        let address = Some("192.0.2.7".parse().unwrap());
        service::tokens::authenticate(&world.services.system("t"), token, address)
            .await
            .is_ok()
    };
    assert!(
        works(&made.token).await && works(&new).await,
        "both while readers change over"
    );
    world.advance(TimeDelta::hours(3));
    assert!(!works(&made.token).await && works(&new).await);
    // Nobody answers for one any more: a warning, and then the end.
    let alone = world.token("alone", &["inventory:read"]).await;
    let warned = get(&world, &alone, "/api/v1/people").await;
    assert!(
        warned.header("x-rollcall-token").contains("stops working"),
        "{:?}",
        warned.headers
    );
    world.advance(TimeDelta::days(15));
    assert_eq!(
        get(&world, &alone, "/api/v1/people").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_token_makes_none_that_may_do_more() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["tokens:write", "inventory:read"]).await;
    let wish = |scope: &str| json!({ "name": scope, "scopes": [scope] });
    let less = call(
        &world,
        &token,
        "POST",
        "/api/v1/tokens",
        wish("inventory:read"),
        &[],
    )
    .await;
    assert_eq!(less.status, StatusCode::CREATED, "{}", less.body);
    let more = call(
        &world,
        &token,
        "POST",
        "/api/v1/tokens",
        wish("activity:read"),
        &[],
    )
    .await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nor by way of a rule: who matches it would be given what the token has not.
    let entries = world.entries().await;
    let document = "issuer: https://token.actions.githubusercontent.com\nsubject: repo:acme/app:environment:production\n";
    let rule = |scope: &str| json!({ "name": "mine", "scopes": [scope], "audience": "https://rollcall.acme.example", "document": document });
    let path = "/api/v1/workload-rules";
    let more = call(&world, &token, "POST", path, rule("activity:read"), &[]).await;
    assert_eq!(
        more.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        more.body
    );
    assert_eq!(more.json()["errors"][0]["field"], "scopes");
    assert_eq!(world.entries().await, entries);
    let same = call(&world, &token, "POST", path, rule("inventory:read"), &[]).await;
    assert_eq!(same.status, StatusCode::CREATED, "{}", same.body);
    let kept = call(
        &world,
        &token,
        "POST",
        "/api/v1/tokens",
        wish("feed:read"),
        &[("idempotency-key", "k")],
    )
    .await;
    assert_eq!(
        kept.status,
        StatusCode::BAD_REQUEST,
        "a secret would have to be kept"
    );
}

#[tokio::test]
async fn every_team_that_is_not_there_is_named() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let token = world.token("t", &["tokens:write", "feed:read"]).await;
    let told = async |path: &str, body: Value| -> Vec<(String, String)> {
        let answer = call(&world, &token, "POST", path, body, &[]).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.body
        );
        let errors = answer.json()["errors"].as_array().cloned().unwrap();
        let words = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| (words(error, "field"), words(error, "detail")))
            .collect()
    };
    let missing = |name: &str| ("teams".to_owned(), format!("There is no team {name:?}."));
    let teams = json!(["payments", "nobody", "zebra", "none"]);
    let body = json!({ "name": "a", "scopes": ["feed:read"], "team": "gone", "teams": teams });
    assert_eq!(
        told("/api/v1/tokens", body).await,
        [
            ("team".to_owned(), "There is no such team.".to_owned()),
            missing("nobody"),
            missing("none"),
        ]
    );
    let document = "issuer: https://token.actions.githubusercontent.com\nsubject: repo:acme/app:environment:production\n";
    let rule = json!({ "name": "nightly export", "scopes": ["feed:read"], "audience": "https://rollcall.acme.example",
        "document": document, "teams": teams });
    assert_eq!(
        told("/api/v1/workload-rules", rule).await,
        [missing("nobody"), missing("none")]
    );
    // With teams that are there it is made, and answered for by the one that is named.
    let body = json!({ "name": "b", "scopes": ["feed:read"], "team": "zebra", "teams": ["payments", "zebra"] });
    let made = call(&world, &token, "POST", "/api/v1/tokens", body, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let mut conn = world.services.db.acquire().await.unwrap();
    let sql = "SELECT t.slug FROM identities n JOIN teams t ON t.id = n.team_id WHERE n.name = 'Rollcall token b'";
    assert_eq!(store::testing::texts(&mut conn, sql).await, ["zebra"]);
}

#[tokio::test]
async fn holdings_are_paged_and_only_the_fields_asked_for_are_answered() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 7).await;
    let token = world.token("t", &["inventory:read"]).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut path = "/api/v1/permissions?team=payments&limit=3&fields=id,resource".to_owned();
    loop {
        let page = get(&world, &token, &path).await;
        for row in page.json().as_array().unwrap() {
            let names: Vec<&String> = row.as_object().unwrap().keys().collect();
            assert_eq!(names, ["id", "resource"]);
            assert!(seen.insert(row["id"].as_str().unwrap().to_owned()), "twice");
        }
        let link = page.header("link");
        if link.is_empty() {
            break;
        }
        assert!(link.contains("fields=id"), "{link}");
        let next = link.trim_start_matches('<').split('>').next().unwrap();
        path = next.trim_start_matches(crate::world::ORIGIN).to_owned();
    }
    assert_eq!(seen.len(), 7);
    let one = get(&world, &token, "/api/v1/identities?team=payments&limit=1")
        .await
        .json();
    let id = one[0]["id"].as_str().unwrap();
    let held = get(
        &world,
        &token,
        &format!("/api/v1/credentials?identity={id}"),
    )
    .await
    .json();
    assert_eq!(held[0]["identity"]["id"], id);
    let name = get(
        &world,
        &token,
        &format!("/api/v1/identities/{id}?fields=name"),
    )
    .await;
    assert_eq!(name.json(), json!({ "name": one[0]["name"] }));
    for wrong in [
        "credentials?fields=secret",
        "credentials?identity=x",
        "people?fields=",
        "identities/0?x=1",
    ] {
        let refused = get(&world, &token, &format!("/api/v1/{wrong}")).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{wrong}: {}",
            refused.body
        );
    }
}

#[tokio::test]
async fn every_change_of_one_thing_takes_the_tag_it_was_read_with() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let scopes: Vec<&str> = contract::tokens::Scope::ALL
        .iter()
        .map(|scope| scope.as_str())
        .collect();
    let token = world.token("t", &scopes).await;
    let made = json!({ "name": "hook", "kind": "folder", "address": "nightly" });
    let made = call(&world, &token, "POST", "/api/v1/destinations", made, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!(
        "/api/v1/destinations/{}",
        made.json()["id"].as_str().unwrap()
    );
    let tag = get(&world, &token, &path).await.header("etag").to_owned();
    let same = call(
        &world,
        &token,
        "GET",
        &path,
        Value::Null,
        &[("if-none-match", &tag)],
    )
    .await;
    assert_eq!(
        (same.status, same.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let pause = format!("{path}/pause");
    let done = call(
        &world,
        &token,
        "POST",
        &pause,
        Value::Null,
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    // Every door that changes one thing refuses it now.
    for (method, end) in [
        ("POST", "/resume"),
        ("POST", "/rewind"),
        ("POST", "/redrive"),
        ("DELETE", ""),
    ] {
        let stale = call(
            &world,
            &token,
            method,
            &format!("{path}{end}"),
            Value::Null,
            &[("if-match", &tag)],
        )
        .await;
        assert_eq!(
            stale.status,
            StatusCode::PRECONDITION_FAILED,
            "{method} {end}: {}",
            stale.body
        );
    }
    let held = get(&world, &token, "/api/v1/credentials?team=payments")
        .await
        .json();
    let path = format!("/api/v1/credentials/{}", held[0]["id"].as_str().unwrap());
    let tag = get(&world, &token, &path).await.header("etag").to_owned();
    let custody = json!({ "kept": "store", "reason": "Moved into the vault in October" });
    let kept = call(
        &world,
        &token,
        "POST",
        &format!("{path}/custody"),
        custody.clone(),
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.body);
    let nowhere = call(
        &world,
        &token,
        "POST",
        "/api/v1/sources",
        json!({ "name": "x" }),
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(nowhere.status, StatusCode::BAD_REQUEST, "{}", nowhere.body);
    // Who may not change it learns nothing of how it stands.
    let reader = world.token("r", &["inventory:read"]).await;
    let refused = call(
        &world,
        &reader,
        "POST",
        &format!("{path}/custody"),
        custody,
        &[("if-match", "\"x\"")],
    )
    .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn how_long_a_source_keeps_its_events_is_set_in_months() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["sources:read", "sources:write"]).await;
    let made = call(
        &world,
        &token,
        "POST",
        "/api/v1/sources",
        json!({ "name": "hub" }),
        &[],
    )
    .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = "/api/v1/sources/hub";
    let change = async |body: Value| call(&world, &token, "PATCH", path, body, &[]).await;
    let told = |answer: Answer| {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let row = answer.json();
        (row["keep_months"].clone(), row["kept_from"].clone())
    };
    let nothing = (Value::Null, Value::Null);
    assert_eq!(told(get(&world, &token, path).await), nothing);
    let half_a_year = (json!(6), json!("2026-05-01"));
    assert_eq!(told(change(json!({ "keep_months": 6 })).await), half_a_year);
    // What is left out stays.
    let other = change(json!({ "format": "github_audit" })).await;
    assert_eq!(told(other), half_a_year);
    let read = get(&world, &token, path).await;
    assert_eq!(read.json()["past_retention"], 0);
    let short = change(json!({ "keep_months": 3 })).await;
    assert!(short.status.is_client_error(), "{}", short.status);
    let field = short.json()["errors"][0]["field"].clone();
    assert_eq!(field, "keep_months", "{}", short.body);
    assert_eq!(told(change(json!({ "keep_months": 0 })).await), nothing);
}

#[tokio::test]
async fn limits_and_campaigns_are_written_as_on_their_pages() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 2).await;
    let token = world
        .token(
            "t",
            &["inventory:read", "inventory:write", "campaigns:write"],
        )
        .await;
    let limit = json!({ "tier": "critical", "days": 30, "reason": "Keys of what could stop production are changed monthly" });
    let set = call(&world, &token, "POST", "/api/v1/policies", limit, &[]).await;
    assert_eq!(set.status, StatusCode::CREATED, "{}", set.body);
    let path = format!("/api/v1/policies/{}", set.json()["id"].as_str().unwrap());
    let read = get(&world, &token, &path).await.json();
    assert_eq!(
        (read["tier"].as_str(), read["days"].as_i64()),
        (Some("critical"), Some(30))
    );
    let why = json!({ "reason": "The rule of the type is enough again" });
    let ended = call(&world, &token, "DELETE", &path, why, &[]).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    assert_eq!(
        get(&world, &token, &path).await.status,
        StatusCode::NOT_FOUND
    );
    let wish = json!({ "name": "Q1 2027", "due_on": "2026-12-31", "kind": ["bot"] });
    let made = call(&world, &token, "POST", "/api/v1/campaigns", wish, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("/api/v1/campaigns/{}", made.json()["id"].as_str().unwrap());
    let gone = call(
        &world,
        &token,
        "POST",
        &format!("{path}/cancel"),
        json!({}),
        &[],
    )
    .await;
    assert_eq!(gone.json()["state"], "cancelled", "{}", gone.body);
    assert_eq!(get(&world, &token, "/api/v1/tasks").await.json(), json!([]));
    let nothing = call(
        &world,
        &token,
        "POST",
        "/api/v1/tasks/steps",
        json!([{ "step": "apply" }]),
        &[],
    )
    .await;
    assert_eq!(nothing.json()[0]["status"], 422, "{}", nothing.body);
}
