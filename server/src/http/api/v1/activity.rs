//! `/api/v1/activity`: Rollcall's own record, newest first; with `order=published` or any other parameter of a feed,
//! oldest first and as a feed.

use app::pages::activity;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use domain::access::Access;

use super::feed;
use super::list::{Asked, Pairs};
use super::wire::Activity;
use crate::http::{AppState, Operation, Problem};
use contract::feed::FeedStream;

/// Names of the filter; the same as on the page.
pub const FILTER: &[&str] = &["q", "object", "action"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/activity", get(list))
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
            FeedStream::Activity,
            "/activity",
        )
        .await;
    }
    op.require(Access::ViewActivity)?;
    let asked = Asked::read(pairs)?;
    let filter = activity::filter(&asked.filter);
    let asked = asked.strictly(&activity::address(&filter), FILTER)?;
    let after = asked.cursor(|after| after.parse::<i64>().is_ok())?;
    let page = service::activity::rows(&op, &filter, after, asked.limit).await?;
    asked.answer::<_, Activity>(&op.settings().public_url, "/activity", page)
}
