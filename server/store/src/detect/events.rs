//! The events of the feed, as much of them as is judged.

use chrono::{DateTime, Utc};
use contract::ids::{EventId, IdentityId};
use domain::event::Event;
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

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
    pub event: Event,
}

/// Events of the feed after a place and up to another, in the order of the feed. An event of a month that was dropped
/// has nothing left to say.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn events(conn: &mut Conn, after: i64, to: i64) -> Result<Vec<Told>> {
    // What joins an event is kept beside it; where it is older than that, its record tells.
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT e.id, e.received_at, e.identity_id, e.joins::text, CASE WHEN e.joins IS NULL THEN e.raw::text END, {FIELDS}
         {EVENTS} WHERE f.position > $1 AND f.position <= $2 ORDER BY f.position"
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
            Ok(Told {
                id: EventId(row.try_get(0)?),
                received_at,
                identity: row.try_get::<Option<Uuid>, _>(2)?.map(IdentityId),
                event,
            })
        })
        .collect()
}
