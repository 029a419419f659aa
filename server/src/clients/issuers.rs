//! Issuers of tokens that deliver events: their keys, asked for over TLS, believed for an hour, and asked for again when
//! a signature fits none, at most every 30 seconds, so that tokens with made-up key ids cannot make us ask all day.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::delivery::jwt::{self, Untrusted};
use openidconnect::JsonWebKeySetUrl;
use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;
use service::ports::{Asked, Believed, Issuers};
use tokio::sync::Mutex;

use super::oidc::{Failure, Fetch};

/// How long keys are believed.
const BELIEVED: Duration = Duration::from_hours(1);
/// How old they must be before they are asked for again, whether the last time brought some or not.
const AGAIN: Duration = Duration::from_secs(30);

/// The keys of one issuer as they were asked for last.
struct Known {
    asked: Instant,
    keys: Result<Arc<CoreJsonWebKeySet>, String>,
}

/// Every issuer that a source names.
pub struct Keys {
    tls: Fetch,
    plain: Fetch,
    known: Mutex<HashMap<String, Arc<Mutex<Option<Known>>>>>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Keys {
    /// Prepares; nobody is asked before the first token.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self {
            tls: Fetch::new(false)?,
            plain: Fetch::new(true)?,
            known: Mutex::default(),
        })
    }

    async fn of(&self, issuer: &str, most: Duration) -> Result<Arc<CoreJsonWebKeySet>, String> {
        let slot = {
            let mut known = self.known.lock().await;
            known.entry(issuer.to_owned()).or_default().clone()
        };
        // One asks, the others of this issuer wait for the answer.
        let mut slot = slot.lock().await;
        if let Some(known) = slot.as_ref() {
            let most = if known.keys.is_ok() { most } else { AGAIN };
            if known.asked.elapsed() < most {
                return known.keys.clone();
            }
        }
        let keys = self.ask(issuer).await.map(Arc::new);
        if let Err(error) = &keys {
            tracing::warn!(issuer, error, "the keys of an issuer could not be had");
        }
        *slot = Some(Known {
            asked: Instant::now(),
            keys: keys.clone(),
        });
        keys
    }

    /// Asks for the discovery document, then for the keys it names. CI issuers have no other addresses, so this reads
    /// no more of it. <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig>
    async fn ask(&self, issuer: &str) -> Result<CoreJsonWebKeySet, String> {
        let fetch = if issuer.starts_with("http://") {
            &self.plain
        } else {
            &self.tls
        };
        let client = fetch.client();
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let request = http::Request::get(address)
            .body(Vec::new())
            .map_err(|error| error.to_string())?;
        let answer = client(request).await.map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("the discovery address answers {}", answer.status()));
        }
        let found: Discovery = serde_json::from_slice(answer.body())
            .map_err(|error| format!("the discovery document cannot be read: {error}"))?;
        if found.issuer != issuer {
            return Err("the discovery document names another issuer".to_owned());
        }
        let address = JsonWebKeySetUrl::new(found.jwks_uri).map_err(|error| error.to_string())?;
        CoreJsonWebKeySet::fetch_async(&address, &client)
            .await
            .map_err(|error| error.to_string())
    }
}

impl Issuers for Keys {
    fn claims<'a>(&'a self, asked: Asked<'a>) -> Believed<'a> {
        Box::pin(async move {
            let Asked {
                token,
                issuer,
                audience,
                now,
            } = asked;
            let judge = |keys: &CoreJsonWebKeySet| jwt::verify(token, keys, issuer, audience, now);
            let keys = self.of(issuer, BELIEVED).await?;
            match judge(&keys) {
                // The issuer may have changed its keys since we asked.
                Err(Untrusted::Signature) => {
                    let keys = self.of(issuer, AGAIN).await?;
                    judge(&keys)
                }
                judged => judged,
            }
            .map_err(|error| error.to_string())
        })
    }
}
