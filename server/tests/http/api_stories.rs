//! Runs as stories, by machines: the deployments of a day, one run with its links, the runs of an identity, and the
//! machines they ran on.

use axum::body::Body;
use contract::sources::SourceInput;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::machines::{call, get};
use crate::two_teams::teams;
use crate::world::World;

const SUBJECT: &str = "repo:octo@1/api@2:environment:production";
const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

async fn deliver(world: &World, slug: &str, records: &[Value]) {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        ..SourceInput::default()
    };
    let source = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    let request = Request::post(format!("/ingest/v1/{slug}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", source.token));
    let body = Body::from(serde_json::to_vec(records).unwrap());
    let answer = world.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["accepted"], records.len(), "{}", answer.body);
    while service::feed::sequence(&world.cli()).await.unwrap() > 0 {}
    service::detect::catch_up(&world.cli()).await.unwrap();
}

/// What the forge tells of a run that deploys to production, beginning with a minute of an hour.
fn hub(repository: &str, first: u32) -> Vec<Value> {
    let (id, commit) = match repository {
        "octo/api" => (2, "c2b54496aa"),
        _ => (3, "d3c65507bb"),
    };
    let run = |action: &str, after: u32, extra: Value| {
        let mut record = json!({
            "@timestamp": format!("2026-11-20T10:{:02}:00Z", first + after),
            "_document_id": format!("{repository}-{action}"), "action": format!("workflows.{action}"), "actor": "mona",
            "repo": repository, "repo_id": id, "org_id": 1, "workflow_run_id": 77, "head_branch": "main",
            "head_sha": commit,
        });
        for (key, value) in extra.as_object().unwrap() {
            record[key] = value.clone();
        }
        record
    };
    vec![
        run("created_workflow_run", 0, json!({})),
        run(
            "prepared_workflow_job",
            1,
            json!({ "environment_name": "production", "secrets_passed": ["TOKEN"], "is_hosted_runner": true,
                "runner_name": "GitHub Actions 3", "runner_labels": ["ubuntu-24.04"] }),
        ),
        run(
            "approve_workflow_job",
            2,
            json!({ "actor": "hubot", "environment_name": "production" }),
        ),
        run(
            "completed_workflow_run",
            9,
            json!({ "conclusion": "success" }),
        ),
    ]
}

/// What the cloud tells of it: a role taken with the run's token, and a deployment with the key it was given.
fn cloud() -> Vec<Value> {
    let aws = |name: &str, minute: u32, who: Value, extra: Value| {
        let mut record = json!({
            "eventVersion": "1.11", "eventTime": format!("2026-11-20T10:{minute:02}:30Z"),
            "eventSource": "sts.amazonaws.com", "eventName": name, "eventID": format!("e-{name}"), "userIdentity": who,
            "recipientAccountId": "111122223333",
        });
        for (key, value) in extra.as_object().unwrap() {
            record[key] = value.clone();
        }
        record
    };
    let session = "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions";
    let issuer = json!({ "type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy" });
    vec![
        aws(
            "AssumeRoleWithWebIdentity",
            3,
            json!({ "type": "WebIdentityUser", "userName": SUBJECT, "identityProvider": PROVIDER,
                "principalId": format!("{PROVIDER}:sts.amazonaws.com:{SUBJECT}") }),
            json!({ "requestParameters": { "roleArn": "arn:aws:iam::111122223333:role/deploy" },
                "responseElements": { "credentials": { "accessKeyId": "ASIA1" }, "assumedRoleUser": { "arn": session } } }),
        ),
        aws(
            "UpdateService",
            5,
            json!({ "type": "AssumedRole", "accessKeyId": "ASIA1", "accountId": "111122223333", "arn": session,
                "sessionContext": { "sessionIssuer": issuer } }),
            json!({ "eventSource": "ecs.amazonaws.com", "requestParameters": { "service": "api" } }),
        ),
    ]
}

#[tokio::test]
async fn a_run_is_a_story_whose_links_are_proven_or_missing() {
    let Some(world) = World::new().await else {
        return;
    };
    deliver(&world, "hub", &hub("octo/api", 0)).await;
    deliver(&world, "cloud", &cloud()).await;
    let token = world.token("t", &["feed:read"]).await;
    let path = "/api/v1/stories/octo%2Fapi%2377";
    let told = get(&world, &token, path).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    let story = told.json();
    assert_eq!(story["name"], "octo/api#77");
    assert_eq!(
        (&story["complete"], &story["gaps"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(story["production"], true);
    let chain = story["chain"].as_array().unwrap();
    let steps: Vec<&str> = chain
        .iter()
        .map(|link| link["step"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps,
        [
            "person",
            "repository",
            "runner",
            "cloud_role",
            "environment",
            "deployment"
        ]
    );
    assert!(
        chain
            .iter()
            .all(|link| link["standing"] == "proven" && link["event_id"].is_string()),
        "{story}"
    );
    assert_eq!(story["events"].as_array().unwrap().len(), 6);
    let event = chain[5]["event_id"].as_str().unwrap();
    let event = get(&world, &token, &format!("/api/v1/events/{event}")).await;
    assert_eq!(event.status, StatusCode::OK, "{}", event.body);
    assert_eq!(
        event.json()["kind"],
        story["events"][4]["kind"],
        "{}",
        event.body
    );
    assert_eq!(event.json()["raw"]["eventName"], "UpdateService");
    let nobody = format!("/api/v1/events/{}", uuid::Uuid::nil());
    let none = get(&world, &token, &nobody).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);
    let had = [("if-none-match", told.header("etag"))];
    let same = call(&world, &token, "GET", path, Value::Null, &had).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    // The id alone is enough while only one repository has it.
    let short = get(&world, &token, "/api/v1/stories/77?fields=name,gaps").await;
    assert_eq!(short.json(), json!({ "name": "octo/api#77", "gaps": 0 }));
    for nothing in ["78", "octo%2Fother%2377", "no%20run"] {
        let none = get(&world, &token, &format!("/api/v1/stories/{nothing}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);
    }

    // Of the other nobody sees which role was taken and what was deployed.
    deliver(&world, "other", &hub("octo/other", 20)).await;
    let which = get(&world, &token, "/api/v1/stories/77").await;
    assert_eq!(which.status, StatusCode::CONFLICT, "{}", which.body);
    assert!(which.body.contains("octo/api") && which.body.contains("octo/other"));
    let other = get(&world, &token, "/api/v1/stories/octo%2Fother%2377").await;
    let other = other.json();
    assert_eq!(other["complete"], false, "{other}");
    let chain = other["chain"].as_array().unwrap();
    let missing: Vec<&Value> = chain
        .iter()
        .filter(|link| link["standing"] == "missing")
        .collect();
    assert!(!missing.is_empty(), "{other}");
    assert!(other["gaps"].as_u64() >= u64::try_from(missing.len()).ok());
    assert!(
        missing
            .iter()
            .all(|link| link["event_id"].is_null() && link["says"] != "")
    );
}

#[tokio::test]
async fn the_deployments_of_a_day_are_read_page_by_page() {
    let Some(world) = World::new().await else {
        return;
    };
    deliver(&world, "hub", &hub("octo/api", 0)).await;
    deliver(&world, "other", &hub("octo/other", 20)).await;
    let token = world.token("t", &["feed:read"]).await;
    let day = "/api/v1/stories?day=2026-11-20";
    let all = get(&world, &token, day).await.json();
    let names: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["octo/other#77", "octo/api#77"], "newest first");
    let first = get(&world, &token, &format!("{day}&limit=1")).await;
    assert_eq!(first.json(), json!([all[0]]));
    let link = first.header("link");
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    let next = next.trim_start_matches(crate::world::ORIGIN);
    let second = get(&world, &token, next).await;
    assert_eq!(second.json(), json!([all[1]]), "{next}");
    assert_eq!(second.header("link"), "");
    // Today there was none.
    assert_eq!(
        get(&world, &token, "/api/v1/stories").await.json(),
        json!([])
    );
    for (query, field) in [
        ("day=soon", "day"),
        ("day=2026-11-20&day=2026-11-21", "day"),
        ("day=%2B262142-12-31", "day"),
        ("days=2026-11-20", "days"),
        ("after=616263", "after"),
        ("day=2026-11-20&after=612f622337", "after"),
    ] {
        let refused = get(&world, &token, &format!("/api/v1/stories?{query}")).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{query}: {}",
            refused.body
        );
        assert_eq!(refused.json()["errors"][0]["field"], field, "{query}");
    }
    let other = world.token("o", &["inventory:read"]).await;
    for path in [day, "/api/v1/stories/77"] {
        let refused = get(&world, &other, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    }
}

#[tokio::test]
async fn the_runs_of_an_identity_and_the_machines_they_ran_on_are_lists() {
    let Some(world) = World::new().await else {
        return;
    };
    teams(&world, 1).await;
    deliver(&world, "hub", &hub("octo/api", 0)).await;
    let token = world.token("t", &["inventory:read"]).await;
    let rows = get(&world, &token, "/api/v1/identities?team=payments").await;
    let id = rows.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/identities/{id}/runs");
    assert_eq!(get(&world, &token, &path).await.json(), json!([]));
    let whose = format!("UPDATE events SET identity_id = '{id}' WHERE run_id = '77'");
    store::testing::script(&world.services.db, whose).await;
    let runs = get(&world, &token, &path).await.json();
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
    assert_eq!(runs[0]["name"], "octo/api#77");
    assert_eq!(runs[0]["production"], true);
    // Nothing else of its page is asked for.
    let away = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        store::testing::script(&world.services.db, sql)
    };
    away("trusts", "trusts_away").await;
    assert_eq!(get(&world, &token, &path).await.json(), runs);
    let whole = get(&world, &token, &format!("/api/v1/identities/{id}")).await;
    assert!(whole.status.is_server_error(), "{}", whole.body);
    away("trusts_away", "trusts").await;
    let nobody = format!("/api/v1/identities/{}/runs", uuid::Uuid::nil());
    assert_eq!(
        get(&world, &token, &nobody).await.status,
        StatusCode::NOT_FOUND
    );

    let path = "/api/v1/runners";
    let runners = get(&world, &token, path).await.json();
    assert_eq!(runners.as_array().unwrap().len(), 1, "{runners}");
    assert_eq!(runners[0]["name"], "hosted: ubuntu-24.04");
    assert_eq!(runners[0]["kind"], "hosted");
    assert_eq!(runners[0]["repositories"], json!(["octo/api"]));
    for (query, found) in [
        ("kind=hosted", 1),
        ("kind=persistent", 0),
        ("q=ubuntu", 1),
        ("q=nobody&kind=hosted", 0),
    ] {
        let rows = get(&world, &token, &format!("{path}?{query}")).await.json();
        assert_eq!(rows.as_array().unwrap().len(), found, "{query}: {rows}");
    }
    for (query, field) in [
        ("kind=robot", "kind"),
        ("kind=hosted&kind=untold", "kind"),
        ("after=616263", "after"),
    ] {
        let refused = get(&world, &token, &format!("{path}?{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{query}");
    }
}
