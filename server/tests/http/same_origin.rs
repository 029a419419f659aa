//! Cross-site request forgery: no unsafe request of another site reaches a door a cookie opens.

use axum::body::Body;
use contract::access::Role;
use http::{Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use crate::world::World;

const FOREIGN: &[&[(&str, &str)]] = &[
    &[],
    &[
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ],
    &[("origin", "null")],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "http://127.0.0.1:3000"),
    ],
    &[("sec-fetch-site", "none")],
    &[("origin", "http://127.0.0.1:3001")],
];

#[tokio::test]
async fn every_unsafe_door_refuses_other_sites() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    let mut paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    paths.extend([
        "/auth/sign-out",
        "/auth/sign-out-everywhere",
        "/auth/persona",
        "/",
        "/identities",
    ]);
    let before = world.entries().await;
    for path in paths {
        for headers in FOREIGN {
            let mut request = Request::post(path)
                .header(header::HOST, "127.0.0.1:3000")
                .header(header::COOKIE, &cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in *headers {
                request = request.header(*name, *value);
            }
            let answer = world
                .send(request.body(Body::from("name=x")).unwrap())
                .await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} with {headers:?}"
            );
            assert!(
                answer.body.contains("did not come from a Rollcall page"),
                "{}",
                answer.body
            );
        }
    }
    assert_eq!(world.entries().await, before, "something was done");
    assert_eq!(
        world.page("/settings", Some(&cookie)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_server_of_this_machine_answers_to_no_other_name() {
    let Some(world) = World::new().await else {
        return;
    };
    let request = Request::get("/sign-in")
        .header(header::HOST, "evil.example:3000")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        world.send(request).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
}
