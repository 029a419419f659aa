//! Limits of body, time and headers.

use axum::body::Body;
use contract::access::Role;
use http::{Request, StatusCode, header};

use crate::world::{World, ours};

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let Some(world) = World::with(&[("ROLLCALL_FORM_KIB", "16")], |_| {}).await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    for path in ["/api/ui/tokens/create", "/auth/sign-out", "/api/v1/nothing"] {
        let body = "x".repeat(17 * 1024);
        let request = ours(Request::post(path))
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(
            answer.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}: {}",
            answer.body
        );
        assert!(
            answer.body.contains("larger than this address takes"),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_cut_off() {
    let Some(world) = World::with(&[("ROLLCALL_FORM_KIB", "16")], |_| {}).await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    let before = world.entries().await;
    let chunks = (0..64).map(|_| Ok::<_, std::io::Error>("x".repeat(1024)));
    let body = Body::from_stream(futures::stream::iter(chunks));
    let request = ours(Request::post("/api/ui/tokens/create"))
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.send(request.body(body).unwrap()).await;
    assert!(!answer.status.is_success(), "{}", answer.status);
    assert_eq!(world.entries().await, before);
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_body_is_given_up() {
    let Some(world) = World::with(&[("ROLLCALL_REQUEST_SECONDS", "1")], |_| {}).await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    let body = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = ours(Request::post("/api/ui/tokens/create"))
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = world.send(request.body(body).unwrap()).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn headers_have_a_limit_and_a_client_that_never_ends_them_is_dropped() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let Some(world) = World::new().await else {
        return;
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let served = tokio::spawn(server::http::serve(
        listener,
        world.router.clone(),
        stop.clone(),
    ));

    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let large = format!(
        "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: {}\r\n\r\n",
        "x".repeat(200_000)
    );
    // The server may close while we still write: that is an answer, too.
    let _ = stream.write_all(large.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );

    let mut many = String::from("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for n in 0..101 {
        many += "X-";
        many += &n.to_string();
        many += ": 1\r\n";
    }
    many.push_str("\r\n");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(many.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(
        String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 431"),
        "{answer:?}"
    );

    let mut good = tokio::net::TcpStream::connect(address).await.unwrap();
    good.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    good.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stop.cancel();
    served.await.unwrap().unwrap();
}
