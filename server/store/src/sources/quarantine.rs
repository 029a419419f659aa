//! Records a source was refused, and their release once they can be read.

use chrono::{DateTime, Utc};
use contract::events::QuarantineRow;
use contract::ids::SourceId;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Newest rejects of a source, each cut at 4 kB.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rejects(conn: &mut Conn, id: SourceId, limit: i64) -> Result<Vec<QuarantineRow>> {
    let rows = sqlx::query!(
        r#"SELECT source_id, received_at, index, reason, left(raw, 4096) AS "raw!" FROM quarantine WHERE source_id = $1
           ORDER BY received_at DESC, id DESC LIMIT $2"#,
        id.0,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| QuarantineRow {
            source: SourceId(row.source_id),
            received_at: row.received_at,
            index: row.index,
            reason: row.reason,
            raw: row.raw,
        })
        .collect())
}

/// How many records of a source are in quarantine.
///
/// # Errors
/// When the database cannot be asked.
pub async fn quarantined(conn: &mut Conn, id: SourceId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM quarantine WHERE source_id = $1"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// A quarantined record about to be read again.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Id of its row.
    pub id: Uuid,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The record as it was kept.
    pub raw: String,
}

/// The newest quarantined records of a source.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kept(conn: &mut Conn, id: SourceId, limit: i64) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Kept,
        "SELECT id, received_at, raw FROM quarantine WHERE source_id = $1
         ORDER BY received_at DESC, id DESC LIMIT $2",
        id.0,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Takes records out of quarantine.
///
/// # Errors
/// When the database refuses.
pub async fn release(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    sqlx::query!("DELETE FROM quarantine WHERE id = ANY($1)", ids)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
