//! `/healthz`: the process lives. `/readyz`: it can do its work. Open to anybody; they tell nothing else.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use serde_json::json;

use super::AppState;

/// Both checks.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let op = state.services.system("readyz");
    let (database, migrations) = service::health::readiness(&op)
        .await
        .map_or((false, false), |r| (r.database, r.migrations));
    let jobs = state.jobs.is_well();
    let status = if database && migrations && jobs {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(json!({ "database": database, "migrations": migrations, "jobs": jobs })),
    )
}
