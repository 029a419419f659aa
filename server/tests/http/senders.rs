//! Senders that sign instead of bearing a token, and the answers they wait for.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::sources::{SourceChange, SourceInput};
use hmac::{Hmac, Mac};
use http::{Request, StatusCode};
use serde_json::json;
use sha2::Sha256;

use crate::world::{Answer, World, start};

async fn source(world: &World) -> String {
    source_with(world, "", "").await
}

/// A source whose sender proves itself in this way, with its own secret unless that is empty. Its token.
async fn source_with(world: &World, proving: &str, secret: &str) -> String {
    let input = SourceInput {
        name: "Hooks".into(),
        slug: "hooks".into(),
        proving: proving.into(),
        secret: secret.into(),
        ..SourceInput::default()
    };
    service::sources::create(&world.cli(), &input)
        .await
        .unwrap()
        .token
}

async fn send(world: &World, headers: &[(&str, String)], body: &str) -> Answer {
    let mut request = Request::post("/ingest/v1/hooks");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    world
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn github(secret: &str, body: &str) -> String {
    format!(
        "sha256={}",
        hex::encode(hmac(secret.as_bytes(), &[body.as_bytes()]))
    )
}

fn run(id: u32) -> String {
    json!({
        "action": "completed", "sender": {"login": "mona"}, "repository": {"id": 2, "full_name": "octo/api", "owner": {"login": "octo", "id": 1}},
        "workflow_run": {"id": id, "name": "Deploy", "head_branch": "main", "head_sha": "c2b5", "conclusion": "success", "updated_at": "2026-11-01T10:05:00Z"},
    })
    .to_string()
}

#[tokio::test]
async fn github_signs_and_its_delivery_counts_once() {
    let Some(world) = World::new().await else {
        return;
    };
    let secret = source(&world).await;
    let body = run(77);
    let headers = |signature: String, delivery: &str| {
        [
            ("x-hub-signature-256", signature),
            ("x-github-event", "workflow_run".to_owned()),
            ("x-github-delivery", delivery.to_owned()),
        ]
    };
    let first = send(&world, &headers(github(&secret, &body), "d-1"), &body).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(first.json()["accepted"], 1);
    // Redelivered by hand: the same id.
    let again = send(&world, &headers(github(&secret, &body), "d-1"), &body).await;
    assert_eq!(
        (&again.json()["accepted"], &again.json()["duplicates"]),
        (&json!(0), &json!(1))
    );
    // The same body of another delivery is another event.
    let other = send(&world, &headers(github(&secret, &body), "d-2"), &body).await;
    assert_eq!(other.json()["accepted"], 1);
    // A form is signed as it is sent.
    let form = format!(
        "payload={}",
        serde_urlencoded::to_string([("x", &run(78))])
            .unwrap()
            .split_once('=')
            .unwrap()
            .1
    );
    let formed = send(&world, &headers(github(&secret, &form), "d-3"), &form).await;
    assert_eq!(formed.json()["accepted"], 1, "{}", formed.body);
}

#[tokio::test]
async fn what_is_tampered_with_or_unsigned_is_refused() {
    let Some(world) = World::new().await else {
        return;
    };
    let secret = source(&world).await;
    let body = run(77);
    let right = github(&secret, &body);
    for (headers, sent) in [
        (vec![("x-hub-signature-256", right.clone())], run(78)),
        (
            vec![("x-hub-signature-256", github("rcs_guess", &body))],
            body.clone(),
        ),
        (
            vec![("x-hub-signature-256", right.replace("sha256=", "sha1="))],
            body.clone(),
        ),
        (vec![("x-hub-signature", right.clone())], body.clone()),
        // A wrong signature is not mended by a right token.
        (
            vec![
                ("x-hub-signature-256", github("rcs_guess", &body)),
                ("authorization", format!("Bearer {secret}")),
            ],
            body.clone(),
        ),
        (vec![], body.clone()),
    ] {
        let answer = send(&world, &headers, &sent).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
    }
    assert_eq!(
        send(&world, &[("x-hub-signature-256", right)], &body)
            .await
            .status,
        StatusCode::OK
    );
    // A renewed token ends the old signatures.
    let renewed = service::sources::renew_token(&world.cli(), "hooks")
        .await
        .unwrap()
        .token;
    let old = send(
        &world,
        &[("x-hub-signature-256", github(&secret, &body))],
        &body,
    )
    .await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    let new = send(
        &world,
        &[("x-hub-signature-256", github(&renewed, &body))],
        &body,
    )
    .await;
    assert_eq!(new.status, StatusCode::OK, "{}", new.body);
}

#[tokio::test]
async fn gitlab_standard_webhooks_and_firehose_each_in_their_way() {
    let Some(world) = World::new().await else {
        return;
    };
    let secret = source(&world).await;
    let pipeline = json!({"object_kind": "pipeline", "object_attributes": {"id": 31, "ref": "main", "status": "success", "created_at": "2026-11-01 15:23:28 UTC"}, "project": {"path_with_namespace": "group/test"}}).to_string();
    let gitlab = send(&world, &[("x-gitlab-token", secret.clone())], &pipeline).await;
    assert_eq!(gitlab.json()["accepted"], 1, "{}", gitlab.body);
    let wrong = send(
        &world,
        &[("x-gitlab-token", format!("{secret}x"))],
        &pipeline,
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);

    let body = json!({"action": "deploy", "occurred_at": "2026-11-01T00:00:00Z", "vendor_id": "1"})
        .to_string();
    let signed = |at: i64| {
        let at = at.to_string();
        let mac = hmac(
            secret.as_bytes(),
            &[b"msg_1", b".", at.as_bytes(), b".", body.as_bytes()],
        );
        [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", at),
            ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
        ]
    };
    let now = start().timestamp();
    assert_eq!(
        send(&world, &signed(now), &body).await.json()["accepted"],
        1
    );
    assert_eq!(
        send(&world, &signed(now - 3600), &body).await.status,
        StatusCode::UNAUTHORIZED,
        "a replay"
    );

    let record = json!({"eventVersion": "1.11", "eventName": "GetSecretValue", "eventSource": "secretsmanager.amazonaws.com", "eventTime": "2026-11-01T10:00:00Z", "eventID": "e-1", "userIdentity": {"type": "IAMUser", "userName": "ci"}});
    let firehose = json!({"requestId": "ed4a", "timestamp": 1, "records": [{"data": STANDARD.encode(record.to_string())}]}).to_string();
    let answer = send(
        &world,
        &[
            ("x-amz-firehose-access-key", secret.clone()),
            ("x-amz-firehose-request-id", "ed4a".to_owned()),
        ],
        &firehose,
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["requestId"], "ed4a");
    let kept = service::sources::get(&world.cli(), "hooks")
        .await
        .unwrap()
        .row;
    assert_eq!((kept.accepted, kept.rejected), (3, 0));
}

#[tokio::test]
async fn oktas_challenge_is_answered_to_the_owner_of_the_token_only() {
    let Some(world) = World::new().await else {
        return;
    };
    let secret = source(&world).await;
    let ask = |token: &str| {
        Request::get("/ingest/v1/hooks")
            .header("authorization", token.to_owned())
            .header("x-okta-verification-challenge", "once")
            .body(Body::empty())
            .unwrap()
    };
    let answer = world.send(ask(&format!("Bearer {secret}"))).await;
    assert_eq!(answer.json(), json!({"verification": "once"}));
    assert_eq!(
        world.send(ask("Bearer rcs_guess")).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_source_takes_only_the_proof_it_asks_for() {
    let Some(world) = World::new().await else {
        return;
    };
    let secret = source_with(&world, "signature", "").await;
    let body = run(77);
    let bearer = || ("authorization", format!("Bearer {secret}"));
    let signature = || ("x-hub-signature-256", github(&secret, &body));
    for (headers, status) in [
        (vec![bearer()], StatusCode::UNAUTHORIZED),
        (vec![signature()], StatusCode::OK),
    ] {
        assert_eq!(
            send(&world, &headers, &body).await.status,
            status,
            "{headers:?}"
        );
    }
    let change = SourceChange {
        slug: "hooks".into(),
        proving: "token".into(),
        ..SourceChange::default()
    };
    service::sources::change(&world.cli(), &change)
        .await
        .unwrap();
    for (headers, status) in [
        (vec![bearer()], StatusCode::OK),
        (vec![signature()], StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(
            send(&world, &headers, &body).await.status,
            status,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_senders_own_secret_works_and_is_readable_nowhere() {
    let Some(world) = World::new().await else {
        return;
    };
    let own = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    assert_eq!(
        source_with(&world, "", own).await,
        "",
        "an entered secret is not shown"
    );
    let body = json!({"action": "deploy", "occurred_at": "2026-11-01T00:00:00Z", "vendor_id": "1"})
        .to_string();
    let key = STANDARD.decode(own.trim_start_matches("whsec_")).unwrap();
    let signed = |key: &[u8]| {
        let at = start().timestamp().to_string();
        let mac = hmac(key, &[b"msg_1", b".", at.as_bytes(), b".", body.as_bytes()]);
        [
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", at),
            ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
        ]
    };
    assert_eq!(
        send(&world, &signed(b"a guess"), &body).await.status,
        StatusCode::UNAUTHORIZED
    );
    let right = send(&world, &signed(&key), &body).await;
    assert_eq!(right.json()["accepted"], 1, "{}", right.body);
    let bearer = send(&world, &[("authorization", format!("Bearer {own}"))], &body).await;
    assert_eq!(bearer.json()["duplicates"], 1, "{}", bearer.body);
    let mut conn = world.services.db.acquire().await.unwrap();
    let sql = "SELECT concat_ws('|', s::text, (SELECT string_agg(a::text, ' ') FROM activity a)) FROM sources s";
    let kept = store::testing::texts(&mut conn, sql).await.join(" ");
    let digest = hex::encode(domain::token::hash(own));
    for part in [
        "whsec",
        "C2FVsBQ",
        &hex::encode(own),
        &hex::encode(&key),
        &digest,
    ] {
        assert!(!kept.contains(part), "{part} in {kept}");
    }
    // A new token ends it.
    service::sources::renew_token(&world.cli(), "hooks")
        .await
        .unwrap();
    assert_eq!(
        send(&world, &signed(&key), &body).await.status,
        StatusCode::UNAUTHORIZED
    );
    let short = SourceChange {
        slug: "hooks".into(),
        proving: "secret".into(),
        secret: "short".into(),
        ..SourceChange::default()
    };
    assert!(matches!(
        service::sources::change(&world.cli(), &short).await,
        Err(service::Error::Invalid(_))
    ));
}
