//! Trust tests of an identity, by machines: kept, judged as its trusts are now, taken away.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api_imports::post;
use crate::machines::{call, get};
use crate::two_teams::roll;

#[tokio::test]
async fn trust_tests_are_kept_judged_and_taken_away() {
    let Some((world, token)) = roll().await else {
        return;
    };
    let list = get(&world, &token, "/api/v1/identities?team=payments").await;
    let identity = list.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/identities/{identity}/trust-tests");
    assert_eq!(get(&world, &token, &path).await.json(), json!([]));
    let claims = json!({ "iss": "https://token.actions.githubusercontent.com", "sub": "repo:acme/shop:pull_request" });
    let before = world.entries().await;
    for (wish, status, field) in [
        (json!({ "name": "n", "expect": "deny" }), 400, "claims"),
        (
            json!({ "name": "n", "expect": "deny", "claims": "eyJ" }),
            400,
            "claims",
        ),
        (
            json!({ "name": " ", "expect": "deny", "claims": claims }),
            422,
            "name",
        ),
        (
            json!({ "name": "n", "expect": "perhaps", "claims": claims }),
            422,
            "expect",
        ),
    ] {
        let refused = post(&world, &token, &path, wish).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    assert_eq!(world.entries().await, before);
    let wish =
        |expect: &str| json!({ "name": "pull requests", "expect": expect, "claims": claims });
    let kept = post(&world, &token, &path, wish("allow")).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    assert_eq!(kept.json()["claims"], claims);
    // One of the same name is replaced.
    let kept = post(&world, &token, &path, wish("deny")).await.json();
    let rows = get(&world, &token, &path).await.json();
    assert_eq!(rows, json!([kept]));
    assert_eq!(rows[0]["expect"], "deny");
    // Its trust cannot be read: nothing says that the token is refused.
    assert_eq!(rows[0]["got"], "unknown", "{rows}");
    assert_eq!(world.entries().await - before, 2);
    // They are judged by the trusts: what came is not looked at.
    let away = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        store::testing::script(&world.services.db, sql)
    };
    away("events", "events_away").await;
    assert_eq!(get(&world, &token, &path).await.json(), rows);
    let reality = format!("/api/v1/identities/{identity}/trust-reality");
    let reality = get(&world, &token, &reality).await;
    assert!(reality.status.is_server_error(), "{}", reality.body);
    away("events_away", "events").await;
    let one = format!("{path}/{}", rows[0]["id"].as_str().unwrap());
    let gone = call(&world, &token, "DELETE", &one, Value::Null, &[]).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    let again = call(&world, &token, "DELETE", &one, Value::Null, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    assert_eq!(get(&world, &token, &path).await.json(), json!([]));
    let nobody = format!("/api/v1/identities/{}/trust-tests", uuid::Uuid::nil());
    assert_eq!(
        get(&world, &token, &nobody).await.status,
        StatusCode::NOT_FOUND
    );
}
