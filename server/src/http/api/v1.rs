//! Version 1. One file per area; a handler opens the operation, calls the service, answers in its own wire
//! structs.

pub mod events;

use axum::Router;

use crate::http::AppState;

/// Every route of version 1, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().merge(events::routes())
}
