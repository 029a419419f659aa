//! `/api/v1/runners`: machines that ran jobs, as events tell of them and lists name them.

use app::query::Address;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::identities::Platform;
use contract::runners::{RunnerKind, RunnerRow};
use domain::access::Access;
use serde::Serialize;
use service::runners;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Asked, Pairs};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Names of the filter; the same as on the page.
pub const FILTER: &[&str] = &["q", "kind"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/runners", get(list))
}

/// A machine that ran jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Runner {
    /// Platform whose jobs it runs.
    #[schema(schema_with = words::platform)]
    platform: Platform,
    /// Organisation or group it serves.
    owner: String,
    /// Its name; of the platform's own, what a job asks for.
    name: String,
    /// What sort of machine it is.
    #[schema(schema_with = words::runner_kind)]
    kind: RunnerKind,
    /// Group it belongs to; empty when not told.
    group: String,
    /// Labels a job asks for it by.
    labels: Vec<String>,
    /// Repositories it served, latest first, at most five.
    repositories: Vec<String>,
    /// How many it served.
    repository_count: i64,
    /// Different runs it served.
    runs: i64,
    /// First seen.
    first_seen_at: DateTime<Utc>,
    /// Last seen; of one nobody has seen, when it was first listed.
    last_seen_at: DateTime<Utc>,
    /// Whether anybody has seen it.
    seen: bool,
    /// The last event that tells of it.
    event_id: Option<Uuid>,
    /// When a list last named it.
    listed_at: Option<DateTime<Utc>>,
    /// Whether it was there then.
    online: Option<bool>,
}

impl From<RunnerRow> for Runner {
    fn from(row: RunnerRow) -> Self {
        Self {
            platform: row.platform,
            owner: row.owner,
            name: row.name,
            kind: row.kind,
            group: row.group,
            labels: row.labels,
            repositories: row.repositories,
            repository_count: row.repository_count,
            runs: row.runs,
            first_seen_at: row.first_seen,
            last_seen_at: row.last_seen,
            seen: row.seen,
            event_id: row.event.map(|event| event.0),
            listed_at: row.listed_at,
            online: row.online,
        }
    }
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // They serve repositories of everybody.
    op.require(Access::ViewPeople)?;
    let asked = Asked::read(pairs)?;
    let q = asked.words("q").into_iter().next().unwrap_or_default();
    let kinds = asked.words("kind");
    let kind: Option<RunnerKind> = kinds.first().and_then(|word| word.parse().ok());
    let mut understood = Address::new("/runners").with("q", &q);
    if let Some(kind) = kind {
        understood = understood.with("kind", kind);
    }
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(runners::is_cursor)?;
    let page = runners::rows(&op, &q, kind, after, asked.limit).await?;
    asked.answer::<_, Runner>(&op.settings().public_url, "/runners", page)
}
