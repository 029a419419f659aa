//! The pages and their server functions, rendered by `app`.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use leptos::context::{provide_context, use_context};
use leptos::nonce::use_nonce;
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};
use service::Services;

use super::middleware::actor::signed_in;
use super::middleware::headers::page_policy;
use super::{AppState, postback};

/// Pages and server functions. Somebody not signed in is sent to the sign-in page before anything is drawn.
pub fn routes(state: &AppState) -> Router<AppState> {
    let listing = generate_route_list(app::App);
    let options = state.leptos.clone();
    let services = state.services.clone();
    let pages: Router<AppState> = Router::new()
        .leptos_routes_with_context(
            state,
            listing,
            move || context(&services),
            move || app::shell::shell(options.clone()),
        )
        .route_layer(from_fn(signed_in));
    let within = pages.clone().with_state(state.clone());
    pages.route_layer(from_fn(move |request, next| {
        postback::layer(within.clone(), request, next)
    }))
}

/// What pages and server functions find in their context; and the page's policy with its nonce.
pub(super) fn context(services: &Services) {
    provide_context(services.clone());
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
