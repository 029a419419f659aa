//! The events of the feed, as much of them as is judged.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contract::ids::{EventId, IdentityId};
use domain::event::Event;
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use super::Recent;
use crate::events::explore::joins;
use crate::events::{FIELDS, event};
use crate::feed::EVENTS;
use crate::{Conn, Result};

/// An event to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: EventId,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// Identity it resolved to.
    pub identity: Option<IdentityId>,
    /// What happened, with what joins it to others.
    pub event: Box<Event>,
}

/// A place of the feed, and whose it is.
type Place = (i64, EventId);

/// Events at the next `limit` places of the feed, in their order, and the last of these places (the one given when there
/// is none). What this process remembers is not read back. An event of a month that was dropped has nothing left to say.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn events(
    conn: &mut Conn,
    recent: &Recent,
    after: i64,
    limit: i64,
) -> Result<(i64, Vec<Told>)> {
    let places = places(conn, after, limit).await?;
    let to = places.last().map_or(after, |place| place.0);
    let mut told = recent.take(places.iter().map(|place| place.1));
    follow(conn, &mut told).await?;
    let mut missing = places.iter().zip(&told).filter(|(_, told)| told.is_none());
    if let Some(((first, _), _)) = missing.next() {
        let last = missing.next_back().map_or(*first, |((last, _), _)| *last);
        let mut read = read(conn, first - 1, last).await?;
        for ((_, id), told) in places.iter().zip(&mut told) {
            if told.is_none() {
                *told = read.remove(id);
            }
        }
    }
    Ok((to, told.into_iter().flatten().collect()))
}

async fn places(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Place>> {
    let rows = sqlx::query!(
        "SELECT position, event_id FROM feed WHERE position > $1 ORDER BY position LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.position, EventId(row.event_id)))
        .collect())
}

/// Events whose identity was joined with another since they were taken in are that one's, as in the database.
async fn follow(conn: &mut Conn, told: &mut [Option<Told>]) -> Result<()> {
    let mut ids: Vec<Uuid> = told.iter().flatten().filter_map(whose).collect();
    if ids.is_empty() {
        return Ok(());
    }
    ids.sort_unstable();
    ids.dedup();
    let joined = sqlx::query!(
        "SELECT from_id, into_id FROM identity_merges WHERE from_id = ANY($1)",
        &ids
    )
    .fetch_all(conn)
    .await?;
    let joined: HashMap<Uuid, Uuid> = joined
        .into_iter()
        .map(|row| (row.from_id, row.into_id))
        .collect();
    for told in told.iter_mut().flatten() {
        if let Some(into) = whose(told).and_then(|id| joined.get(&id)) {
            told.identity = Some(IdentityId(*into));
        }
    }
    Ok(())
}

fn whose(told: &Told) -> Option<Uuid> {
    told.identity.map(|id| id.0)
}

/// Reads the events after a place and up to another back.
async fn read(conn: &mut Conn, after: i64, to: i64) -> Result<HashMap<EventId, Told>> {
    // What joins an event is kept beside it; where it is older than that, its record tells.
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT e.id, e.received_at, e.identity_id, e.joins::text, CASE WHEN e.joins IS NULL THEN e.raw::text END, {FIELDS}
         {EVENTS} WHERE f.position > $1 AND f.position <= $2"
    )))
    .bind(after)
    .bind(to)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let received_at = row.try_get(1)?;
            let mut event = event(row, 5)?;
            event.joins = joins(event.format, row.try_get(3)?, row.try_get(4)?, received_at);
            let id = EventId(row.try_get(0)?);
            let told = Told {
                id,
                received_at,
                identity: row.try_get::<Option<Uuid>, _>(2)?.map(IdentityId),
                event: Box::new(event),
            };
            Ok((id, told))
        })
        .collect()
}
