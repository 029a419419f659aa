//! The whole router: each area's routes, and the layers around them.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::middleware::{actor, headers, problems, request_id, same_origin};
use super::{AppState, api, auth, evidence, exports, files, health, ingest, pages};

/// Every route with every layer, ready to serve.
pub fn build(state: AppState) -> Router {
    let limits = state.config.limits;
    // Doors a cookie opens.
    let people = Router::new()
        .merge(auth::routes())
        .merge(evidence::routes())
        .merge(exports::routes())
        .merge(pages::routes(&state))
        .merge(files::routes(&state))
        .layer(from_fn_with_state(state.clone(), actor::layer))
        .layer(auth::store::layer(&state))
        .layer(from_fn_with_state(state.clone(), same_origin::layer))
        .layer(RequestBodyLimitLayer::new(limits.form_bytes));
    // Doors a token opens.
    let machines = Router::new()
        .merge(api::routes(&state))
        .layer(RequestBodyLimitLayer::new(limits.form_bytes))
        .merge(ingest::routes(&state));
    Router::new()
        .merge(health::routes())
        .merge(machines)
        .merge(people)
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.request,
        ))
        .layer(from_fn(problems::layer))
        .layer(from_fn_with_state(state.clone(), headers::layer))
        .layer(from_fn_with_state(state.clone(), request_id::layer))
        .with_state(state)
}
