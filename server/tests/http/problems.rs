//! What failures look like: a request id, plain words, and nothing a driver said.

use axum::body::Body;
use contract::access::Role;
use http::{Request, StatusCode, header};

use crate::world::{World, ours};

const DRIVER_WORDS: &[&str] = &[
    "sqlx", "postgres", "relation", "pool", "SELECT", "panicked", "axum", "hyper",
];

#[tokio::test]
async fn people_get_a_page_and_machines_get_json_both_with_the_request_id() {
    let Some(world) = World::new().await else {
        return;
    };
    let request = Request::post("/auth/sign-out")
        .header(header::ACCEPT, "text/html")
        .header(header::HOST, "127.0.0.1:3000");
    let page = world.send(request.body(Body::empty()).unwrap()).await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.body.contains(page.header("x-request-id")) && page.body.contains("<h1>"),
        "{}",
        page.body
    );

    let json = world.page("/api/v1/nothing", None).await;
    assert_eq!(json.status, StatusCode::NOT_FOUND);
    assert_eq!(json.header("content-type"), "application/problem+json");
    assert_eq!(json.json()["request_id"], json.header("x-request-id"));
    assert_eq!(json.json()["status"], 404);
}

#[tokio::test]
async fn a_database_that_is_gone_is_said_in_plain_words() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    let token = world.token("t", &["feed:read"]).await;
    world.services.db.close().await;
    for (path, cookie) in [("/activity", Some(cookie.as_str())), ("/sign-in", None)] {
        let answer = world.page(path, cookie).await;
        assert!(answer.status.is_server_error(), "{path}: {}", answer.status);
        silent(path, &answer.body);
    }
    let request =
        Request::get("/api/v1/events").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    silent("/api/v1/events", &answer.body);
    let request = ours(Request::post("/api/ui/session/options"))
        .body(Body::empty())
        .unwrap();
    let answer = world.send(request).await;
    assert!(answer.status.is_server_error());
    silent("/api/ui/session/options", &answer.body);
    assert_eq!(world.page("/healthz", None).await.status, StatusCode::OK);
    let ready = world.page("/readyz", None).await;
    assert_eq!(
        (ready.status, ready.json()["database"].as_bool()),
        (StatusCode::SERVICE_UNAVAILABLE, Some(false))
    );
}

#[tokio::test]
async fn unreadable_input_is_refused_without_a_framework_s_words() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    for (path, body) in [
        ("/auth/persona", "person=1"),
        ("/api/ui/tokens/revoke", "id=%ff"),
        ("/api/ui/activity/list", "{"),
    ] {
        let answer = world.form(path, Some(&cookie), body).await;
        assert!(
            answer.status.is_client_error() || answer.status.is_server_error(),
            "{path}: {}",
            answer.status
        );
        silent(path, &answer.body);
    }
}

fn silent(path: &str, body: &str) {
    for word in DRIVER_WORDS {
        assert!(!body.contains(word), "{path} says {word:?}: {body}");
    }
}
