//! Room for deliveries: whoever has proved itself finds its own, however many others hold theirs open.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::ConnectInfo;
use contract::sources::SourceInput;
use http::{Request, StatusCode};
use serde_json::json;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::world::{Answer, World};

/// Bodies of up to a MiB: four of them fit into the room of proven senders that tell the length, two into that of those
/// that do not, two into that of unproven ones, of which an address has one.
const LARGEST: usize = 1024 * 1024;
/// Bodies that have not begun to come, in as much room as one largest.
const BEGUN: u8 = 16;

/// A world whose bodies have up to a MiB, and the token of its source `hooks`, whose sender proves itself in this way.
async fn world(proving: &str) -> Option<(World, String)> {
    let world = World::with(&[("ROLLCALL_INGEST_MIB", "1")], |_| {}).await?;
    let input = SourceInput {
        name: "Hooks".into(),
        slug: "hooks".into(),
        proving: proving.into(),
        ..SourceInput::default()
    };
    let made = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    Some((world, made.token))
}

type Header = (&'static str, String);

fn bearer(token: &str) -> Vec<Header> {
    vec![("authorization", format!("Bearer {token}"))]
}

/// Signed by somebody who does not know the secret.
fn forged() -> Vec<Header> {
    vec![("x-hub-signature-256", format!("sha256={}", "0".repeat(64)))]
}

fn with_length(mut headers: Vec<Header>, length: usize) -> Vec<Header> {
    headers.push(("content-length", length.to_string()));
    headers
}

fn request(headers: &[Header], from: u8, body: Body) -> Request<Body> {
    let address = IpAddr::from([192, 0, 2, from]);
    let mut request =
        Request::post("/ingest/v1/hooks").extension(ConnectInfo(SocketAddr::from((address, 4000))));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(body).unwrap()
}

/// An event as the source takes it.
fn event(id: u8) -> String {
    json!({"action": "a", "occurred_at": "2026-11-01T00:00:00Z", "vendor_id": id.to_string()})
        .to_string()
}

async fn send(world: &World, headers: &[Header], from: u8, id: u8) -> Answer {
    let request = request(headers, from, Body::from(event(id)));
    world.send(request).await
}

/// Sends a body that never comes, and returns once the server has begun to read it.
async fn endless(world: &World, headers: &[Header], from: u8) -> JoinHandle<()> {
    let (began, begun) = tokio::sync::oneshot::channel();
    let mut began = Some(began);
    let body = Body::from_stream(futures::stream::poll_fn(move |_| {
        if let Some(began) = began.take() {
            began.send(()).ok();
        }
        std::task::Poll::<Option<Result<Vec<u8>, std::io::Error>>>::Pending
    }));
    let sent = world.router.clone().oneshot(request(headers, from, body));
    let handle = tokio::spawn(async { drop(sent.await) });
    begun.await.expect("the server begins to read it");
    handle
}

/// Ends one of them, as a sender that goes away does.
async fn end(open: &mut Vec<JoinHandle<()>>) {
    let gone = open.pop().unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
}

fn assert_full(answer: &Answer) {
    assert_eq!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS,
        "{}",
        answer.body
    );
    assert_eq!(answer.header("retry-after"), "2");
}

fn assert_taken(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["accepted"], 1, "{}", answer.body);
}

#[tokio::test]
async fn who_is_wrong_by_its_head_is_refused_before_its_body_is_read() {
    for (proving, headers) in [
        ("", Vec::new()),
        ("", bearer("rcs_guess")),
        ("token", bearer("rcs_guess")),
        ("token", forged()),
        ("token", [forged(), bearer("rcs_guess")].concat()),
        ("signature", Vec::new()),
    ] {
        let Some((world, token)) = world(proving).await else {
            return;
        };
        let mut refused = vec![headers.clone(), with_length(headers, LARGEST)];
        if proving == "signature" {
            // Not what this source asks for, although it is right.
            refused.push(bearer(&token));
        }
        for headers in refused {
            let read = Arc::new(AtomicBool::new(false));
            let noted = read.clone();
            let body = Body::from_stream(futures::stream::poll_fn(move |_| {
                noted.store(true, Ordering::SeqCst);
                std::task::Poll::<Option<Result<Vec<u8>, std::io::Error>>>::Pending
            }));
            let answer = world.send(request(&headers, 1, body)).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{proving}: {headers:?}"
            );
            assert!(!read.load(Ordering::SeqCst), "{proving}: {headers:?}");
        }
    }
}

#[tokio::test]
async fn those_who_prove_nothing_leave_room_for_those_who_do() {
    let Some((world, token)) = world("").await else {
        return;
    };
    let mut open = Vec::new();
    for _ in 0..BEGUN {
        open.push(endless(&world, &forged(), 1).await);
    }
    // One address has no more than this, whatever it announces.
    assert_full(&send(&world, &forged(), 1, 1).await);
    assert_full(&send(&world, &with_length(forged(), 10), 1, 1).await);
    let small = send(&world, &forged(), 2, 1).await;
    assert_eq!(
        small.status,
        StatusCode::UNAUTHORIZED,
        "another's is read and judged: {}",
        small.body
    );
    for _ in 0..BEGUN {
        open.push(endless(&world, &with_length(forged(), LARGEST), 2).await);
    }
    assert_full(&send(&world, &forged(), 3, 1).await);
    // Whoever has the token is not among them, with a length told or not.
    let told = with_length(bearer(&token), event(1).len());
    assert_taken(&send(&world, &told, 1, 1).await);
    assert_taken(&send(&world, &bearer(&token), 1, 2).await);
    // One of them goes away: its room is another's.
    end(&mut open).await;
    let judged = send(&world, &forged(), 3, 3).await;
    assert_eq!(judged.status, StatusCode::UNAUTHORIZED, "{}", judged.body);
}

#[tokio::test]
async fn more_than_fits_in_memory_is_told_to_come_again() {
    let Some((world, token)) = world("").await else {
        return;
    };
    let (untold, told) = (bearer(&token), with_length(bearer(&token), event(1).len()));
    let mut large = Vec::new();
    for _ in 0..4 {
        large.push(endless(&world, &with_length(bearer(&token), LARGEST), 1).await);
    }
    assert_full(&send(&world, &told, 1, 1).await);
    assert_taken(&send(&world, &untold, 1, 2).await);
    end(&mut large).await;
    assert_taken(&send(&world, &told, 1, 1).await);
    // Those that do not tell their length fill a room of their own.
    let mut open = Vec::new();
    for _ in 0..2 * BEGUN {
        open.push(endless(&world, &untold, 1).await);
    }
    assert_full(&send(&world, &untold, 1, 3).await);
    assert_taken(&send(&world, &told, 1, 4).await);
    end(&mut open).await;
    assert_taken(&send(&world, &untold, 1, 3).await);
}

#[tokio::test]
async fn a_body_is_as_long_as_it_may_be_and_no_longer() {
    let Some((world, token)) = world("").await else {
        return;
    };
    let bytes = |length: usize| {
        let mut text = event(1);
        text.push_str(&"\n".repeat(length - text.len()));
        let pieces: Vec<_> = text
            .as_bytes()
            .chunks(64 * 1024)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
            .collect();
        Body::from_stream(futures::stream::iter(pieces))
    };
    for headers in [
        bearer(&token),
        with_length(bearer(&token), LARGEST + 1),
        forged(),
    ] {
        let refused = world.send(request(&headers, 1, bytes(LARGEST + 1))).await;
        assert_eq!(
            refused.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{headers:?}: {}",
            refused.body
        );
    }
    let taken = world
        .send(request(&bearer(&token), 1, bytes(LARGEST)))
        .await;
    assert_taken(&taken);
}
