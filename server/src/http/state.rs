//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Services;

use crate::config::Config;
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
}

impl AppState {
    /// Puts the state together.
    pub fn new(services: Services, config: Arc<Config>, jobs: jobs::Status) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("rollcall")
            .site_root(config.site_dir.to_string_lossy().into_owned())
            .site_pkg_dir("pkg")
            .site_addr(config.listen)
            .env(leptos::config::Env::PROD)
            .build();
        Self {
            services,
            leptos,
            config,
            jobs,
        }
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
