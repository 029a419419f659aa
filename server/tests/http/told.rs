//! What a change answers to who may not read what they changed: its name in addresses, and nothing more.

use contract::sources::SourceInput;
use http::StatusCode;
use serde_json::json;

use crate::api_imports::post;
use crate::machines::{call, get};
use crate::two_teams::roll;

#[tokio::test]
async fn who_may_change_and_not_read_hears_the_name_only() {
    let Some((world, reads)) = roll().await else {
        return;
    };
    let list = get(&world, &reads, "/api/v1/identities?team=payments").await;
    let identity = list.json()[0]["id"].as_str().unwrap().to_owned();
    let own = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    service::sources::create(&world.cli(), &own).await.unwrap();
    let writes = world
        .token("w", &["inventory:write", "sources:write"])
        .await;

    let rule = json!({ "at_once": "critical", "digest_hour": 9 });
    let set = post(&world, &writes, "/api/v1/notice-rules", rule).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    assert_eq!(set.json(), json!({ "slug": "everybody" }));

    let source = "/api/v1/sources/own";
    let changed = call(&world, &writes, "PATCH", source, json!({}), &[]).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert_eq!(changed.json(), json!({ "slug": "own" }));

    let tests = format!("/api/v1/identities/{identity}/trust-tests");
    let claims = json!({ "iss": "https://token.actions.githubusercontent.com", "sub": "repo:acme/shop:pull_request" });
    let wish = json!({ "name": "n", "expect": "deny", "claims": claims });
    let kept = post(&world, &writes, &tests, wish).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    let rows = get(&world, &reads, &tests).await.json();
    assert_eq!(kept.json(), json!({ "id": rows[0]["id"] }));
}
