//! Requests that name themselves: done once however often they are sent. Who asks was authorised by the door; what is done
//! is authorised by what does it.

use domain::access::Access;
pub use store::idempotency::Known;

use crate::{Op, Result};

/// Takes a key for a request, or tells what became of the one that has it.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn take(op: &Op, who: &str, key: &str, digest: &[u8]) -> Result<Known> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::idempotency::take(&mut conn, (who, key), digest, op.now).await?)
}

/// Keeps what was answered.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn answer(op: &Op, who: &str, key: &str, status: u16, body: &[u8]) -> Result<()> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::idempotency::answer(&mut conn, (who, key), status, body).await?)
}

/// Gives a key back: nothing was done under it.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn release(op: &Op, who: &str, key: &str) -> Result<()> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::idempotency::release(&mut conn, (who, key)).await?)
}
