//! The activity record: appended in the transaction of the mutation it tells of.

use chrono::{DateTime, Utc};
use contract::activity::{ActivityFilter, ActorKind};
use domain::activity::Entry;
use domain::feed::EntryFilter;
use domain::siem::PlacedEntry;

use crate::feed::Slice;
use crate::{Conn, Result, Tx};

/// Appends an entry and returns its position. `entry.position` is filled in here.
///
/// Locks the head row until commit: call it last, so that writers wait for each other only briefly.
///
/// # Errors
/// When the database refuses.
pub async fn append(tx: &mut Tx, mut entry: Entry) -> Result<i64> {
    let head = sqlx::query!(
        r#"SELECT position, hash, GREATEST(date_trunc('milliseconds', $1::timestamptz), published) AS "published!"
           FROM activity_head FOR UPDATE"#,
        entry.at
    )
    .fetch_one(&mut **tx)
    .await?;
    let mut previous = [0_u8; 32];
    previous.copy_from_slice(&head.hash);
    entry.position = head.position + 1;
    let entry = entry.rounded();
    let hash = entry.hash(&previous);
    sqlx::query!(
        "INSERT INTO activity (position, at, actor_kind, actor_id, actor_name, action, object_kind, object_id,
             object_name, summary, changes, request_id, hash, published)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        entry.position,
        entry.at,
        entry.actor_kind.as_str(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.summary,
        sqlx::types::Json(&entry.changes) as _,
        entry.request_id,
        hash.as_slice(),
        head.published,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE activity_head SET position = $1, hash = $2, published = $3",
        entry.position,
        hash.as_slice(),
        head.published
    )
    .execute(&mut **tx)
    .await?;
    Ok(entry.position)
}

/// Position and hash of the newest entry; `(0, zeros)` when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn head(conn: &mut Conn) -> Result<(i64, Vec<u8>)> {
    let row = sqlx::query!("SELECT position, hash FROM activity_head")
        .fetch_one(conn)
        .await?;
    Ok((row.position, row.hash))
}

/// What was done to one object, newest first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn of_object(
    conn: &mut Conn,
    kind: &str,
    id: &str,
    limit: i64,
) -> Result<Vec<(Entry, Vec<u8>)>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT position, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name,
               summary, changes AS "changes: _", request_id, hash
           FROM activity WHERE object_kind = $1
               -- What was told of identities that were joined with this one is told of it.
               AND (object_id = $2 OR object_id IN (SELECT from_id::text FROM identity_merges WHERE into_id::text = $2))
           ORDER BY position DESC LIMIT $3"#,
        kind,
        id,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_entry).collect()
}

/// Up to `limit` entries the filter lets through, newest first, before (older than) a position.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(
    conn: &mut Conn,
    filter: &ActivityFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(Entry, Vec<u8>)>> {
    let words = format!("%{}%", filter.q.replace(['\\', '%', '_'], " ").trim());
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT position, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name,
               summary, changes AS "changes: _", request_id, hash
           FROM activity
           WHERE ($1::bigint IS NULL OR position < $1)
             AND (cardinality($2::text[]) = 0 OR object_kind = ANY($2))
             AND (cardinality($3::text[]) = 0 OR action = ANY($3))
             AND ($4 = '%%' OR summary ILIKE $4 OR actor_name ILIKE $4 OR object_name ILIKE $4 OR request_id ILIKE $4)
           ORDER BY position DESC LIMIT $5"#,
        before,
        &filter.object,
        &filter.action,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_entry).collect()
}

struct Row {
    position: i64,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    action: String,
    object_kind: String,
    object_id: String,
    object_name: String,
    summary: String,
    changes: sqlx::types::Json<Vec<(String, String, String)>>,
    request_id: String,
    hash: Vec<u8>,
}

/// Up to `limit` entries after a position, oldest first, each with its stored hash.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn after(conn: &mut Conn, position: i64, limit: i64) -> Result<Vec<(Entry, Vec<u8>)>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT position, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name,
               summary, changes AS "changes: _", request_id, hash
           FROM activity WHERE position > $1 ORDER BY position LIMIT $2"#,
        position,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_entry).collect()
}

impl Row {
    fn into_entry(self) -> Result<(Entry, Vec<u8>)> {
        let entry = Entry {
            position: self.position,
            at: self.at,
            actor_kind: self.actor_kind.parse::<ActorKind>()?,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            action: self.action,
            object_kind: self.object_kind,
            object_id: self.object_id,
            object_name: self.object_name,
            summary: self.summary,
            changes: self.changes.0,
            request_id: self.request_id,
        };
        Ok((entry, self.hash))
    }
}

/// Reads a slice of the record as a feed, in order of position.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn slice(
    conn: &mut Conn,
    slice: &Slice,
    filter: &EntryFilter,
) -> Result<Vec<PlacedEntry>> {
    let rows = sqlx::query!(
        r#"SELECT position, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, object_name,
               summary, changes AS "changes: sqlx::types::Json<Vec<(String, String, String)>>", request_id, hash, published
           FROM activity
           WHERE position > $1 AND position <= $2
             AND ($3::timestamptz IS NULL OR published >= $3) AND ($4::timestamptz IS NULL OR published < $4)
             AND (cardinality($5::text[]) = 0 OR object_kind = ANY($5))
             AND (cardinality($6::text[]) = 0 OR action = ANY($6))
           ORDER BY position LIMIT $7"#,
        slice.after,
        slice.last,
        slice.since,
        slice.until,
        &filter.object,
        &filter.action,
        slice.limit
    )
    .fetch_all(conn)
    .await?;
    let placed = rows.into_iter().map(|row| {
        let published = row.published;
        let (entry, hash) = Row {
            position: row.position,
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            object_name: row.object_name,
            summary: row.summary,
            changes: row.changes,
            request_id: row.request_id,
            hash: row.hash,
        }
        .into_entry()?;
        Ok(PlacedEntry {
            published,
            hash,
            entry,
        })
    });
    placed.collect()
}

/// Hash of the entry at a position; zeros before the first one.
///
/// # Errors
/// When the database cannot be asked, or there is no such entry.
pub async fn hash_at(conn: &mut Conn, position: i64) -> Result<[u8; 32]> {
    let mut out = domain::activity::GENESIS;
    if position > 0 {
        let hash = sqlx::query_scalar!("SELECT hash FROM activity WHERE position = $1", position)
            .fetch_one(conn)
            .await?;
        out.copy_from_slice(&hash);
    }
    Ok(out)
}
