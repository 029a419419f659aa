//! Writing places into the feed.

use chrono::{DateTime, Utc};
use domain::event::chain::DIGEST;

use super::queue::Taken;
use crate::copy::{Copy, MANY};
use crate::{Result, Tx};

/// Columns of `feed`, as they are copied in.
const PLACE: &[&str] = &[
    "published",
    "position",
    "event_id",
    "source_id",
    "occurred_at",
    "hash",
];

/// Keeps the places after `last`, one for each event taken, with the chain's hash at each.
///
/// # Errors
/// When the database refuses.
pub(super) async fn keep(
    tx: &mut Tx,
    published: DateTime<Utc>,
    last: i64,
    taken: &Taken,
    hashes: &[[u8; DIGEST]],
) -> Result<()> {
    if hashes.len() >= MANY {
        return copy(tx, published, last, taken, hashes).await;
    }
    let positions: Vec<i64> = (last + 1..).take(hashes.len()).collect();
    let hashes: Vec<&[u8]> = hashes.iter().map(<[u8; DIGEST]>::as_slice).collect();
    sqlx::query!(
        "INSERT INTO feed (published, position, event_id, source_id, occurred_at, hash)
         SELECT $1, * FROM UNNEST($2::bigint[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bytea[])",
        published,
        &positions,
        &taken.events,
        &taken.sources,
        &taken.times,
        &hashes as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn copy(
    tx: &mut Tx,
    published: DateTime<Utc>,
    last: i64,
    taken: &Taken,
    hashes: &[[u8; DIGEST]],
) -> Result<()> {
    let mut rows = Copy::open(tx, "feed", PLACE).await?;
    let places = taken
        .events
        .iter()
        .zip(&taken.sources)
        .zip(&taken.times)
        .zip(hashes);
    for (position, (((event, source), at), hash)) in (last + 1..).zip(places) {
        rows.row().await?;
        rows.time(published)?;
        rows.number(position)?;
        rows.uuid(*event)?;
        rows.uuid(*source)?;
        rows.time(*at)?;
        rows.bytes(hash)?;
    }
    rows.finish().await
}
