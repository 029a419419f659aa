//! Destinations, their places, and the rows they would not take.

use chrono::{DateTime, Utc};
use contract::destinations::{DeadLetter, DestinationRow, DestinationState};
use contract::ids::DestinationId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A destination with what only its sender may know.
#[derive(Debug, Clone)]
pub struct Kept {
    /// As it is shown; its lag is not counted.
    pub row: DestinationRow,
    /// Its secret, encrypted.
    pub sealed: Option<Vec<u8>>,
    /// Life of the database its place is of.
    pub epoch: Uuid,
    /// Whether rows it had not sent were removed by retention.
    pub outrun: bool,
}

struct Row {
    id: Uuid,
    name: String,
    kind: String,
    address: String,
    index_name: String,
    acknowledged: bool,
    secret_sealed: Option<Vec<u8>>,
    stream: String,
    filter: Json<Vec<(String, String)>>,
    format: String,
    state: String,
    epoch: Uuid,
    outrun: bool,
    position: i64,
    sent: i64,
    failures: i32,
    retry_at: Option<DateTime<Utc>>,
    trouble: String,
    sent_at: Option<DateTime<Utc>>,
    created_by: String,
    created_at: DateTime<Utc>,
    lag: i64,
    dead: i64,
    per_minute: i64,
}

impl Row {
    fn into_kept(self) -> Result<Kept> {
        Ok(Kept {
            sealed: self.secret_sealed,
            epoch: self.epoch,
            outrun: self.outrun,
            row: DestinationRow {
                id: DestinationId(self.id),
                name: self.name,
                kind: self.kind.parse()?,
                address: self.address,
                index: self.index_name,
                acknowledged: self.acknowledged,
                stream: self.stream.parse()?,
                filter: self.filter.0,
                format: self.format.parse()?,
                state: self.state.parse()?,
                position: self.position,
                lag: self.lag,
                sent: self.sent,
                dead: self.dead,
                failures: self.failures,
                retry_at: self.retry_at,
                trouble: self.trouble,
                sent_at: self.sent_at,
                per_minute: self.per_minute,
                created_by: self.created_by,
                created_at: self.created_at,
            },
        })
    }
}

/// Adds a destination.
///
/// # Errors
/// When the database refuses; `destinations_name_key` when the name is taken.
pub async fn insert(tx: &mut Tx, kept: &Kept) -> Result<()> {
    let row = &kept.row;
    sqlx::query!(
        "INSERT INTO destinations (id, name, kind, address, index_name, acknowledged, secret_sealed, stream, filter, format,
             epoch, position, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        row.id.0,
        row.name,
        row.kind.as_str(),
        row.address,
        row.index,
        row.acknowledged,
        kept.sealed.as_deref(),
        row.stream.as_str(),
        Json(&row.filter) as _,
        row.format.as_str(),
        kept.epoch,
        row.position,
        row.created_by,
        row.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every destination in order of name, or one. They are made by hand: at most 500.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(
    conn: &mut Conn,
    id: Option<DestinationId>,
    now: DateTime<Utc>,
) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id, d.name, d.kind, d.address, d.index_name, d.acknowledged, d.secret_sealed, d.stream,
               d.filter AS "filter: _", d.format, d.state, d.epoch, d.outrun, d.position, d.sent, d.failures, d.retry_at, d.trouble,
               d.sent_at, d.created_by, d.created_at,
               GREATEST(0, CASE d.stream WHEN 'events' THEN (SELECT position FROM feed_head)
                   WHEN 'findings' THEN (SELECT position FROM finding_head)
                   ELSE (SELECT position FROM activity_head) END - d.position) AS "lag!",
               (SELECT count(*) FROM dead_letters l WHERE l.destination_id = d.id) AS "dead!",
               (SELECT COALESCE(sum(m.rows), 0)::bigint / 5 FROM destination_minutes m
                    WHERE m.destination_id = d.id AND m.minute > $2::timestamptz - interval '5 minutes') AS "per_minute!"
           FROM destinations d WHERE $1::uuid IS NULL OR d.id = $1 ORDER BY d.name LIMIT 500"#,
        id.map(|id| id.0),
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_kept).collect()
}

/// Secrets, encrypted: whose they are, by id and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sealed(conn: &mut Conn) -> Result<Vec<(DestinationId, String, Vec<u8>)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, secret_sealed AS "sealed!" FROM destinations WHERE secret_sealed IS NOT NULL ORDER BY name"#
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (DestinationId(row.id), row.name, row.sealed))
        .collect())
}

/// Ids of those that are to be sent to now.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<DestinationId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM destinations WHERE state = 'running' AND (retry_at IS NULL OR retry_at <= $1) ORDER BY id",
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(DestinationId).collect())
}

/// Locks a destination until the transaction ends; `false` when another sender has it, or it is gone.
///
/// # Errors
/// When the database refuses.
pub async fn claim(tx: &mut Tx, id: DestinationId) -> Result<bool> {
    let mine = sqlx::query_scalar!(
        "SELECT id FROM destinations WHERE id = $1 FOR UPDATE SKIP LOCKED",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(mine.is_some())
}

/// Moves on: everything up to `position` was acknowledged, `sent` rows of it were sent.
///
/// # Errors
/// When the database refuses.
pub async fn advance(
    tx: &mut Tx,
    id: DestinationId,
    position: i64,
    sent: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE destinations SET position = $2, sent = sent + $3, failures = 0, retry_at = NULL, trouble = '',
             sent_at = CASE WHEN $3 > 0 THEN $4 ELSE sent_at END
         WHERE id = $1",
        id.0,
        position,
        sent,
        now
    )
    .execute(&mut **tx)
    .await?;
    if sent > 0 {
        sqlx::query!(
            "INSERT INTO destination_minutes (destination_id, minute, rows) VALUES ($1, date_trunc('minute', $2::timestamptz), $3)
             ON CONFLICT (destination_id, minute) DO UPDATE SET rows = destination_minutes.rows + EXCLUDED.rows",
            id.0,
            now,
            sent
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Forgets the figures of minutes before a moment.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = sqlx::query!("DELETE FROM destination_minutes WHERE minute < $1", before)
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}

/// Notes a failure, and when to try again.
///
/// # Errors
/// When the database refuses.
pub async fn fail(
    tx: &mut Tx,
    id: DestinationId,
    trouble: &str,
    retry_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE destinations SET failures = failures + 1, trouble = $2, retry_at = $3 WHERE id = $1",
        id.0,
        trouble,
        retry_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sets rows aside.
///
/// # Errors
/// When the database refuses.
pub async fn set_aside(
    tx: &mut Tx,
    id: DestinationId,
    rows: &[(i64, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    let (positions, reasons): (Vec<i64>, Vec<String>) = rows.iter().cloned().unzip();
    sqlx::query!(
        "INSERT INTO dead_letters (destination_id, position, reason, at)
         SELECT $1, p, r, $4 FROM unnest($2::bigint[], $3::text[]) AS u (p, r)
         ON CONFLICT (destination_id, position) DO UPDATE SET reason = EXCLUDED.reason, at = EXCLUDED.at, again = false",
        id.0,
        &positions,
        &reasons,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rows set aside, in order of position, after a position, at most `limit`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn aside(
    conn: &mut Conn,
    id: DestinationId,
    after: i64,
    limit: i64,
) -> Result<Vec<DeadLetter>> {
    Ok(sqlx::query_as!(
        DeadLetter,
        "SELECT position, reason, at, again FROM dead_letters WHERE destination_id = $1 AND position > $2 ORDER BY position LIMIT $3",
        id.0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Asks for everything set aside to be sent again; how many rows that is.
///
/// # Errors
/// When the database refuses.
pub async fn ask_again(tx: &mut Tx, id: DestinationId) -> Result<i64> {
    let asked = sqlx::query!(
        "UPDATE dead_letters SET again = true WHERE destination_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(i64::try_from(asked.rows_affected()).unwrap_or(i64::MAX))
}

/// Positions of rows that are to be sent again, in order, at most `limit`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn again(conn: &mut Conn, id: DestinationId, limit: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "SELECT position FROM dead_letters WHERE destination_id = $1 AND again ORDER BY position LIMIT $2",
        id.0,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Takes rows back from where they were set aside.
///
/// # Errors
/// When the database refuses.
pub async fn take_back(tx: &mut Tx, id: DestinationId, positions: &[i64]) -> Result<()> {
    sqlx::query!(
        "DELETE FROM dead_letters WHERE destination_id = $1 AND position = ANY($2)",
        id.0,
        positions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Pauses or resumes; a resumed one is tried at once.
///
/// # Errors
/// When the database refuses.
pub async fn set_state(tx: &mut Tx, id: DestinationId, state: DestinationState) -> Result<()> {
    sqlx::query!(
        "UPDATE destinations SET state = $2, retry_at = NULL WHERE id = $1",
        id.0,
        state.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts its place elsewhere.
///
/// # Errors
/// When the database refuses.
pub async fn rewind(tx: &mut Tx, id: DestinationId, epoch: Uuid, position: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE destinations SET epoch = $2, position = $3, outrun = false, failures = 0, retry_at = NULL, trouble = '' WHERE id = $1",
        id.0,
        epoch,
        position
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a destination.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, id: DestinationId) -> Result<()> {
    sqlx::query!("DELETE FROM destinations WHERE id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
