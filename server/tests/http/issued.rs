//! A pipeline's own token as the proof of a sender: honest tokens of a real issuer on loopback, and the attacks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::findings::{FindingClass, FindingFilter, FindingRow, Severity};
use contract::sources::{SourceInput, TokenRule};
use ed25519_dalek::{Signer as _, SigningKey};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::world::{Answer, World, start};

/// An issuer as CI platforms are: a discovery document without sign-in addresses, and keys.
#[derive(Clone)]
struct Issuer {
    address: String,
    key: Arc<Mutex<u8>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            key: Arc::new(Mutex::new(7)),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    fn claims(&self, id: &str) -> Value {
        let now = start().timestamp();
        json!({"iss": self.address, "aud": "http://127.0.0.1:3000/ingest/v1/ci", "sub": "repo:acme/shop:environment:production",
            "repository_owner_id": "9919", "jti": id, "iat": now, "nbf": now, "exp": now + 300})
    }

    fn sign(&self, claims: &Value) -> String {
        let number = *self.key.lock().unwrap();
        token(
            &json!({"alg": "EdDSA", "typ": "JWT", "kid": format!("k{number}")}),
            claims,
            number,
        )
    }
}

fn token(header: &Value, claims: &Value, key: u8) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = SigningKey::from_bytes(&[key; 32])
        .sign(signed.as_bytes())
        .to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn discovery(State(issuer): State<Issuer>) -> Json<Value> {
    issuer.asked.fetch_add(1, Ordering::Relaxed);
    let address = &issuer.address;
    Json(
        json!({"issuer": address, "jwks_uri": format!("{address}/jwks"), "subject_types_supported": ["public"]}),
    )
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    let number = *issuer.key.lock().unwrap();
    let x = URL_SAFE_NO_PAD.encode(
        SigningKey::from_bytes(&[number; 32])
            .verifying_key()
            .to_bytes(),
    );
    Json(
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": format!("k{number}"), "x": x}]}),
    )
}

async fn world() -> Option<(World, Issuer)> {
    let world = World::new().await?;
    let issuer = Issuer::start().await;
    let input = SourceInput {
        name: "CI".into(),
        slug: "ci".into(),
        proving: "oidc".into(),
        rule: TokenRule {
            issuer: issuer.address.clone(),
            subject: "repo:acme/*".into(),
            claims: "repository_owner_id=9919".into(),
            ..TokenRule::default()
        },
        ..SourceInput::default()
    };
    service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    Some((world, issuer))
}

const EVENT: &str = r#"{"kind":"deployment","outcome":"success","action":"deploy","occurred_at":"2026-11-20T00:00:00Z",
    "vendor_id":"shop-1","repository":"acme/shop","run_id":"1"}"#;

async fn deliver(world: &World, token: &str) -> Answer {
    send(world, token, Body::from(EVENT)).await
}

/// Why the source says it turned the last sender away.
async fn why(world: &World) -> String {
    let view = service::sources::get(&world.cli(), "ci").await.unwrap();
    view.refused.map(|refusal| refusal.why).unwrap_or_default()
}

#[tokio::test]
async fn a_job_reports_with_its_own_token_once() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let token = issuer.sign(&issuer.claims("t-1"));
    let first = deliver(&world, &token).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(first.json()["accepted"], 1);
    assert_eq!(
        deliver(&world, &token).await.status,
        StatusCode::UNAUTHORIZED,
        "a replay"
    );
    assert!(why(&world).await.contains("delivered before"));
    // The same id in another token of the issuer is a replay too.
    let mut again = issuer.claims("t-1");
    again["iat"] = json!(start().timestamp() - 1);
    assert_eq!(
        deliver(&world, &issuer.sign(&again)).await.status,
        StatusCode::UNAUTHORIZED
    );
    let next = deliver(&world, &issuer.sign(&issuer.claims("t-2"))).await;
    assert_eq!(next.json()["duplicates"], 1, "{}", next.body);
    assert_eq!(
        issuer.asked.load(Ordering::Relaxed),
        1,
        "its keys are believed for a while"
    );
}

async fn send(world: &World, token: &str, body: Body) -> Answer {
    let request = Request::post("/ingest/v1/ci").header("authorization", format!("Bearer {token}"));
    world.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn a_delivery_that_fails_spends_no_token() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let token = issuer.sign(&issuer.claims("t-1"));
    let damaged = send(&world, &token, Body::from(&b"\x1f\x8bdamaged"[..])).await;
    assert_eq!(damaged.status, StatusCode::BAD_REQUEST, "{}", damaged.body);
    let broken = futures::stream::iter([
        Ok("{".to_owned()),
        Err(std::io::Error::other("the line went dead")),
    ]);
    let broken = send(&world, &token, Body::from_stream(broken)).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST, "{}", broken.body);
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
    let endless = send(&world, &token, Body::from_stream(endless)).await;
    assert_eq!(endless.status, StatusCode::PAYLOAD_TOO_LARGE);
    // The last thing before the commit fails.
    let rename = |from: &str, to: &str| format!("ALTER TABLE {from} RENAME TO {to}");
    let db = &world.services.db;
    store::testing::script(db, rename("source_days", "away")).await;
    let failed = deliver(&world, &token).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    store::testing::script(db, rename("away", "source_days")).await;
    let asked = Request::get("/ingest/v1/ci").header("authorization", format!("Bearer {token}"));
    let asked = world.send(asked.body(Body::empty()).unwrap()).await;
    assert_eq!(asked.status, StatusCode::METHOD_NOT_ALLOWED);

    let kept = deliver(&world, &token).await;
    assert_eq!(kept.json()["accepted"], 1, "{}", kept.body);
    assert_eq!(
        deliver(&world, &token).await.status,
        StatusCode::UNAUTHORIZED,
        "a replay"
    );
}

#[tokio::test]
async fn of_two_deliveries_with_one_token_one_is_taken_and_one_is_found() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let token = issuer.sign(&issuer.claims("t-1"));
    // Both bodies come only when both senders are proven.
    let proven = Arc::new(tokio::sync::Barrier::new(2));
    let body = || {
        let proven = proven.clone();
        Body::from_stream(futures::stream::once(async move {
            proven.wait().await;
            Ok::<_, std::io::Error>(EVENT)
        }))
    };
    let (one, other) = tokio::join!(send(&world, &token, body()), send(&world, &token, body()));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNAUTHORIZED]);
    let kept = service::sources::get(&world.cli(), "ci").await.unwrap().row;
    assert_eq!((kept.accepted, kept.duplicates), (1, 0));
    assert!(why(&world).await.contains("delivered before"));
    let found =
        "SELECT count(*) FROM findings WHERE rule = 'refused_delivery' AND severity = 'high'";
    let found = store::testing::count(&world.services.db, found.to_owned()).await;
    assert_eq!(found, 1);
}

#[tokio::test]
async fn attacks_on_the_token_are_refused_and_said() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let at = start().timestamp();
    for (name, value, said) in [
        ("aud", json!("sts.amazonaws.com"), "audience"),
        (
            "iss",
            json!("https://token.actions.githubusercontent.com"),
            "issuer",
        ),
        ("exp", json!(at - 3600), "not valid at this time"),
        (
            "sub",
            json!("repo:evil/shop:environment:production"),
            "repo:evil/shop",
        ),
        ("repository_owner_id", json!("1"), "repository_owner_id"),
    ] {
        let mut claims = issuer.claims("t-1");
        claims[name] = value;
        assert_eq!(
            deliver(&world, &issuer.sign(&claims)).await.status,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
        world.advance(chrono::TimeDelta::seconds(1));
        let why = why(&world).await;
        assert!(why.contains(said), "{name}: {why}");
    }
    let honest = issuer.claims("t-1");
    let unsigned = |token: String| format!("{}.", token.rsplit_once('.').unwrap().0);
    let secret = service::sources::renew_token(&world.cli(), "ci")
        .await
        .unwrap()
        .token;
    for (name, token) in [
        (
            "alg none",
            unsigned(token(&json!({"alg": "none"}), &honest, 7)),
        ),
        ("no signature", unsigned(issuer.sign(&honest))),
        (
            "shared secret",
            token(&json!({"alg": "HS256", "kid": "k7"}), &honest, 7),
        ),
        (
            "forged",
            token(&json!({"alg": "EdDSA", "kid": "k7"}), &honest, 9),
        ),
        (
            "another algorithm",
            token(&json!({"alg": "RS256", "kid": "k7"}), &honest, 7),
        ),
        ("the source's own token", secret),
        ("nothing", String::new()),
    ] {
        assert_eq!(
            deliver(&world, &token).await.status,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
    }
    let kept = service::sources::get(&world.cli(), "ci").await.unwrap().row;
    assert_eq!((kept.accepted, kept.duplicates), (0, 0));
    // The honest one still delivers: nothing above used up its id.
    assert_eq!(
        deliver(&world, &issuer.sign(&honest)).await.status,
        StatusCode::OK
    );
}

/// What is on the inbox of senders that were turned away: severity, detail and controls.
async fn turned_away(world: &World) -> Vec<FindingRow> {
    let filter = FindingFilter {
        rule: vec!["refused_delivery".into()],
        ..FindingFilter::default()
    };
    let list = service::findings::list(&world.cli(), &filter, None)
        .await
        .unwrap();
    list.page.rows
}

#[tokio::test]
async fn each_attack_on_the_token_is_a_finding_of_its_own() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let honest = issuer.claims("t-1");
    let bent = |name: &str, value: Value| {
        let mut claims = honest.clone();
        claims[name] = value;
        issuer.sign(&claims)
    };
    let signed = token(&json!({"alg": "none", "typ": "JWT"}), &honest, 7);
    let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
    let replayed = issuer.sign(&issuer.claims("t-0"));
    assert_eq!(deliver(&world, &replayed).await.status, StatusCode::OK);
    let expired = json!(start().timestamp() - 3600);
    let attacks = [
        (
            "alg none",
            unsigned,
            "of a kind that is never taken",
            Severity::High,
        ),
        (
            "another audience",
            bent("aud", json!("sts.amazonaws.com")),
            "another audience",
            Severity::Medium,
        ),
        (
            "expired",
            bent("exp", expired),
            "not valid at this time",
            Severity::Medium,
        ),
        ("replayed", replayed, "has delivered before", Severity::High),
        (
            "forged",
            token(&json!({"alg": "EdDSA", "kid": "k7"}), &honest, 9),
            "no key of the issuer signed it",
            Severity::High,
        ),
        (
            "another issuer",
            bent("iss", json!("https://token.actions.githubusercontent.com")),
            "another issuer made it",
            Severity::Medium,
        ),
        (
            "a stranger",
            bent("sub", json!("repo:evil/shop:environment:production")),
            "not one of this source",
            Severity::Medium,
        ),
    ];
    for (n, (name, token, said, severity)) in attacks.iter().enumerate() {
        world.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(
            deliver(&world, token).await.status,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
        let found = turned_away(&world).await;
        assert_eq!(found.len(), n + 1, "{name}: {found:?}");
        let one = found.iter().find(|one| one.detail.contains(said));
        let one = one.unwrap_or_else(|| panic!("{name}: {found:?}"));
        assert_eq!(
            (one.severity, one.class, one.controls[0].as_str()),
            (*severity, FindingClass::Detection, "T1550.001"),
            "{name}"
        );
        assert!(one.title.ends_with("from CI"), "{name}: {}", one.title);
        assert!(
            one.evidence.iter().all(|(_, value)| !value.contains("eyJ")),
            "no token is kept: {one:?}"
        );
    }
    // The same again is the same finding, and the honest one still delivers.
    let known = turned_away(&world).await.len();
    world.advance(chrono::TimeDelta::seconds(1));
    deliver(&world, &attacks[1].1).await;
    assert_eq!(turned_away(&world).await.len(), known);
    let next = deliver(&world, &issuer.sign(&honest)).await;
    assert_eq!(next.status, StatusCode::OK, "{}", next.body);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_the_issuer_twice_at_most() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    for number in 0..50 {
        let header = json!({"alg": "EdDSA", "kid": format!("made-up-{number}")});
        let answer = deliver(&world, &token(&header, &issuer.claims("t-1"), 7)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let asked = issuer.asked.load(Ordering::Relaxed);
    assert!(asked <= 2, "asked {asked} times");
    assert_eq!(turned_away(&world).await.len(), 1, "one flood, one finding");
}

#[tokio::test]
async fn an_issuer_may_not_be_reachable_over_plain_http_elsewhere_nor_admit_strangers() {
    let Some(world) = World::new().await else {
        return;
    };
    for (issuer, subject) in [
        ("http://ci.example.com", "repo:acme/*"),
        ("http://127.0.0.1.example.com", "repo:acme/*"),
        ("", "repo:acme/*"),
        ("https://token.actions.githubusercontent.com", "repo:*"),
        ("https://token.actions.githubusercontent.com", ""),
    ] {
        let input = SourceInput {
            name: "CI".into(),
            proving: "oidc".into(),
            rule: TokenRule {
                issuer: issuer.into(),
                subject: subject.into(),
                ..TokenRule::default()
            },
            ..SourceInput::default()
        };
        let made = service::sources::create(&world.cli(), &input).await;
        assert!(
            matches!(made, Err(service::Error::Invalid(_))),
            "{issuer} {subject}"
        );
    }
}

async fn exchange(world: &World, token: &str, scope: &str) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        )
        .append_pair("subject_token", token)
        .append_pair(
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:id_token",
        )
        .append_pair("scope", scope)
        .finish();
    let request =
        Request::post("/api/v1/token").header("content-type", "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_job_signs_in_with_its_own_token_and_nothing_stored() {
    let Some((world, issuer)) = world().await else {
        return;
    };
    let rule = |subject: &str| contract::tokens::WorkloadRuleInput {
        name: subject.into(),
        audience: "https://rollcall.acme.example".into(),
        document: format!("issuer: {}\n{subject}\n", issuer.address),
        scopes: vec!["inventory:read".into(), "feed:read".into()],
        ..Default::default()
    };
    // What lets everybody of the issuer in is refused by the rules of trusts.
    let wide = service::workload::create(&world.cli(), &rule("subject_pattern: .*")).await;
    assert!(
        matches!(&wide, Err(service::Error::Invalid(fields)) if fields[0].field == "document"),
        "{wide:?}"
    );
    let made = service::workload::create(
        &world.cli(),
        &rule("subject: repo:acme/shop:environment:production"),
    )
    .await
    .unwrap();
    let mut claims = issuer.claims("x-1");
    claims["aud"] = json!("https://rollcall.acme.example");
    let given = exchange(&world, &issuer.sign(&claims), "inventory:read").await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    assert_eq!(
        (
            given.json()["expires_in"].as_i64(),
            given.json()["token_type"].as_str()
        ),
        (Some(900), Some("Bearer"))
    );
    let token = given.json()["access_token"].as_str().unwrap().to_owned();
    let ask = async |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        world
            .send(request.body(Body::empty()).unwrap())
            .await
            .status
    };
    assert_eq!(ask("/api/v1/identities").await, StatusCode::OK);
    assert_eq!(
        ask("/api/v1/events").await,
        StatusCode::FORBIDDEN,
        "it asked for less than the rule gives"
    );
    for (name, value) in [
        ("sub", json!("repo:acme/shop:ref:refs/heads/main")),
        ("aud", json!("https://other.example")),
        ("iss", json!("https://token.actions.githubusercontent.com")),
        ("exp", json!(start().timestamp() - 600)),
    ] {
        let mut bent = claims.clone();
        bent[name] = value;
        let refused = exchange(&world, &issuer.sign(&bent), "").await;
        assert_eq!(
            (refused.status, refused.json()["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_grant")),
            "{name}"
        );
    }
    let forged = token_of(&claims, 8);
    assert_eq!(
        exchange(&world, &forged, "").await.json()["error"],
        "invalid_grant"
    );
    assert_eq!(
        exchange(&world, &issuer.sign(&claims), "tokens:write")
            .await
            .json()["error"],
        "invalid_scope"
    );
    world.advance(chrono::TimeDelta::minutes(16));
    assert_eq!(
        ask("/api/v1/identities").await,
        StatusCode::UNAUTHORIZED,
        "fifteen minutes"
    );
    service::workload::remove(&world.cli(), made.id)
        .await
        .unwrap();
}

fn token_of(claims: &Value, key: u8) -> String {
    token(
        &json!({"alg": "EdDSA", "typ": "JWT", "kid": "k7"}),
        claims,
        key,
    )
}
