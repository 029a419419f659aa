//! What was answered to requests that name themselves, so that a repeated one is not done twice.

use chrono::{DateTime, Utc};

use crate::{Conn, Result};

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is the caller's now.
    Fresh,
    /// Another request has it.
    Other,
    /// The first is under way.
    UnderWay,
    /// The first was answered: status and body.
    Answered(u16, Vec<u8>),
}

/// Takes a key for a request, or tells what became of the one that has it.
///
/// # Errors
/// When the database refuses.
pub async fn take(
    conn: &mut Conn,
    (actor, key): (&str, &str),
    digest: &[u8],
    now: DateTime<Utc>,
) -> Result<Known> {
    let added = sqlx::query!(
        "INSERT INTO idempotency_keys (actor, key, digest, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (actor, key) DO NOTHING",
        actor,
        key,
        digest,
        now
    )
    .execute(&mut *conn)
    .await?;
    if added.rows_affected() == 1 {
        return Ok(Known::Fresh);
    }
    let row = sqlx::query!(
        "SELECT digest, status, body FROM idempotency_keys WHERE actor = $1 AND key = $2",
        actor,
        key
    )
    .fetch_optional(conn)
    .await?;
    Ok(match row {
        None => Known::UnderWay,
        Some(row) if row.digest != digest => Known::Other,
        Some(row) => match (
            row.status.and_then(|status| u16::try_from(status).ok()),
            row.body,
        ) {
            (Some(status), Some(body)) => Known::Answered(status, body),
            _ => Known::UnderWay,
        },
    })
}

/// Keeps what was answered.
///
/// # Errors
/// When the database refuses.
pub async fn answer(
    conn: &mut Conn,
    (actor, key): (&str, &str),
    status: u16,
    body: &[u8],
) -> Result<()> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE actor = $1 AND key = $2",
        actor,
        key,
        i16::try_from(status).unwrap_or(0),
        body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a key back: nothing was done under it.
///
/// # Errors
/// When the database refuses.
pub async fn release(conn: &mut Conn, (actor, key): (&str, &str)) -> Result<()> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE actor = $1 AND key = $2",
        actor,
        key
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets keys older than a moment.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<u64> {
    let gone = sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < $1", before)
        .execute(conn)
        .await?;
    Ok(gone.rows_affected())
}
