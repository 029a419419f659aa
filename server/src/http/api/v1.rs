//! Version 1. One file per area; a handler opens the operation, calls the service, answers in its own wire
//! structs. Every route has its line in [`spec::ROUTES`], from which the OpenAPI document is written.

mod activity;
mod body;
mod campaign_answers;
mod campaign_changes;
mod campaign_preview;
mod campaign_templates;
mod campaign_watch;
mod campaigns;
mod changes;
mod destinations;
mod discovered;
mod events;
mod feed;
mod findings;
mod holdings;
mod imports;
mod inventory;
mod list;
mod notice_rules;
mod policies;
mod repositories;
mod runners;
mod sign_in;
mod sources;
pub mod spec;
mod stories;
mod tasks;
mod tokens;
mod trust;
mod trust_reality;
mod trust_tests;
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
        .merge(events::routes())
        .merge(feed::routes())
        .merge(findings::routes())
        .merge(inventory::routes())
        .merge(campaign_answers::routes())
        .merge(campaign_changes::routes())
        .merge(campaign_preview::routes())
        .merge(campaign_templates::routes())
        .merge(campaign_watch::routes())
        .merge(changes::routes())
        .merge(holdings::routes())
        .merge(imports::routes())
        .merge(notice_rules::routes())
        .merge(policies::routes())
        .merge(repositories::routes())
        .merge(runners::routes())
        .merge(stories::routes())
        .merge(tasks::routes())
        .merge(destinations::routes())
        .merge(discovered::routes())
        .merge(sign_in::routes())
        .merge(sources::routes())
        .merge(tokens::routes())
        .merge(workload_rules::routes())
        .merge(spec::routes())
        .merge(trust::routes())
        .merge(trust_reality::routes())
        .merge(trust_tests::routes())
}

/// Routes that take a file, relative to `/api/v1`: with their own limits of length and time.
pub fn uploads() -> Router<AppState> {
    imports::uploads().merge(repositories::uploads())
}
