//! Examples of the documentation, run as they stand: the commands of README that call the server, the first one of the
//! reference, and the bodies of the API's document. (The page "Connect a SIEM" is run in `remote`.)

use std::process::Stdio;

use app::pages::docs::guides;
use contract::sources::SourceInput;
use contract::tokens::Scope;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::machines::{call, get};
use crate::remote::Live;
use crate::two_teams::teams;
use crate::world::World;

const README: &str = include_str!("../../../README.md");
const NIL: &str = "00000000-0000-7000-8000-000000000000";
/// What stands in for tools of others, and tells what curl was answered.
const SHELL: &str = r#"set -e
curl() { command curl -s -o answer -w '%{http_code}\n' "$@"; }
gh() { printf '[{"_document_id":"a","action":"repo.create","@timestamp":1795000000000,"actor":"mona","org":"acme"}]'; }
aws() { mkdir -p trail; printf '%s' "$TRAIL" | gzip > trail/a.json.gz; }
man() { cat > /dev/null; }
rollcall() { "$ROLLCALL" "$@"; }
"#;

/// A file as CloudTrail writes it, unpacked.
const TRAIL: &str = r#"{"Records":[{"eventVersion":"1.08","eventID":"a","eventTime":"2026-11-01T00:00:00Z",
"eventSource":"sts.amazonaws.com","eventName":"GetCallerIdentity","eventType":"AwsApiCall","awsRegion":"eu-central-1",
"userIdentity":{"type":"IAMUser","userName":"mona"}}]}"#;

/// Blocks of shell in README.
fn blocks() -> Vec<&'static str> {
    let fenced = README.split("```").skip(1).step_by(2);
    fenced
        .filter_map(|block| block.strip_prefix("sh\n"))
        .collect()
}

async fn everything(world: &World) -> String {
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    world.token("docs", &scopes).await
}

/// Runs a piece of shell; what it said, and what it complained of.
async fn shell(live: &Live, token: &str, source: &str, text: &str) -> (bool, String, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("{SHELL}{text}")])
        .current_dir(&live.home)
        .env("HOME", &live.home)
        .env("ROLLCALL", env!("CARGO_BIN_EXE_rollcall"))
        .env("ROLLCALL_URL", &live.base)
        .env("ROLLCALL_TOKEN", token)
        .env("ROLLCALL_SOURCE_TOKEN", source)
        .env("TRAIL", TRAIL)
        .env("ID_TOKEN", "eyJhbGciOiJub25lIn0.e30.")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// A source of this slug: its token.
async fn source(world: &World, slug: &str) -> String {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        ..SourceInput::default()
    };
    let made = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    made.token
}

#[tokio::test]
async fn every_command_of_readme_that_asks_the_server_is_answered() {
    let Some(live) = Live::start("readme").await else {
        return;
    };
    let token = everything(&live.world).await;
    let mut ran = 0;
    // Others ask GitHub and GitLab, which are not at hand.
    let ours = |block: &&str| {
        block.contains("curl")
            && (block.contains("http://127.0.0.1:3000") || block.contains("rollcall.acme.example"))
    };
    for block in blocks().into_iter().filter(ours) {
        let slug = block.split("/ingest/v1/").nth(1).map(str::trim);
        let secret = match slug {
            Some(slug) => source(&live.world, slug).await,
            None => String::new(),
        };
        // A token is made beside the database; this one is made already.
        let mine: Vec<&str> = block
            .lines()
            .filter(|line| !line.starts_with("rollcall token"))
            .collect();
        let text = mine
            .join("\n")
            .replace("http://127.0.0.1:3000", &live.base)
            .replace(
                "https://rollcall.acme.example/api",
                &format!("{}/api", live.base),
            );
        let (done, said, told) = shell(&live, &token, &secret, &text).await;
        assert!(done, "{text}\n{said}{told}");
        let commands = text.matches("curl ").count();
        // What xargs runs is the command itself, which tells what was said instead of the status.
        if text.contains("xargs") {
            assert!(said.contains("\"accepted\":1"), "{said}");
        } else {
            let statuses: Vec<&str> = said.split_whitespace().collect();
            assert_eq!(statuses.len(), commands, "{text}\n{said}{told}");
            for (place, status) in statuses.iter().enumerate() {
                // No pipeline is here to sign a token: it is refused as one that no rule admits. `issued` has a real one.
                let exchange = text.contains("token-exchange") && place + 1 == commands;
                let expected = if exchange { "4" } else { "2" };
                assert!(status.starts_with(expected), "{text}\n{status}");
            }
        }
        ran += commands;
    }
    assert_eq!(ran, 7, "commands that were run");
}

#[tokio::test]
async fn every_command_of_readme_that_is_a_client_runs() {
    let Some(live) = Live::start("readme-client").await else {
        return;
    };
    teams(&live.world, 1).await;
    let token = everything(&live.world).await;
    let findings = get(&live.world, &token, "/api/v1/findings").await.json();
    let finding = findings[0]["id"].as_str().unwrap();
    let block = blocks()
        .into_iter()
        .find(|block| block.contains("rollcall login"))
        .unwrap();
    let mut ran = 0;
    for line in block.lines() {
        // A person approves a login in a browser: `remote` does.
        if line.starts_with("rollcall login") {
            continue;
        }
        let text = line.replace("FINDING", finding);
        let (done, said, told) = shell(&live, &token, "", &text).await;
        assert!(done, "{text}\n{said}{told}");
        ran += 1;
    }
    assert_eq!(ran, 3);
}

#[tokio::test]
async fn the_first_command_of_the_reference_runs() {
    let Some(live) = Live::start("reference").await else {
        return;
    };
    let token = everything(&live.world).await;
    let begin = guides::begin(&live.base);
    let (done, said, told) = shell(&live, &token, "", &begin.code).await;
    assert!(done && said.trim() == "200", "{said}{told}");
}

/// A body of the examples in the document; what has none and is needed is the plainest there is.
fn example(document: &Value, schema: &Value) -> Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
    if schema["type"] == "array" {
        return json!([example(document, &schema["items"])]);
    }
    let needed = schema["required"].as_array().cloned().unwrap_or_default();
    let mut object = Map::new();
    for (name, field) in schema["properties"].as_object().unwrap() {
        let value = match (&field["example"], &field["type"], &field["enum"][0]) {
            (Value::Null, ..) if !needed.contains(&json!(name)) => continue,
            (Value::Null, _, word @ Value::String(_)) => word.clone(),
            (Value::Null, kind, _) if kind == "integer" => json!(1),
            (Value::Null, kind, _) if kind == "boolean" => json!(true),
            (Value::Null, kind, _) if kind == "object" => json!({}),
            (Value::Null, ..) if field["format"] == "uuid" => json!(NIL),
            (Value::Null, ..) => json!("x"),
            (given, ..) => given.clone(),
        };
        object.insert(name.clone(), value);
    }
    Value::Object(object)
}

#[tokio::test]
async fn every_body_of_the_document_is_understood() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = everything(&world).await;
    let document = get(&world, &token, "/api/v1/openapi.json").await.json();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, route) in methods.as_object().unwrap() {
            let schema = &route["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let body = example(&document, schema);
            let address = path
                .replace("{id}", NIL)
                .replace("{item}", NIL)
                .replace("{slug}", "nobody")
                .replace("{name}", "nobody");
            let method = method.to_uppercase();
            let answer = call(&world, &token, &method, &address, body.clone(), &[]).await;
            let understood =
                answer.status != StatusCode::BAD_REQUEST && !answer.status.is_server_error();
            assert!(understood, "{method} {path} {body}: {}", answer.body);
            asked += 1;
        }
    }
    assert!(asked >= 30, "{asked}");
}
