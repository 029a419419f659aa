//! The pages and their server functions, rendered by `app`, and the built browser files.

use axum::Router;
use leptos::context::provide_context;
use leptos_axum::{LeptosRoutes as _, generate_route_list};

use super::AppState;

/// Pages, server functions, files; the fallback is the application's own page for unknown addresses.
pub fn routes(state: &AppState) -> Router<AppState> {
    let listing = generate_route_list(app::App);
    let options = state.leptos.clone();
    let services = state.services.clone();
    Router::new().leptos_routes_with_context(
        state,
        listing,
        move || provide_context(services.clone()),
        move || app::shell::shell(options.clone()),
    )
}
