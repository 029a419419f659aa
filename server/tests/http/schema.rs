//! schemathesis against everything the API's own document describes: every check, some thousand examples, the same on
//! every run. `tests/clients/schemathesis.toml` says what it expects, and `schemathesis_hooks.py` what no document can say.

use std::path::Path;
use std::process::Stdio;

use contract::access::Role;
use contract::sources::SourceInput;
use contract::tokens::Scope;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::clients::installed;
use crate::machines::{call, get};
use crate::two_teams::teams;
use crate::world::World;

/// Something of every kind that is read.
async fn populate(world: &World, token: &str) {
    teams(world, 4).await;
    for name in ["ada", "ben"] {
        world.person(name, &[Role::Owner]).await;
    }
    let source = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    service::sources::create(&world.cli(), &source)
        .await
        .unwrap();
    let answer = call(
        world,
        token,
        "POST",
        "/api/v1/sources/own/test",
        Value::Null,
        &[],
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
    for (path, body) in [
        (
            "/api/v1/policies",
            json!({ "tier": "critical", "days": 30, "reason": "Keys of what could stop production are changed monthly" }),
        ),
        (
            "/api/v1/campaigns",
            json!({ "name": "Q1 2027", "due_on": "2026-12-31", "kind": ["bot"] }),
        ),
        (
            "/api/v1/destinations",
            json!({ "name": "hook", "kind": "folder", "address": "nightly" }),
        ),
        ("/api/v1/consumers/cron/next", Value::Null),
    ] {
        let made = call(world, token, "POST", path, body, &[]).await;
        assert!(made.status.is_success(), "{path}: {}", made.body);
    }
}

/// How many requests it made, by its own account.
fn generated(said: &str) -> usize {
    let mut lines = said.lines();
    let line = lines.find(|line| line.contains(" generated"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

async fn finds_nothing(name: &str, arguments: &[&str], least: usize) {
    let Some(schemathesis) = installed("schemathesis") else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let limits = [("ROLLCALL_API_PER_MINUTE", "1000000")];
    let change = |settings: &mut service::Settings| settings.public_url.clone_from(&base);
    let Some(world) = World::with(&limits, change).await else {
        return;
    };
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let token = world.token("schemathesis", &scopes).await;
    populate(&world, &token).await;
    let own = get(&world, &token, "/api/v1/tokens/self").await.json();
    let spared = format!(
        "{},{}",
        own["id"].as_str().unwrap(),
        own["identity_id"].as_str().unwrap()
    );
    let folder = std::env::temp_dir().join(format!("rollcall-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let document = get(&world, &token, "/api/v1/openapi.json").await;
    assert_eq!(document.status, StatusCode::OK);
    std::fs::write(folder.join("openapi.json"), &document.body).unwrap();
    let server = tokio::spawn(axum::serve(listener, world.router.clone()).into_future());
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let output = tokio::process::Command::new(schemathesis)
        .arg("--config-file")
        .arg(clients.join("schemathesis.toml"))
        .args([
            "run",
            "openapi.json",
            "--checks",
            "all",
            "--no-color",
            "--url",
            &base,
        ])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        // Their refusals are OAuth's, a 400 for everything: `issued` and `remote` ask them.
        .args([
            "--exclude-path",
            "/api/v1/token",
            "--exclude-path",
            "/api/v1/device",
        ])
        .args(arguments)
        .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
        .env("PYTHONPATH", &clients)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ROLLCALL_SPARED", spared)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    server.abort();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let made = generated(&said);
    println!("{name}: {made} requests");
    assert!(made >= least, "only {made} requests: {said}");
    // It was let in to the end.
    let still = get(&world, &token, "/api/v1/tokens/self").await;
    assert_eq!(still.status, StatusCode::OK, "{}", still.body);
    std::fs::remove_dir_all(&folder).ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing_in_what_is_read() {
    let arguments = ["--include-method", "GET", "--max-examples", "4"];
    finds_nothing("schema-read", &arguments, 1_500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing_in_what_is_changed() {
    let arguments = [
        "--exclude-method",
        "GET",
        "--max-examples",
        "4",
        "--phases",
        "examples,coverage,fuzzing",
    ];
    finds_nothing("schema-changed", &arguments, 1_500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing_from_one_request_to_the_next() {
    let arguments = ["--phases", "stateful", "--max-examples", "40"];
    finds_nothing("schema-stateful", &arguments, 100).await;
}
