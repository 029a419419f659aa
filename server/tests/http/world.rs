//! A small world for one test: database, clock, router, and people with their cookies.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::ids::PersonId;
use domain::access::{Actor, Person};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::config::{self, Config};
use server::http::{AppState, router};
use server::jobs::Status;
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::session::{Claims, Lifetimes};
use service::{Op, OpKind, Services, Settings};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;
use tower_sessions::session::Id;

/// The address the router believes to be served at.
pub const ORIGIN: &str = "http://127.0.0.1:3000";

pub struct World {
    pub clock: Arc<FixedClock>,
    pub services: Services,
    pub router: Router,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The session cookie it sets: `name=value`.
    pub fn cookie(&self) -> Option<String> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .filter_map(|value| value.split(';').next())
            .find(|pair| pair.starts_with("rollcall=") || pair.starts_with("__Host-rollcall="))
            .map(str::to_owned)
    }
}

/// Nine in the morning of the day these tests were written.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_251_600, 0).unwrap()
}

impl World {
    /// A world with the usual configuration; `None` where there is no database.
    pub async fn new() -> Option<Self> {
        Self::with(&[], |_| {}).await
    }

    /// A world with some settings set, and service settings changed.
    pub async fn with(env: &[(&str, &str)], change: impl FnOnce(&mut Settings)) -> Option<Self> {
        let db = store::testing::fresh().await?;
        let config = configure(env);
        let folder = std::env::temp_dir().join(format!("rollcall-http-{}", std::process::id()));
        let mut settings = Settings::for_tests(folder);
        change(&mut settings);
        let clock = Arc::new(FixedClock::new(start()));
        let services = Services {
            db,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(7)),
            settings: Arc::new(settings),
        };
        let state = AppState::new(services.clone(), Arc::new(config), Status::default()).unwrap();
        Some(Self {
            clock,
            services,
            router: router::build(state),
        })
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    pub fn op(&self, actor: Actor) -> Op {
        self.services.op(actor, OpKind::Request, "test")
    }

    pub fn cli(&self) -> Op {
        self.op(Actor::Cli {
            user: "test".into(),
        })
    }

    /// Somebody with these roles, signed in once.
    pub async fn person(&self, name: &str, roles: &[Role]) -> Person {
        let claims = Claims {
            issuer: "https://login.example.com".into(),
            subject: name.into(),
            email: Some(format!("{name}@acme.example")),
            email_verified: true,
            name: Some(name.into()),
            groups: roles.iter().map(ToString::to_string).collect(),
        };
        let id = service::session::sign_in(&self.op(Actor::Anonymous), claims)
            .await
            .unwrap()
            .unwrap();
        let actor = service::session::actor(&self.services.system("test"), id)
            .await
            .unwrap();
        actor.person().unwrap().clone()
    }

    /// A session of theirs, as a cookie.
    pub async fn cookie(&self, person: PersonId) -> String {
        let id = Id::default();
        let hash: [u8; 32] = Sha256::digest(id.0.to_be_bytes()).into();
        let hour = TimeDelta::hours(1);
        let last = Lifetimes {
            pending: hour,
            idle: hour,
            absolute: hour * 12,
        };
        let data = json!({ service::session::PERSON: person });
        assert!(
            service::session::create(&self.services.system("test"), hash, data, last)
                .await
                .unwrap()
        );
        format!("rollcall={id}")
    }

    /// Somebody new with one role, signed in: their cookie.
    pub async fn signed_in(&self, role: Role) -> String {
        let person = self.person(role.as_str(), &[role]).await;
        self.cookie(person.id).await
    }

    /// An API token with these scopes.
    pub async fn token(&self, name: &str, scopes: &[&str]) -> String {
        let input = contract::tokens::TokenInput {
            name: name.into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            ..Default::default()
        };
        service::tokens::create(&self.cli(), input)
            .await
            .unwrap()
            .token
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// A page as a browser asks for it.
    pub async fn page(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path)
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::HOST, "127.0.0.1:3000");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A form as one of our pages sends it.
    pub async fn form(&self, path: &str, cookie: Option<&str>, body: &str) -> Answer {
        let mut request = ours(Request::post(path))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    /// How many entries the activity record has.
    pub async fn entries(&self) -> i64 {
        service::activity::verify(&self.services.system("test"))
            .await
            .unwrap()
            .unwrap()
    }
}

/// Marks a request as coming from one of our pages.
pub fn ours(request: http::request::Builder) -> http::request::Builder {
    request
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-origin")
}

pub fn configure(env: &[(&str, &str)]) -> Config {
    let env: Vec<(String, String)> = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    config::read(
        &|name| {
            env.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        },
        None,
    )
    .unwrap()
}
