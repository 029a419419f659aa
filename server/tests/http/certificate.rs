//! A client certificate that a proxy in front passes on, as the proof of a sender.

use axum::body::Body;
use axum::extract::ConnectInfo;
use contract::sources::{SourceInput, TokenRule};
use http::{Request, StatusCode};

use crate::world::World;

const BODY: &str = r#"{"id":"e1","occurred_at":"2026-11-20T08:00:00Z","action":"deploy"}"#;

async fn sent(world: &World, peer: &str, certificate: Option<&str>) -> StatusCode {
    let mut request = Request::post("/ingest/v1/vector").header("content-type", "application/json");
    if let Some(certificate) = certificate {
        request = request.header("x-client-cert", certificate);
    }
    let mut request = request.body(Body::from(BODY)).unwrap();
    let peer: std::net::SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    world.send(request).await.status
}

#[tokio::test]
async fn a_certificate_counts_from_the_trusted_proxy_and_nobody_else() {
    let env = [
        ("ROLLCALL_INGEST_CERTIFICATE_HEADER", "X-Client-Cert"),
        ("ROLLCALL_TRUSTED_PROXIES", "10.0.0.0/8"),
    ];
    let Some(world) = World::with(&env, |_| {}).await else {
        return;
    };
    let mut input = SourceInput {
        name: "Vector".into(),
        slug: "vector".into(),
        proving: "certificate".into(),
        ..SourceInput::default()
    };
    let unnamed = service::sources::create(&world.cli(), &input).await;
    assert!(
        matches!(unnamed, Err(service::Error::Invalid(_))),
        "{unnamed:?}"
    );
    input.rule = TokenRule {
        subject: "CN=vector,O=acme".into(),
        ..TokenRule::default()
    };
    service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    let right = Some("CN=vector,O=acme");
    assert_eq!(sent(&world, "10.0.0.7:4431", right).await, StatusCode::OK);
    for (peer, certificate) in [
        ("192.0.2.1:4431", right),
        ("10.0.0.7:4431", Some("CN=vector,O=mallory")),
        ("10.0.0.7:4431", None),
    ] {
        let status = sent(&world, peer, certificate).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{peer} {certificate:?}");
    }
}
