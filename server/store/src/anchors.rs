//! Where the head of the record was written outside, and when.

use chrono::{DateTime, Utc};
use contract::activity::AnchorRow;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Notes that the head was written somewhere.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    place: &str,
    position: i64,
    hash: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO anchors (id, place, position, hash, at) VALUES ($1, $2, $3, $4, $5)",
        id,
        place,
        position,
        hash,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When a place was written to last.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last_at(conn: &mut Conn, place: &str) -> Result<Option<DateTime<Utc>>> {
    Ok(
        sqlx::query_scalar!("SELECT max(at) FROM anchors WHERE place = $1", place)
            .fetch_one(conn)
            .await?,
    )
}

/// The newest anchors, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn newest(conn: &mut Conn, limit: i64) -> Result<Vec<AnchorRow>> {
    let rows = sqlx::query!(
        "SELECT place, position, hash, at FROM anchors ORDER BY at DESC, id DESC LIMIT $1",
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AnchorRow {
            place: row.place,
            position: row.position,
            hash: row.hash,
            at: row.at,
        })
        .collect())
}
