//! `/api/v1/findings`: what the rules found, as machines read it; with `order=published` or any other parameter of a
//! feed, the feed of what became of them.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::ids::FindingId;
use domain::access::Access;
use serde::Serialize;
use service::findings;
use utoipa::ToSchema;

use super::feed;
use super::list::{Asked, Fields, Pairs, wrong};
use super::wire::Finding;
use crate::http::{AppState, Operation, Problem};
use contract::feed::FeedStream;

/// Names of the filter; the same as on the page. Without `state`: open and acknowledged, as there.
pub const FILTER: &[&str] = &["q", "severity", "state", "rule", "class", "team", "age"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/findings", get(list))
        .route("/findings/{id}", get(view))
        .route("/findings/{id}/activity", get(deeds))
}

/// What somebody did with a finding.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingDeed {
    /// When.
    at: DateTime<Utc>,
    /// Who, by name.
    by: String,
    /// What, in a sentence.
    summary: String,
}

impl From<(DateTime<Utc>, String, String)> for FindingDeed {
    fn from((at, by, summary): (DateTime<Utc>, String, String)) -> Self {
        Self { at, by, summary }
    }
}

async fn list(
    State(state): State<AppState>,
    Operation(op): Operation,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    if feed::is_feed(&pairs.0, &headers) {
        return feed::answer(
            &state,
            &op,
            &headers,
            pairs,
            FeedStream::Findings,
            "/findings",
        )
        .await;
    }
    op.require(Access::ViewFindings)?;
    let asked = Asked::read(pairs)?;
    let filter = app::pages::findings::filter(&asked.filter);
    let asked = asked.strictly(&app::pages::findings::list_address(&filter), FILTER)?;
    let after = asked.cursor(findings::is_cursor)?;
    let page = findings::rows(&op, &filter, after, asked.limit).await?;
    asked.answer::<_, Finding>(&op.settings().public_url, "/findings", page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewFindings)?;
    let id: FindingId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of a finding"))?;
    fields.of(Finding::from(findings::view(&op, id).await?))
}

async fn deeds(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // It names people of everybody.
    op.require(Access::ViewPeople)?;
    let id: FindingId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of a finding"))?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, FindingDeed>(findings::deeds(&op, id).await?)
}
