//! What waits for its place: a row is a delivery, or a part of a long one, with its events in their order.

use chrono::{DateTime, Utc};
use domain::event::chain::DIGEST;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// Events taken from the queue, in the order in which they get their places: of each, what stands at its place in every
/// list.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Ids.
    pub events: Vec<Uuid>,
    /// Sources.
    pub sources: Vec<Uuid>,
    /// When they happened.
    pub times: Vec<DateTime<Utc>>,
    /// Digests, for the chain.
    pub digests: Vec<[u8; DIGEST]>,
}

/// Takes rows from the front of the queue until they hold `limit` events; the last may go beyond it.
///
/// # Errors
/// When the database refuses, or a row does not say as much of each of its events.
pub(super) async fn take(tx: &mut Tx, limit: i64) -> Result<Taken> {
    let mut rows = sqlx::query!(
        "DELETE FROM feed_queue WHERE id IN (
             SELECT id FROM (SELECT id, sum(events) OVER (ORDER BY id) - events AS before
                             FROM (SELECT id, events FROM feed_queue ORDER BY id LIMIT $1) front) q
             WHERE before < $1)
         RETURNING id, source_id, event_ids, times, digests",
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.sort_unstable_by_key(|row| row.id);
    let mut taken = Taken::default();
    for row in rows {
        let (digests, rest) = row.digests.as_chunks::<DIGEST>();
        let count = row.event_ids.len();
        if digests.len() != count || row.times.len() != count || !rest.is_empty() {
            return Err(Error::Unreadable(format!("feed_queue {}", row.id)));
        }
        taken
            .sources
            .extend(std::iter::repeat_n(row.source_id, count));
        taken.events.extend(row.event_ids);
        taken.times.extend(row.times);
        taken.digests.extend_from_slice(digests);
    }
    Ok(taken)
}
