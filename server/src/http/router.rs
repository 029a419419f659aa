//! The whole router: each area's routes, and the layers around them.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::middleware::{actor, headers, problems, request_id, same_origin};
use super::{
    AppState, api, auth, evidence, exports, files, health, imports, ingest, pages, pipelines, tail,
};

/// Time for a long file to arrive over a slow line.
const UPLOAD: Duration = Duration::from_mins(15);

/// Every route with every layer, ready to serve.
pub fn build(state: AppState) -> Router {
    let limits = state.config.limits;
    let people = Router::new()
        .merge(auth::routes())
        .merge(evidence::routes())
        .merge(exports::routes())
        .merge(tail::routes())
        .merge(pages::routes(&state))
        .merge(files::routes(&state));
    let people = with_cookie(people, &state).layer(RequestBodyLimitLayer::new(limits.form_bytes));
    // Doors a token opens.
    let machines = Router::new()
        .merge(api::routes(&state))
        .layer(RequestBodyLimitLayer::new(limits.form_bytes))
        .merge(ingest::routes());
    // Their own limits: what they take is longer than a form.
    let uploads = with_cookie(imports::routes().merge(pipelines::routes()), &state)
        .merge(api::uploads(&state));
    Router::new()
        .merge(health::routes())
        .merge(machines)
        .merge(people)
        .layer(timeout(limits.request))
        .merge(uploads.layer(timeout(UPLOAD)))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(problems::layer))
        .layer(from_fn_with_state(state.clone(), headers::layer))
        .layer(from_fn_with_state(state.clone(), request_id::layer))
        .with_state(state)
}

/// Doors a cookie opens.
fn with_cookie(doors: Router<AppState>, state: &AppState) -> Router<AppState> {
    doors
        .layer(from_fn_with_state(state.clone(), actor::layer))
        .layer(auth::store::layer(state))
        .layer(from_fn_with_state(state.clone(), same_origin::layer))
}

fn timeout(time: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time)
}
