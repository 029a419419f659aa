//! The feeds: `/events` (drain mode: a next link only while there is more to look through), `/logs` (the same rows, always
//! with a next link, in Okta's words unless asked otherwise), and `/findings` and `/activity` when they are read as feeds.
//!
//! Ordered by position; every committed row appears exactly once in that order; a page boundary never skips or repeats;
//! resuming by `since` gives duplicates only, never gaps, because `published` never goes back. Deduplicate on `id`.

mod answer;
mod consumers;
mod query;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use contract::feed::FeedStream;
use service::feed::{self, FeedAnswer, FeedPage};
use service::{Error, Op};

use super::list::{Pairs, bad_request};
use crate::http::{AppState, Operation, Problem};
pub use consumers::{Acknowledgement, ConsumerRow};
use query::Asked;
pub use query::{FILTERS, is_feed};

/// Longest that somebody waits for the next row when nobody rings: a ring may be lost.
const TICK: Duration = Duration::from_secs(2);
/// Of a request's time, what is left for answering it after waiting, or looking.
const SPARE: Duration = Duration::from_secs(5);

/// Longest that is looked on for a first row: many pollers give up after half a minute, and would begin at their old place.
const LOOKING: Duration = Duration::from_secs(25);

/// The routes, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/events", get(events))
        .route("/logs", get(logs))
        .merge(consumers::routes())
}

/// How a feed tells that it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// No next link when there is nothing more.
    Drain,
    /// Always a next link.
    Polling,
}

async fn events(
    State(state): State<AppState>,
    Operation(op): Operation,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    answer(&state, &op, &headers, pairs, FeedStream::Events, "/events").await
}

async fn logs(
    State(state): State<AppState>,
    Operation(op): Operation,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    answer(&state, &op, &headers, pairs, FeedStream::Events, "/logs").await
}

/// Answers a feed. `path` is relative to `/api/v1`.
///
/// # Errors
/// 400 for what cannot be read, 410 for what is gone; neither has a link.
pub async fn answer(
    state: &AppState,
    op: &Op,
    headers: &HeaderMap,
    pairs: Pairs,
    stream: FeedStream,
    path: &'static str,
) -> Result<Response, Problem> {
    // Who may not read learns nothing of what the parameters would have been.
    op.require(feed::access(stream))?;
    let asked = Asked::read(stream, path, pairs.0, headers)
        .map_err(|wrong| bad_request(Error::Invalid(vec![wrong])))?;
    if asked.everything {
        return match feed::export(op, &asked.query).await.map_err(bad_request)? {
            Ok(export) => Ok(answer::stream(asked.format, export)),
            Err(refused) => Err(refusal(refused)),
        };
    }
    if let Some(consumer) = asked.consumer.clone() {
        return consumers::take(op, &asked, &consumer).await;
    }
    let page = read(state, op, &asked).await?;
    let public = &op.settings().public_url;
    let response = answer::page(public, &asked, &page);
    Ok(if asked.knows(response.headers()) {
        answer::unchanged(response.headers()).into_response()
    } else {
        response
    })
}

/// Reads a page; while it is empty, on: at once where there is more to look through, and where the caller waits,
/// whenever something was published.
///
/// An empty page with a next link would be right in both modes, and readers that follow links (dlt, curl) would go on.
/// Others take any empty page for the end: Filebeat's httpjson, which then comes back to where its last row was and would
/// look through the same places for ever, and what polls Okta's log. So nobody gets one before the request's time is up,
/// when it is still better than the refusal that comes otherwise: whoever follows the link has come further.
async fn read(state: &AppState, op: &Op, asked: &Asked) -> Result<FeedPage, Problem> {
    let time = state.config.limits.request.saturating_sub(SPARE);
    let patience = asked.wait.min(time);
    let begun = tokio::time::Instant::now();
    let (until, end) = (begun + patience, begun + time.min(LOOKING));
    // Heard from before the first look, so that nothing comes between.
    let mut bell = if patience.is_zero() {
        None
    } else {
        Some(state.doorbell.listen().await?)
    };
    let mut query = asked.query.clone();
    loop {
        let page = match feed::read(op, &query).await.map_err(bad_request)? {
            FeedAnswer::Page(page) => page,
            refused @ FeedAnswer::Gone { .. } => return Err(refusal(refused)),
        };
        if !page.rows.is_empty() {
            return Ok(page);
        }
        let now = tokio::time::Instant::now();
        match &mut bell {
            _ if page.more && now < end => {}
            Some(bell) if !page.more && now < until => {
                let look = until.min(now + TICK);
                // Rung, or not in time: either way it is looked again.
                tokio::time::timeout_at(look, bell.changed()).await.ok();
            }
            _ => return Ok(page),
        }
        // Not through the same places again. A time that is yet to come has no place so far.
        if page.more || query.after.is_some() || query.since.is_none() {
            query.after = Some(page.cursor);
        }
    }
}

fn refusal(answer: FeedAnswer) -> Problem {
    let gone = Problem::new(
        StatusCode::GONE,
        "What this cursor points at is gone: the database was restored, or the rows are past their retention. \
         Start again at earliest_cursor; rows read before may come again, with the same ids.",
    );
    match answer {
        FeedAnswer::Gone { earliest } => gone.with("earliest_cursor", earliest),
        FeedAnswer::Page(_) => gone,
    }
}
