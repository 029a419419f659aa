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

use crate::world::{Answer, World};

async fn call(
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

async fn get(world: &World, token: &str, path: &str) -> Answer {
    call(world, token, "GET", path, Value::Null, &[]).await
}

/// Two teams with so many identities each, every one with an owner; the ids of the teams.
async fn teams(world: &World, each: usize) {
    let mut tx = world.services.db.begin().await.unwrap();
    for team in ["payments", "zebra"] {
        let sql = format!(
            "INSERT INTO teams (id, slug, name, created_at) VALUES (gen_random_uuid(), '{team}', '{team}', now())"
        );
        store::testing::execute(&mut tx, &sql).await;
        let sql = format!(
            "INSERT INTO identities (id, name, kind, platform, state, team_id, created_at, updated_at)
             SELECT gen_random_uuid(), '{team} ' || n, 'bot', 'aws', 'active', (SELECT id FROM teams WHERE slug = '{team}'), now(), now()
             FROM generate_series(1, {each}) n"
        );
        store::testing::execute(&mut tx, &sql).await;
    }
    tx.commit().await.unwrap();
    service::posture::recompute_all(&world.services.system("posture"))
        .await
        .unwrap();
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

async fn narrow(world: &World, teams: &[&str]) -> String {
    let input = TokenInput {
        name: format!("only {}", teams.join(" ")),
        scopes: contract::tokens::Scope::ALL
            .iter()
            .map(ToString::to_string)
            .collect(),
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
        ..TokenInput::default()
    };
    service::tokens::create(&world.cli(), input)
        .await
        .unwrap()
        .token
}

#[tokio::test]
async fn a_token_of_a_team_never_sees_anothers_rows() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 25).await;
    let all = world
        .token(
            "all",
            &[
                "inventory:read",
                "feed:read",
                "activity:read",
                "sources:read",
                "tokens:read",
            ],
        )
        .await;
    let mine = narrow(&world, &["payments"]).await;
    // Every id of the other team, and everything it is called.
    let others: Vec<Value> = get(&world, &all, "/api/v1/identities?team=zebra&limit=1000")
        .await
        .json()
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(others.len(), 25);
    let findings = get(&world, &all, "/api/v1/findings?team=zebra&limit=1000")
        .await
        .json();
    assert!(findings.as_array().unwrap().len() >= 25);
    let mut seen = 0;
    for (method, path, _) in crate::doors::API
        .iter()
        .filter(|(method, ..)| *method == "GET")
    {
        for extra in [
            "",
            "?team=zebra",
            "?team=none",
            "?order=published",
            "?limit=1000",
            "?format=ocsf",
        ] {
            let answer = call(
                &world,
                &mine,
                method,
                &format!("{path}{extra}"),
                Value::Null,
                &[],
            )
            .await;
            assert!(
                !answer.body.contains("zebra "),
                "{method} {path}{extra}: {}",
                answer.body
            );
            seen +=
                usize::from(answer.status == StatusCode::OK && answer.body.contains("payments "));
        }
    }
    assert!(seen >= 6, "{seen}");
    for other in &others {
        let path = format!("/api/v1/identities/{}", other["id"].as_str().unwrap());
        assert_eq!(get(&world, &all, &path).await.status, StatusCode::OK);
        assert_eq!(
            get(&world, &mine, &path).await.status,
            StatusCode::NOT_FOUND
        );
    }
    for other in findings.as_array().unwrap() {
        let path = format!("/api/v1/findings/{}", other["id"].as_str().unwrap());
        assert_eq!(
            get(&world, &mine, &path).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let own = get(&world, &mine, "/api/v1/identities?limit=1000")
        .await
        .json();
    assert_eq!(own.as_array().unwrap().len(), 25);
}

#[tokio::test]
async fn a_change_needs_the_state_that_was_read() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let token = world
        .token("t", &["inventory:read", "inventory:write"])
        .await;
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
