//! Pipelines that machines keep: sent as files, joined with the roll, read with their findings, forgotten.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api_imports::post;
use crate::machines::{call, get};
use crate::two_teams::roll;
use crate::world::World;

const PATH: &str = "/api/v1/repositories";

const WORKFLOW: &str = "on: pull_request_target
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: {id-token: write}
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789
        with: {persist-credentials: false, ref: '${{ github.event.pull_request.head.sha }}'}
      - uses: aws-actions/configure-aws-credentials@0123456789012345678901234567890123456789
        with: {role-to-assume: 'arn:aws:iam::471982203366:role/deploy'}
";

/// A role of the roll that trusts the main branch of acme/shop.
async fn trust(world: &World) {
    let host = "token.actions.githubusercontent.com";
    let sub = format!("{host}:sub");
    let aud = format!("{host}:aud");
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": format!("arn:aws:iam::471982203366:oidc-provider/{host}") },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { aud: "sts.amazonaws.com", sub: "repo:acme/shop:ref:refs/heads/main" } },
        }],
    });
    let sql = format!(
        "UPDATE trusts SET target = 'arn:aws:iam::471982203366:role/deploy', document = '{document}'
         WHERE identity_id = (SELECT id FROM identities WHERE name = 'payments 1')"
    );
    store::testing::script(&world.services.db, sql).await;
}

#[tokio::test]
async fn pipelines_are_kept_read_and_forgotten() {
    let Some((world, token)) = roll().await else {
        return;
    };
    trust(&world).await;
    let body = json!({ "repository": "acme/shop", "files": [
        { "path": ".github/workflows/deploy.yml", "text": WORKFLOW },
        { "path": "branches.json", "text": r#"[{"name":"main","protected":false}]"# },
        { "path": ".github/workflows/broken.yml", "text": "a: [1\n" },
    ] });
    let before = world.entries().await;
    let key = [("idempotency-key", "k")];
    let kept = call(&world, &token, "POST", PATH, body.clone(), &key).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    let again = call(&world, &token, "POST", PATH, body, &key).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(world.entries().await - before, 1);
    let kept = kept.json();
    assert_eq!(kept["files"], 1, "{kept}");
    assert_eq!(kept["problems"][0]["name"], ".github/workflows/broken.yml");
    let rows = get(&world, &token, PATH).await.json();
    assert_eq!(
        (&rows[0]["id"], &rows[0]["name"], &rows[0]["jobs"]),
        (&kept["id"], &json!("acme/shop"), &json!(1))
    );
    let path = format!("{PATH}/{}", kept["id"].as_str().unwrap());
    let seen = get(&world, &token, &path).await;
    let view = seen.json();
    assert_eq!(view["reaches"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(view["reaches"][0]["identity"], "payments 1");
    assert_eq!(view["reaches"][0]["job"], "deploy");
    assert_eq!(view["findings_count"], kept["standing"]);
    let rules: Vec<&str> = view["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    for rule in ["wf-prt-misuse", "reachable-by-pull-request-target"] {
        assert!(rules.contains(&rule), "{rule} in {rules:?}");
    }
    assert!(
        !seen.body.contains("runs-on: ubuntu-latest"),
        "no text of a file is kept"
    );
    let stale = [("if-match", "\"another\"")];
    let refused = call(&world, &token, "DELETE", &path, Value::Null, &stale).await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
    let tag = [("if-match", seen.header("etag"))];
    let gone = call(&world, &token, "DELETE", &path, Value::Null, &tag).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    assert_eq!(
        get(&world, &token, &path).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(get(&world, &token, PATH).await.json(), json!([]));
}

#[tokio::test]
async fn what_cannot_be_kept_is_named() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["inventory:write"]).await;
    let files = json!([{ "path": "a.yml", "text": "on: push\njobs: {}\n" }]);
    for (body, status, field) in [
        (json!({ "repository": "acme/shop" }), 422, "files"),
        (
            json!({ "repository": "acme", "files": files }),
            422,
            "repository",
        ),
        (
            json!({ "repository": "acme/shop", "forge": "svn", "files": files }),
            422,
            "forge",
        ),
        (
            json!({ "repository": "acme/shop", "files": [{ "path": "a.yml" }] }),
            400,
            "files[0].text",
        ),
    ] {
        let refused = post(&world, &token, PATH, body).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert_eq!(
            refused.json()["errors"][0]["field"],
            field,
            "{}",
            refused.body
        );
    }
    // Longer than a form may be, as a repository is.
    let long = format!("# {}\non: push\njobs: {{}}\n", "x".repeat(600 * 1024));
    let body = json!({ "repository": "acme/shop", "files": [{ "path": "a.yml", "text": long }] });
    let kept = post(&world, &token, PATH, body).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    assert_eq!(
        get(&world, &token, PATH).await.status,
        StatusCode::FORBIDDEN,
        "who writes does not read"
    );
}
