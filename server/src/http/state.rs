//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Services;

use crate::clients::issuers::Keys;
use crate::clients::oidc::{Failure, Provider};
use crate::config::Config;
use crate::http::api::rate::Rate;
use crate::http::doorbell::Doorbell;
use crate::http::ingest::Gate;
use crate::jobs;

/// Made once at start, cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What operations stand on.
    pub services: Services,
    /// Where the browser files are and what they are called.
    pub leptos: LeptosOptions,
    /// The configuration.
    pub config: Arc<Config>,
    /// Whether the jobs of this process run well.
    pub jobs: jobs::Status,
    /// The identity provider, where one is configured.
    pub oidc: Option<Arc<Provider>>,
    /// Keys of the issuers whose tokens deliver events.
    pub issuers: Arc<Keys>,
    /// How often tokens may ask.
    pub rate: Rate,
    /// Wakes requests that wait for a feed.
    pub doorbell: Doorbell,
    /// How many deliveries may be under way.
    pub gate: Gate,
}

impl AppState {
    /// Puts the state together.
    ///
    /// # Errors
    /// When TLS to identity providers cannot be set up on this machine.
    pub fn new(
        services: Services,
        config: Arc<Config>,
        jobs: jobs::Status,
    ) -> Result<Self, Failure> {
        let oidc = config
            .oidc
            .clone()
            .map(|oidc| Provider::new(oidc, &config.public_url.origin()))
            .transpose()?;
        let leptos = LeptosOptions::builder()
            .output_name("rollcall")
            .site_root(config.site_dir.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .site_addr(config.listen)
            .env(leptos::config::Env::PROD)
            .build();
        Ok(Self {
            rate: Rate::per_minute(config.limits.api_per_minute),
            doorbell: Doorbell::new(services.clone()),
            gate: Gate::new(config.limits.ingest_bytes),
            services,
            leptos,
            config,
            jobs,
            oidc: oidc.map(Arc::new),
            issuers: Arc::new(Keys::new()?),
        })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Self {
        state.services.clone()
    }
}
