//! Taking a delivery in: keys first (what is new?), then rows, then counts. All in the caller's transaction.
//!
//! Locks are always taken in the same order (keys by vendor id, then the rest), so that the same batch sent twice at
//! once waits for itself and never deadlocks.

mod few;
mod keys;
mod many;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::events::IngestReceipt;
use contract::ids::{EventId, IdentityId, SourceId};
use domain::event::Event;
use uuid::Uuid;

use crate::copy::MANY;
use crate::{Result, Tx};
pub use keys::claim as claim_keys;

/// An event about to be kept.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: EventId,
    /// What was read from it.
    pub event: &'a Event,
    /// The redacted record, JSON text.
    pub raw: &'a str,
    /// What joins it to others, JSON text ([`domain::event::Joins::kept`]).
    pub joins: &'a str,
    /// Digest for the feed's chain.
    pub digest: [u8; 32],
    /// Whom it resolved to, with the selector that matched: kind, issuer, value.
    pub identity: Option<(IdentityId, Arc<[String; 3]>)>,
}

/// A record about to be quarantined.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// Id of the row.
    pub id: Uuid,
    /// Zero-based place in the delivery.
    pub index: i32,
    /// Why it was not taken.
    pub reason: String,
    /// The record as received, redacted and cut.
    pub raw: String,
}

/// Inserts new events and enqueues each for the feed.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    batch: &[NewEvent<'_>],
) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    if batch.len() < MANY {
        few::insert(tx, source, received_at, batch).await?;
    } else {
        many::insert(tx, source, received_at, batch).await?;
    }
    for part in batch.chunks(QUEUED) {
        enqueue(tx, source, part).await?;
    }
    Ok(())
}

/// Most events that wait for their places in one row of the queue.
const QUEUED: usize = 2_000;

/// Lets events wait for their places, all of them in one row: a row each, written, indexed and deleted, cost more
/// than their places do.
async fn enqueue(tx: &mut Tx, source: SourceId, part: &[NewEvent<'_>]) -> Result<()> {
    let ids: Vec<Uuid> = part.iter().map(|new| new.id.0).collect();
    let times: Vec<DateTime<Utc>> = part.iter().map(|new| new.event.occurred_at).collect();
    let digests: Vec<u8> = part.iter().flat_map(|new| new.digest).collect();
    sqlx::query!(
        "INSERT INTO feed_queue (source_id, events, event_ids, times, digests, first_at, last_at)
         SELECT $1, $2, $3, $4, $5, min(at), max(at) FROM UNNEST($4::timestamptz[]) AS at",
        source.0,
        i32::try_from(part.len()).unwrap_or(i32::MAX),
        &ids,
        &times,
        digests
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps records that could not be taken.
///
/// # Errors
/// When the database refuses.
pub async fn quarantine(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    rows: &[Quarantined],
) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let places: Vec<i32> = rows.iter().map(|row| row.index).collect();
    let reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
    let raws: Vec<&str> = rows.iter().map(|row| row.raw.as_str()).collect();
    sqlx::query!(
        "INSERT INTO quarantine (source_id, received_at, id, index, reason, raw)
         SELECT $1, $2, * FROM UNNEST($3::uuid[], $4::int[], $5::text[], $6::text[])",
        source.0,
        received_at,
        &ids,
        &places,
        &reasons as _,
        &raws as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds a delivery to its source's counts. Locks the source's row until commit: call it last.
///
/// # Errors
/// When the database refuses.
pub async fn note_delivery(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    newest: Option<DateTime<Utc>>,
    receipt: &IngestReceipt,
) -> Result<()> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (accepted, duplicates, rejected) = (
        count(receipt.accepted),
        count(receipt.duplicates),
        count(receipt.rejected.len()),
    );
    sqlx::query!(
        "INSERT INTO source_days AS d (source_id, day, deliveries, accepted, duplicates, rejected)
         VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, 1, $3, $4, $5)
         ON CONFLICT (source_id, day) DO UPDATE SET deliveries = d.deliveries + 1,
             accepted = d.accepted + EXCLUDED.accepted, duplicates = d.duplicates + EXCLUDED.duplicates, rejected = d.rejected + EXCLUDED.rejected",
        source.0,
        received_at,
        accepted,
        duplicates,
        rejected
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE sources SET accepted = accepted + $2, duplicates = duplicates + $3, rejected = rejected + $4,
             last_event_at = GREATEST(last_event_at, $5), last_received_at = GREATEST(last_received_at, $6)
         WHERE id = $1",
        source.0,
        accepted,
        duplicates,
        rejected,
        newest,
        received_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
