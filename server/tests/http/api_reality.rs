//! What trusts admit beside what came, an edited one replayed, and what was done with a finding, by machines.

use http::StatusCode;
use serde_json::json;

use crate::api_imports::post;
use crate::machines::get;
use crate::two_teams::teams;
use crate::world::World;

#[tokio::test]
async fn trusts_stand_beside_what_came_and_an_edited_one_is_replayed() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let token = world.token("t", &["inventory:read"]).await;
    let trust = get(&world, &token, "/api/v1/trusts?team=payments").await;
    let trust = trust.json()[0].clone();
    let rows = get(&world, &token, "/api/v1/identities?team=payments").await;
    let identity = rows.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/identities/{identity}");
    let reality = get(&world, &token, &format!("{path}/trust-reality")).await;
    assert_eq!(reality.status, StatusCode::OK, "{}", reality.body);
    assert_ne!(reality.header("etag"), "");
    let reality = reality.json();
    assert_eq!(
        (&reality["days"], &reality["logins"]),
        (&json!(90), &json!(0))
    );
    assert_eq!(reality["trusts"][0]["trust_id"], trust["id"], "{reality}");
    let nobody = format!("/api/v1/identities/{}/trust-reality", uuid::Uuid::nil());
    let none = get(&world, &token, &nobody).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);

    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
        "Condition": { "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/app:environment:production",
        } },
    }] });
    let replays = format!("{path}/trust-replays");
    let before = world.entries().await;
    let edited = json!({ "trust_id": trust["id"], "document": document.to_string() });
    let replayed = post(&world, &token, &replays, edited).await;
    assert_eq!(replayed.status, StatusCode::OK, "{}", replayed.body);
    assert_eq!(
        replayed.json(),
        json!({ "logins": 0, "passing": 0, "refused": 0, "unknown": 0, "sets": 0, "rows": [], "more": 0 })
    );
    for (wish, status) in [
        (json!({ "trust_id": trust["id"] }), 400),
        (json!({ "trust_id": "x", "document": "{}" }), 400),
        (json!({ "trust_id": trust["id"], "document": "{" }), 422),
        (
            json!({ "trust_id": uuid::Uuid::nil(), "document": "{}" }),
            404,
        ),
    ] {
        let refused = post(&world, &token, &replays, wish).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
    }
    assert_eq!(world.entries().await, before, "nothing of it is kept");
    let other = world.token("o", &["inventory:write"]).await;
    let refused = post(&world, &other, &replays, json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test]
async fn what_was_done_with_a_finding_stands_with_it() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    let token = world
        .token("watch", &["inventory:read", "findings:write"])
        .await;
    let rows = get(&world, &token, "/api/v1/findings?team=payments").await;
    let id = rows.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/findings/{id}");
    let before = get(&world, &token, &format!("{path}/activity"))
        .await
        .json();
    let act = json!({ "action": "acknowledge", "note": "Known, ends in spring" });
    let done = post(&world, &token, &format!("{path}/actions"), act).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let after = get(&world, &token, &format!("{path}/activity"))
        .await
        .json();
    let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[0]["by"], "watch", "newest first");
    // Its events are not asked for.
    let away = format!(
        "UPDATE findings SET events = ARRAY[gen_random_uuid()] WHERE id = '{id}';
         ALTER TABLE events RENAME TO events_away"
    );
    store::testing::script(&world.services.db, away).await;
    let alone = get(&world, &token, &format!("{path}/activity")).await;
    assert_eq!(alone.status, StatusCode::OK, "{}", alone.body);
    assert_eq!(alone.json().as_array(), Some(after));
    let nobody = format!("/api/v1/findings/{}/activity", uuid::Uuid::nil());
    let none = get(&world, &token, &nobody).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);
}
