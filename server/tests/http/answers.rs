//! Answers of a review, as the API shows them.

use contract::access::Role;
use domain::access::Actor;
use http::StatusCode;
use serde_json::json;

use crate::machines::{call, get};
use crate::two_teams::teams;
use crate::world::World;

#[tokio::test]
async fn an_item_is_read_with_every_answer_given_to_it() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let sol = world.person("sol", &[Role::Security]).await;
    let token = world
        .token("t", &["inventory:read", "campaigns:write"])
        .await;
    let wish = json!({ "name": "Q1 2027", "due_on": "2026-12-31", "kind": ["bot"] });
    let made = call(&world, &token, "POST", "/api/v1/campaigns", wish, &[]).await;
    let path = format!("/api/v1/campaigns/{}", made.json()["id"].as_str().unwrap());
    let gaps = json!({ "gaps": "Nothing is connected yet; the owners know what runs" });
    let start = format!("{path}/start");
    let started = call(&world, &token, "POST", &start, gaps, &[]).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.body);
    let items = get(&world, &token, &format!("{path}/items")).await.json();
    let id = items[0]["id"].as_str().unwrap();
    let one = get(&world, &token, &format!("{path}/items/{id}")).await;
    assert_eq!(one.json()["decisions"], json!([]), "{}", one.body);
    let op = world.op(Actor::Person(sol));
    let (view, _) = service::campaigns::review_item(&op, id.parse().unwrap())
        .await
        .unwrap();
    let answer = contract::campaigns::DecisionInput {
        item: id.parse().unwrap(),
        decision: contract::campaigns::DecisionKind::Revoke,
        reason: "The project ended in October, nobody needs it".into(),
        targets: Vec::new(),
        hash: view.hash,
        seen_current_hash: view.current_hash,
        seen_answers: view.answers,
        at_once: false,
        shown_at: None,
    };
    service::campaigns::decide(&op, answer).await.unwrap();
    let one = get(&world, &token, &format!("{path}/items/{id}"))
        .await
        .json();
    assert_eq!(one["state"], "decided", "{one}");
    let [decision] = &one["decisions"].as_array().unwrap()[..] else {
        panic!("one answer: {one}");
    };
    assert_eq!(
        (
            decision["decision"].as_str(),
            decision["by"]["name"].as_str()
        ),
        (Some("revoke"), Some("sol"))
    );
    let away = format!("/api/v1/campaigns/{}/items/{id}", uuid::Uuid::nil());
    assert_eq!(
        get(&world, &token, &away).await.status,
        StatusCode::NOT_FOUND
    );
}
