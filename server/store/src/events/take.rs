//! Taking a delivery in: keys first (what is new?), then rows, then counts. All in the caller's transaction.
//!
//! Locks are always taken in the same order (keys by vendor id, then the rest), so that the same batch sent twice at
//! once waits for itself and never deadlocks.

mod few;
mod many;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::events::IngestReceipt;
use contract::ids::{EventId, IdentityId, SourceId};
use domain::event::Event;
use uuid::Uuid;

use crate::{Result, Tx};

/// An event about to be kept.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: EventId,
    /// What was read from it.
    pub event: &'a Event,
    /// The redacted record, JSON text.
    pub raw: &'a str,
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

/// Claims vendor ids for a source and returns those that are new. The ids must not repeat.
///
/// # Errors
/// When the database refuses.
pub async fn claim_keys(
    tx: &mut Tx,
    source: SourceId,
    mut keys: Vec<(&str, DateTime<Utc>)>,
) -> Result<HashSet<String>> {
    // One order for everybody: two transactions claiming the same ids cannot wait for each other in a circle.
    keys.sort_unstable();
    let ids: Vec<String> = keys.iter().map(|key| key.0.to_owned()).collect();
    let times: Vec<DateTime<Utc>> = keys.iter().map(|key| key.1).collect();
    let new = sqlx::query_scalar!(
        "INSERT INTO event_keys (source_id, vendor_id, occurred_at)
         SELECT $1, k.vendor_id, k.occurred_at
         FROM UNNEST($2::text[], $3::timestamptz[]) WITH ORDINALITY AS k (vendor_id, occurred_at, place)
         ORDER BY k.place
         ON CONFLICT DO NOTHING RETURNING vendor_id",
        source.0,
        &ids,
        &times
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(new.into_iter().collect())
}

/// Rows from which on COPY is quicker. Its last two messages follow each other without an answer, so that the second
/// waits until the first is acknowledged (up to 40 ms: the driver does not set `TCP_NODELAY`).
const MANY: usize = 250;

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
    let ids: Vec<Uuid> = batch.iter().map(|new| new.id.0).collect();
    let times: Vec<DateTime<Utc>> = batch.iter().map(|new| new.event.occurred_at).collect();
    let digests: Vec<&[u8]> = batch.iter().map(|new| new.digest.as_slice()).collect();
    sqlx::query!(
        "INSERT INTO feed_queue (source_id, event_id, occurred_at, digest)
         SELECT $1, n.id, n.occurred_at, n.digest
         FROM UNNEST($2::uuid[], $3::timestamptz[], $4::bytea[]) AS n (id, occurred_at, digest)",
        source.0,
        &ids,
        &times,
        &digests as _
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
