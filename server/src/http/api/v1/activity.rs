//! `/api/v1/activity`: Rollcall's own record, newest first.

use app::pages::activity;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::access::Access;

use super::list::{Asked, Pairs};
use super::wire::Activity;
use crate::http::{AppState, Operation, Problem};

/// Names of the filter; the same as on the page.
pub const FILTER: &[&str] = &["q", "object", "action"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/activity", get(list))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewActivity)?;
    let asked = Asked::read(pairs)?;
    let filter = activity::filter(&asked.filter);
    let asked = asked.strictly(&activity::address(&filter), FILTER)?;
    let after = asked.cursor(|after| after.parse::<i64>().is_ok())?;
    let page = service::activity::rows(&op, &filter, after, asked.limit).await?;
    Ok(asked.answer::<_, Activity>(&op.settings().public_url, "/activity", page))
}
