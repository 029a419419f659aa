//! Keeps tower-sessions' records through `service::session`. Ids are hashed before they leave this file; when
//! a session ends is the service's judgement, by its own clock.

use chrono::TimeDelta;
use serde_json::Value;
use service::Services;
use service::session::{self, Lifetimes};
use sha2::{Digest as _, Sha256};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{SessionManagerLayer, SessionStore};

use crate::http::AppState;

/// Time on the way to the identity provider and back.
const PENDING: TimeDelta = TimeDelta::minutes(10);

/// The session layer: `__Host-` binds the cookie to this very host over TLS; plain http has no such cookie.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let tls = state.config.public_url.tls;
    SessionManagerLayer::new(Sessions {
        services: state.services.clone(),
        last: lifetimes(state),
    })
    .with_name(if tls { "__Host-rollcall" } else { "rollcall" })
    .with_secure(tls)
    .with_http_only(true)
    // Lax, not strict: the provider's redirect back to us is a navigation from another site.
    .with_same_site(tower_sessions::cookie::SameSite::Lax)
    .with_path("/")
}

fn lifetimes(state: &AppState) -> Lifetimes {
    let of = |time| TimeDelta::from_std(time).unwrap_or(PENDING);
    Lifetimes {
        pending: PENDING,
        idle: of(state.config.session.idle),
        absolute: of(state.config.session.absolute),
    }
}

/// The keeper.
#[derive(Clone)]
pub struct Sessions {
    services: Services,
    last: Lifetimes,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let op = self.services.system("session");
        while !session::create(&op, hash(record.id), data(record)?, self.last)
            .await
            .map_err(|error| backend(&error))?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let op = self.services.system("session");
        session::save(&op, hash(record.id), &data(record)?)
            .await
            .map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let op = self.services.system("session");
        let Some(kept) = session::load(&op, hash(*id), self.last)
            .await
            .map_err(|error| backend(&error))?
        else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_value(kept.data)
                .map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: time::OffsetDateTime::from_unix_timestamp(kept.expires_at.timestamp())
                .map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let op = self.services.system("session");
        session::remove(&op, hash(*id))
            .await
            .map_err(|error| backend(&error))
    }
}

fn hash(id: Id) -> [u8; 32] {
    Sha256::digest(id.0.to_be_bytes()).into()
}

fn data(record: &Record) -> Result<Value> {
    serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: &service::Error) -> Error {
    tracing::error!(error = ?error, "sessions cannot be kept");
    Error::Backend(error.to_string())
}
