//! The whole router: each area's routes, and the layers around them.

use axum::Router;

use super::{AppState, files, health, pages};

/// Every route with every layer, ready to serve.
pub fn build(state: AppState) -> Router {
    Router::new()
        .merge(health::routes())
        .merge(pages::routes(&state))
        .merge(files::routes(&state))
        .with_state(state)
}
