//! The log: one structured line where something is handled, on standard error. Never a secret, token,
//! cookie or raw header.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{Config, LogFormat};

/// Starts the log. A second start in one process (tests) changes nothing.
pub fn start(config: &Config) {
    let filter: Targets = config.log_filter.parse().unwrap_or_default();
    // The session layer warns of every stale cookie; that is a visitor who came back, not an attack.
    let filter = filter.with_target("tower_sessions_core", tracing::Level::ERROR);
    let base = fmt::layer().with_writer(std::io::stderr);
    let layer = match config.log_format {
        LogFormat::Text => base.with_target(true).boxed(),
        LogFormat::Json => base.json().flatten_event(true).boxed(),
    };
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
}
