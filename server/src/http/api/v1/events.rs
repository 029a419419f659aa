//! `GET /api/v1/events`: the feed, page by page, in drain mode (RFC 8288 links; a bare array).
//!
//! Ordered by position; every committed event appears exactly once; a page boundary never skips or repeats.

mod query;
mod wire;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use service::feed::{self, FeedAnswer, FeedPage};
use service::{Error, Op};

use super::list::bad_request;
use crate::http::{AppState, Operation, Problem};
use query::Asked;

/// The one route, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/events", get(list))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    // Who may not read learns nothing of what the parameters would have been.
    op.require(domain::access::Access::ReadFeed)
        .map_err(Problem::from)?;
    let asked = Asked::read(pairs).map_err(|wrong| bad_request(Error::Invalid(vec![wrong])))?;
    match feed::read(&op, &asked.query).await.map_err(bad_request)? {
        FeedAnswer::Page(page) => Ok(answer(&op, &asked, page)),
        FeedAnswer::Gone { earliest } => Err(Problem::new(
            StatusCode::GONE,
            "What this cursor points at is gone: the database was restored, or the events are past their retention. \
             Start again at earliest_cursor; events read before may come again, with the same ids.",
        )
        .with("earliest_cursor", earliest)),
    }
}

fn answer(op: &Op, asked: &Asked, page: FeedPage) -> Response {
    let base = &op.settings().public_url;
    let mut headers = HeaderMap::new();
    let next = page
        .more
        .then(|| format!("<{}>; rel=\"next\"", asked.url(base, Some(&page.cursor))));
    for link in next
        .into_iter()
        .chain([format!("<{}>; rel=\"self\"", asked.url(base, None))])
    {
        if let Ok(value) = HeaderValue::from_str(&link) {
            headers.append(header::LINK, value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&page.cursor) {
        headers.insert(HeaderName::from_static("x-next-cursor"), value);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    let rows: Vec<_> = page.rows.into_iter().map(wire::event).collect();
    (headers, Json(rows)).into_response()
}
