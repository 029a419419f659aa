//! Readers made for other services take everything exactly once while rows are being added: Okta's SDK on `/logs`, dlt's
//! REST client on `/events`. Both unmodified, from PyPI; `script/bootstrap` puts them where this looks.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use axum::body::Body;
use contract::sources::SourceInput;
use http::{Request, StatusCode, header};
use tokio::net::TcpListener;

use crate::world::World;

/// Deliveries, and events in each.
const DELIVERIES: usize = 24;
const EVENTS: usize = 115;

/// A command of what `script/bootstrap` takes from PyPI, where it is installed.
pub fn installed(command: &str) -> Option<PathBuf> {
    let cache = std::env::var_os("ROLLCALL_CACHE")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
            Some(home?.join("rollcall"))
        });
    let file = cache?.join("clients/bin").join(command);
    if file.is_file() {
        return Some(file);
    }
    println!(
        "skipped: no {} (script/bootstrap installs it)",
        file.display()
    );
    None
}

async fn deliver(world: &World, source: &str, delivery: usize) {
    let line = |n: usize| {
        format!(
            "{{\"action\":\"deploy\",\"kind\":\"deployment\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{delivery}-{n}\"}}\n"
        )
    };
    let body: String = (0..EVENTS).map(line).collect();
    let request =
        Request::post("/ingest/v1/own").header(header::AUTHORIZATION, format!("Bearer {source}"));
    let answer = world.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

/// Runs a reader while deliveries come in; what it saw, in order.
async fn run(script: &str) -> Option<Vec<String>> {
    let python = installed("python")?;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let world = World::with(&[], |settings| settings.public_url.clone_from(&base)).await?;
    let input = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    let source = service::sources::create(&world.cli(), &input)
        .await
        .unwrap()
        .token;
    let token = world.token("reader", &["feed:read"]).await;
    let server = tokio::spawn(axum::serve(listener, world.router.clone()).into_future());
    deliver(&world, &source, 0).await;
    let reader = tokio::process::Command::new(python)
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/clients")
                .join(script),
        )
        .args([&base, &token, &(DELIVERIES * EVENTS).to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let deliveries = async {
        for delivery in 1..DELIVERIES {
            deliver(&world, &source, delivery).await;
        }
    };
    let (output, ()) = tokio::join!(reader.wait_with_output(), deliveries);
    let output = output.unwrap();
    server.abort();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    let expected: Vec<String> = {
        let mut conn = world.services.db.acquire().await.unwrap();
        store::testing::texts(
            &mut conn,
            "SELECT event_id::text FROM feed ORDER BY position",
        )
        .await
    };
    let seen: Vec<String> = said
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(seen.len(), DELIVERIES * EVENTS, "{script}");
    assert_eq!(
        seen, expected,
        "{script}: each once, in the order of the feed"
    );
    Some(seen)
}

#[tokio::test]
async fn oktas_sdk_takes_every_event_once() {
    if let Some(seen) = run("okta_logs.py").await {
        println!("okta: {} events", seen.len());
    }
}

#[tokio::test]
async fn dlt_takes_every_event_once() {
    if let Some(seen) = run("dlt_events.py").await {
        println!("dlt: {} events", seen.len());
    }
}
