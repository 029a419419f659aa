//! The JSON API: versions, and the token that opens them.

mod idempotency;
mod precondition;
pub mod rate;
mod text;
pub mod token;
pub mod v1;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::limit::RequestBodyLimitLayer;

use super::problem::usual;
use super::{AppState, Problem};

/// Every version behind the token check.
pub fn routes(state: &AppState) -> Router<AppState> {
    behind(state, v1::routes().fallback(unknown))
}

/// What takes files, which are longer than a form and longer on their way.
pub fn uploads(state: &AppState) -> Router<AppState> {
    behind(state, v1::uploads())
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(state.config.limits.import_bytes))
}

fn behind(state: &AppState, routes: Router<AppState>) -> Router<AppState> {
    let reads = precondition::Reads(v1::routes().with_state(state.clone()));
    Router::new()
        .nest("/api/v1", routes)
        .layer(from_fn_with_state(reads, precondition::layer))
        .layer(from_fn(text::layer))
        .layer(from_fn_with_state(state.clone(), idempotency::layer))
        .layer(from_fn_with_state(state.clone(), token::layer))
}

/// An address of the API nobody knows: still behind the token check, and still a problem a machine reads.
async fn unknown() -> Problem {
    usual(StatusCode::NOT_FOUND)
}
