//! `/healthz`: the process lives. `/readyz`: it can do its work. Open to anybody; they tell nothing else.
//!
//! `/readyz` answers 200, or 503 when the database does not answer, a migration is missing, a continuous job of this
//! process (the sequencer) keeps ending, or the feed is stalled. Its body says which:
//!
//! ```json
//! {"database": true, "migrations": true, "jobs": true,
//!  "sequencer": true, "feed": {"pace": "well", "waiting": 0, "oldest_seconds": 0}}
//! ```
//!
//! `feed.waiting` counts events received and not yet placed (up to 100,000), `oldest_seconds` is how long the first of
//! them has waited. `pace` is `well` below 60 s, `behind` to 300 s (still 200: pages and ingest work, nothing is lost),
//! `stalled` above (503: no sequencer of any process does its work). `feed` is null when the database does not answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use serde_json::json;
use service::feed::Pace;

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
    let lag = if migrations {
        service::feed::lag(&op).await.ok()
    } else {
        None
    };
    let stalled = lag.is_none_or(|lag| lag.pace == Pace::Stalled);
    let jobs = state.jobs.is_well();
    let status = if database && migrations && jobs && !stalled {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let feed = lag.map(|lag| {
        json!({
            "pace": lag.pace.as_str(),
            "waiting": lag.waiting,
            "oldest_seconds": lag.oldest.num_seconds(),
        })
    });
    (
        status,
        Json(json!({
            "database": database, "migrations": migrations, "jobs": jobs,
            "sequencer": state.jobs.is_well_of("sequencer"), "feed": feed,
        })),
    )
}
