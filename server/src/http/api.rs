//! The JSON API: versions, and the token that opens them.

pub mod token;
pub mod v1;

use axum::Router;
use axum::middleware::from_fn_with_state;

use super::AppState;

/// Every version behind the token check.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .nest("/api/v1", v1::routes())
        .layer(from_fn_with_state(state.clone(), token::layer))
}
