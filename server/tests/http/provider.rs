//! An identity provider in-process: real HTTP on loopback, Ed25519 keys, and every way to lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::world::World;

/// How the provider behaves.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one way to misbehave"
)]
pub struct Manners {
    /// Claims laid over the honest ones of the ID token; null removes one.
    pub claims: Value,
    /// Claims of the user info.
    pub info: Value,
    /// Signs with a key nobody knows.
    pub forged: bool,
    /// Sends `alg: none` without a signature.
    pub unsigned: bool,
    /// The token address redirects elsewhere.
    pub redirects: bool,
    /// The discovery document is broken.
    pub broken: bool,
}

impl Default for Manners {
    fn default() -> Self {
        let honest = json!({ "email": "ines@acme.example", "email_verified": true, "name": "Ines Varga", "groups": ["security"] });
        Self {
            claims: honest,
            info: json!({}),
            forged: false,
            unsigned: false,
            redirects: false,
            broken: false,
        }
    }
}

struct Inner {
    issuer: String,
    key: Mutex<SigningKey>,
    manners: Mutex<Manners>,
    /// Code -> (PKCE challenge, nonce).
    codes: Mutex<HashMap<String, (String, String)>>,
    token_calls: Mutex<Vec<HashMap<String, String>>>,
}

/// The running provider.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self(Arc::new(Inner {
            issuer,
            key: Mutex::new(SigningKey::from_bytes(&[7; 32])),
            manners: Mutex::default(),
            codes: Mutex::default(),
            token_calls: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/info", get(info))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub fn behave(&self, manners: Manners) {
        *self.0.manners.lock().unwrap() = manners;
    }

    /// Changes its keys, as providers do.
    pub fn rotate(&self) {
        *self.0.key.lock().unwrap() = SigningKey::from_bytes(&[8; 32]);
    }

    pub fn token_calls(&self) -> Vec<HashMap<String, String>> {
        self.0.token_calls.lock().unwrap().clone()
    }

    /// A world that signs in here.
    pub async fn world(&self) -> Option<World> {
        World::with(&self.env("http://127.0.0.1:3000"), |settings| {
            settings.demo = false;
            settings.team_groups = vec![("payments".into(), "team-payments".into())];
        })
        .await
    }

    /// The same behind TLS.
    pub async fn world_over_tls(&self) -> Option<World> {
        World::with(&self.env("https://rollcall.example.com"), |settings| {
            settings.demo = false;
        })
        .await
    }

    fn env<'a>(&'a self, public: &'a str) -> [(&'static str, &'a str); 6] {
        [
            ("ROLLCALL_OIDC_ISSUER", self.issuer()),
            ("ROLLCALL_OIDC_CLIENT_ID", "rollcall"),
            ("ROLLCALL_OIDC_CLIENT_SECRET", "the-client-secret"),
            ("ROLLCALL_OIDC_ROLE_GROUPS", "security=security"),
            ("ROLLCALL_OIDC_SCOPES", "openid,profile,email,groups"),
            ("ROLLCALL_PUBLIC_URL", public),
        ]
    }

    /// What the browser does at the provider: the address it is sent back to.
    #[expect(
        clippy::unused_async,
        reason = "a visit is awaited like every other step"
    )]
    pub async fn visit(&self, address: &str) -> String {
        let (_, query) = address.split_once('?').unwrap();
        let query: HashMap<String, String> = serde_urlencoded::from_str(query).unwrap();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        assert!(query["nonce"].len() >= 16 && query["state"].len() >= 16);
        let code = format!("code-{}", self.0.codes.lock().unwrap().len());
        self.0.codes.lock().unwrap().insert(
            code.clone(),
            (query["code_challenge"].clone(), query["nonce"].clone()),
        );
        format!("/auth/oidc/callback?code={code}&state={}", query["state"])
    }

    fn id_token(&self, nonce: &str) -> String {
        let manners = self.0.manners.lock().unwrap().clone();
        let now = chrono::DateTime::<chrono::Utc>::from(
            std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(wall()),
        )
        .timestamp();
        let mut claims = json!({
            "iss": self.0.issuer, "aud": "rollcall", "sub": "subject-1", "nonce": nonce, "iat": now, "exp": now + 300,
        });
        for (name, value) in manners.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let alg = if manners.unsigned { "none" } else { "EdDSA" };
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!(
            "{}.{}",
            encode(&json!({ "alg": alg, "typ": "JWT" })),
            encode(&claims)
        );
        if manners.unsigned {
            return format!("{body}.");
        }
        let key = if manners.forged {
            SigningKey::from_bytes(&[66; 32])
        } else {
            self.0.key.lock().unwrap().clone()
        };
        format!(
            "{body}.{}",
            URL_SAFE_NO_PAD.encode(key.sign(body.as_bytes()).to_bytes())
        )
    }
}

#[expect(clippy::disallowed_methods, reason = "the provider has its own clock")]
fn wall() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

async fn discovery(State(provider): State<Provider>) -> Response {
    if provider.0.manners.lock().unwrap().broken {
        return "<html>not a provider</html>".into_response();
    }
    let issuer = &provider.0.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/info"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
    .into_response()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let key = provider.0.key.lock().unwrap().verifying_key();
    Json(
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": URL_SAFE_NO_PAD.encode(key.to_bytes()) }] }),
    )
}

async fn authorize(Query(query): Query<HashMap<String, String>>) -> Redirect {
    Redirect::to(&query["redirect_uri"])
}

async fn token(
    State(provider): State<Provider>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    provider.0.token_calls.lock().unwrap().push(form.clone());
    if provider.0.manners.lock().unwrap().redirects {
        return Redirect::temporary("http://127.0.0.1:1/steal").into_response();
    }
    let known = provider
        .0
        .codes
        .lock()
        .unwrap()
        .remove(form.get("code").map(String::as_str).unwrap_or_default());
    let verified = |challenge: &str| {
        let verifier = form
            .get("code_verifier")
            .map(String::as_str)
            .unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
    };
    match known {
        Some((challenge, nonce)) if verified(&challenge) => {
            Json(json!({ "access_token": "access", "token_type": "Bearer", "id_token": provider.id_token(&nonce) })).into_response()
        }
        _ => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
}

async fn info(State(provider): State<Provider>) -> Json<Value> {
    let mut info = provider.0.manners.lock().unwrap().info.clone();
    info["sub"] = json!("subject-1");
    Json(info)
}
