//! The explorer's live tail: events as the feed publishes them, as server-sent events. `looks` says how often the feed
//! is looked at on this connection.

use std::convert::Infallible;
use std::time::Duration;

use app::format;
use app::paths;
use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use contract::events::{EventFilter, EventRow};
use futures::Stream;
use futures::stream::unfold;
use serde_json::json;
use service::{Op, events};

use super::{AppState, Operation, Problem};

/// How often the feed is looked at.
const TICK: Duration = Duration::from_secs(2);
/// Looks of one connection: the browser comes again by itself, and is asked again who it is.
const TICKS: u32 = 150;

/// The tail.
pub fn routes() -> Router<AppState> {
    Router::new().route("/events/tail", get(tail))
}

/// What a connection goes on from.
struct Rest {
    op: Op,
    filter: EventFilter,
    position: i64,
    ticks: u32,
}

async fn tail(
    Operation(op): Operation,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let looks = pairs
        .iter()
        .find(|(name, _)| name == "looks")
        .and_then(|(_, word)| word.parse::<u32>().ok())
        .map_or(TICKS, |looks| looks.min(TICKS));
    let (filter, _) = app::pages::events::filter(&pairs.into_iter().collect());
    // Asked before the status is sent, so that a refusal is a refusal.
    let newest = events::newest(&op).await?;
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let rest = Rest {
        op,
        filter,
        position: seen.unwrap_or(newest).min(newest),
        ticks: TICKS - looks,
    };
    let told = unfold(rest, |mut rest| async {
        loop {
            if rest.ticks >= TICKS {
                return None;
            }
            rest.ticks += 1;
            tokio::time::sleep(TICK).await;
            let told = events::told_since(&rest.op, &rest.filter, rest.position)
                .await
                .ok()?;
            rest.position = told.position;
            if !told.rows.is_empty() {
                let event = event(&told.rows, rest.position);
                return Some((Ok(event), rest));
            }
        }
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

fn event(rows: &[EventRow], position: i64) -> Event {
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let who = row.identity.as_ref().map(|(_, name)| name.clone());
            json!({
                "href": paths::event(row.id),
                "at": row.occurred_at,
                "clock": format::clock(row.occurred_at),
                "sentence": row.sentence,
                "who": who.or_else(|| row.actor.clone()),
                "outcome": row.outcome.label(),
            })
        })
        .collect();
    Event::default()
        .event("events")
        .id(position.to_string())
        .retry(TICK)
        .data(json!(told).to_string())
}
