//! Version 1. One file per area; a handler opens the operation, calls the service, answers in its own wire
//! structs. Every route has its line in [`spec::ROUTES`], from which the OpenAPI document is written.

mod activity;
mod body;
mod campaign_changes;
mod campaigns;
mod changes;
mod destinations;
mod discovered;
mod feed;
mod findings;
mod holdings;
mod imports;
mod inventory;
mod list;
mod policies;
mod repositories;
mod sign_in;
mod sources;
pub mod spec;
mod tasks;
mod tokens;
mod trust;
mod wire;
mod workload_rules;

use axum::Router;
pub use list::wrong as bad_field;

use crate::http::AppState;

/// Every route of version 1, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(activity::routes())
        .merge(campaigns::routes())
        .merge(feed::routes())
        .merge(findings::routes())
        .merge(inventory::routes())
        .merge(campaign_changes::routes())
        .merge(changes::routes())
        .merge(holdings::routes())
        .merge(imports::routes())
        .merge(policies::routes())
        .merge(repositories::routes())
        .merge(tasks::routes())
        .merge(destinations::routes())
        .merge(discovered::routes())
        .merge(sign_in::routes())
        .merge(sources::routes())
        .merge(tokens::routes())
        .merge(workload_rules::routes())
        .merge(spec::routes())
        .merge(trust::routes())
}

/// Routes that take a file, relative to `/api/v1`: with their own limits of length and time.
pub fn uploads() -> Router<AppState> {
    imports::uploads().merge(repositories::uploads())
}
