//! Destinations: where rows of the feeds are pushed to, at least once and in order, from a place of their own that moves
//! only when the receiver has acknowledged.

mod deliver;
mod make;
mod steer;

use contract::Page;
use contract::destinations::{DeadLetter, DestinationList, DestinationRow, DestinationView};
use contract::ids::DestinationId;
use domain::access::Access;
use domain::delivery;
use domain::page::cut;
use store::destinations::Kept;

use crate::keyfile::Sealing;
use crate::settings::Key;
use crate::{Error, Op, Result};

pub use deliver::{Delivered, deliver, due};
pub use make::{create, create_typed};
pub use steer::{redrive, remove, remove_confirmed, rewind, rewind_typed, set_state};

/// The key of their secrets.
const KEY: Sealing = Sealing {
    file: "destinations.key",
    variable: "ROLLCALL_DESTINATIONS_KEY",
    given: |settings| settings.destinations_key.as_ref(),
};

/// Every destination, with its lag.
///
/// # Errors
/// When the actor may not.
pub async fn list(op: &Op) -> Result<Vec<DestinationRow>> {
    op.require(Access::ViewDestinations)?;
    let mut conn = op.db().acquire().await?;
    let kept = store::destinations::list(&mut conn, None, op.now).await?;
    Ok(kept.into_iter().map(|kept| kept.row).collect())
}

/// One destination.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn view(op: &Op, id: DestinationId) -> Result<DestinationRow> {
    op.require(Access::ViewDestinations)?;
    let mut conn = op.db().acquire().await?;
    Ok(one(op, &mut conn, id).await?.row)
}

async fn one(op: &Op, conn: &mut store::Conn, id: DestinationId) -> Result<Kept> {
    let mut kept = store::destinations::list(conn, Some(id), op.now).await?;
    kept.pop().ok_or(Error::NotFound("destination"))
}

/// Every destination, and whether the actor may change them.
///
/// # Errors
/// When the actor may not.
pub async fn overview(op: &Op) -> Result<DestinationList> {
    op.require(Access::ViewDestinations)?;
    Ok(DestinationList {
        rows: list(op).await?,
        may_manage: op.require(Access::ManageDestinations).is_ok(),
        now: op.now,
    })
}

/// Rows of a page of what would not be taken.
const PAGE: i64 = 50;

/// One destination with the next rows it would not take.
///
/// # Errors
/// When the actor may not, there is none, or the cursor is not one of ours.
pub async fn whole(op: &Op, id: DestinationId, after: Option<&str>) -> Result<DestinationView> {
    op.require(Access::ViewDestinations)?;
    Ok(DestinationView {
        row: view(op, id).await?,
        letters: dead_letters(op, id, after, PAGE).await?,
        may_manage: op.require(Access::ManageDestinations).is_ok(),
        now: op.now,
    })
}

/// Rows it would not take, in order of position.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn dead_letters(
    op: &Op,
    id: DestinationId,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<DeadLetter>> {
    op.require(Access::ViewDestinations)?;
    let unknown = |_| Error::field("after", "is no cursor of this list");
    let after: i64 = after.map_or(Ok(0), str::parse).map_err(unknown)?;
    let mut conn = op.db().acquire().await?;
    one(op, &mut conn, id).await?;
    let rows = store::destinations::aside(&mut conn, id, after, limit + 1).await?;
    Ok(cut(rows, limit, |row| row.position.to_string()))
}

/// The secret, where there is one.
fn secret(op: &Op, kept: &Kept) -> Result<String> {
    let Some(sealed) = &kept.sealed else {
        return Ok(String::new());
    };
    let opened = delivery::open(KEY.key(op)?.bytes(), &kept.row.id.to_string(), sealed);
    opened.ok_or_else(|| {
        KEY.unusable(
            op,
            "a destination's secret was encrypted with another; make the destination again",
        )
    })
}

/// What secrets of receivers are encrypted with: those of destinations, and of the webhooks of rules.
pub(crate) fn key(op: &Op) -> Result<Key> {
    KEY.key(op)
}

/// Checks at start that this process has the key with which the destinations' secrets were encrypted.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database; [`Error::Internal`] when the key
/// is missing, or does not open a destination's secret. No key is made then.
pub async fn check_key(op: &Op) -> Result<()> {
    op.require(Access::Operate)?;
    let sealed = store::destinations::sealed(&mut *op.db().acquire().await?).await?;
    let sealed: Vec<_> = sealed
        .into_iter()
        .map(|(id, name, secret)| (id.to_string(), name, secret))
        .collect();
    KEY.check(op, &sealed)
}
