//! Trying a source out, and reading again what it was refused.

use std::sync::Arc;

use contract::events::{EventFormat, IngestReceipt};
use contract::sources::Replayed;
use domain::access::Access;
use serde_json::json;

use crate::ingest::{self, Limits};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Refused records read again at once, newest first.
const AT_ONCE: i64 = 2000;

/// Sends an event of Rollcall's own through a source, as its sender would after it has proven itself: it is kept,
/// counted and published, and belongs to nobody.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source.
pub async fn test_delivery(op: &Op, slug: &str) -> Result<IngestReceipt> {
    op.require(Access::ManageSources)?;
    let door = store::sources::door(&mut *op.db().acquire().await?, slug)
        .await?
        .ok_or(Error::NotFound("source"))?;
    let record = json!({
        "kind": "other", "outcome": "success", "action": "rollcall.test_delivery", "occurred_at": op.now,
        "vendor_id": format!("rollcall-test-{}", op.new_id()), "target": slug,
    });
    let reading = ingest::read(
        record.to_string().into_bytes(),
        Some(EventFormat::Rollcall),
        Limits::default(),
        ingest::Sent::default(),
        op.now,
    )
    .await?;
    let reading = Arc::new(reading);
    let mut tx = ingest::begin(op, &reading).await?;
    let receipt = ingest::put(op, &mut tx, door.id, &reading).await?.receipt;
    let done = Done::new(
        "source.tested",
        "source",
        &door.id,
        slug,
        format!("Sent a test delivery through {slug}"),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    ingest::wake(op, receipt.accepted).await;
    Ok(receipt)
}

/// Reads the newest refused records of a source again, after its format or Rollcall has changed: what can be read now
/// is taken, the rest stays where it is.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source; [`Error::Conflict`] when a delivery came in between.
pub async fn replay(op: &Op, slug: &str) -> Result<Replayed> {
    op.require(Access::ManageSources)?;
    let (door, format, rows) = {
        let mut conn = op.db().acquire().await?;
        let door = store::sources::door(&mut conn, slug)
            .await?
            .ok_or(Error::NotFound("source"))?;
        let format = store::sources::format(&mut conn, door.id).await?;
        let rows = store::sources::kept(&mut conn, door.id, AT_ONCE).await?;
        (door, format, rows)
    };
    let mut replayed = Replayed::default();
    let mut readable = Vec::new();
    let mut whole = ingest::Reading::default();
    for row in rows {
        if row.raw.chars().count() >= Limits::default().quarantined {
            replayed.cut += 1;
            continue;
        }
        let sent = ingest::Sent::default();
        let raw = row.raw.into_bytes();
        match ingest::read(raw, format, Limits::default(), sent, row.received_at).await {
            Ok(one) if one.is_whole() => {
                whole.join(one);
                readable.push(row.id);
            }
            Ok(_) | Err(Error::Invalid(_)) => replayed.refused += 1,
            Err(error) => return Err(error),
        }
    }
    let whole = Arc::new(whole);
    let mut tx = ingest::begin(op, &whole).await?;
    // Somebody else may have read them meanwhile; the events themselves are told apart by their ids.
    store::sources::release(&mut tx, &readable).await?;
    if !readable.is_empty() {
        let receipt = ingest::put(op, &mut tx, door.id, &whole).await?.receipt;
        replayed.accepted = receipt.accepted;
        replayed.duplicates = receipt.duplicates;
    }
    let done = Done::new(
        "source.replayed",
        "source",
        &door.id,
        slug,
        format!(
            "Read the refused records of {slug} again: {} taken, {} still refused",
            replayed.accepted,
            replayed.refused + replayed.cut
        ),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    ingest::wake(op, replayed.accepted).await;
    Ok(replayed)
}
