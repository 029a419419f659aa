//! Sources: the connections that send events, their counts and their rejects.

use chrono::{DateTime, NaiveDate, Utc};
use contract::events::{EventFormat, QuarantineRow};
use contract::ids::{PersonId, SourceId};
use contract::sources::SourceRow;

use crate::{Conn, Result, Tx};

/// What a delivery is checked against.
#[derive(Debug, Clone)]
pub struct Door {
    /// The source.
    pub id: SourceId,
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// What its token is made from, where signatures can be checked.
    pub secret_words: Option<Vec<u8>>,
}

/// Finds the door of a source by its slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn door(conn: &mut Conn, slug: &str) -> Result<Option<Door>> {
    let row = sqlx::query!(
        "SELECT id, token_hash, secret_words FROM sources WHERE slug = $1",
        slug
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Door {
        id: SourceId(row.id),
        token_hash: row.token_hash,
        secret_words: row.secret_words,
    }))
}

/// The format a source always sends; `None` when it is told from the content.
///
/// # Errors
/// When the database cannot be asked, or the stored word is unknown.
pub async fn format(conn: &mut Conn, id: SourceId) -> Result<Option<EventFormat>> {
    let word = sqlx::query_scalar!("SELECT format FROM sources WHERE id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(word.flatten().map(|word| word.parse()).transpose()?)
}

/// A source about to be made.
#[derive(Debug, Clone)]
pub struct NewSource<'a> {
    /// Its id.
    pub id: SourceId,
    /// The word in its address.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Format, or `None` to tell it from the content.
    pub format: Option<EventFormat>,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// What its token is made from.
    pub secret_words: &'a [u8],
    /// First characters of the token.
    pub token_hint: &'a str,
    /// Who made it; nobody at the shell.
    pub created_by: Option<PersonId>,
}

/// Makes a source.
///
/// # Errors
/// Constraint `sources_slug_key` when the slug is taken.
pub async fn insert(tx: &mut Tx, new: &NewSource<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO sources (id, slug, name, format, token_hash, token_hint, created_by, created_at, secret_words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.0,
        new.slug,
        new.name,
        new.format.map(EventFormat::as_str),
        new.token_hash,
        new.token_hint,
        new.created_by.map(|id| id.0),
        now,
        new.secret_words
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces a source's token; the old one stops working at commit.
///
/// # Errors
/// When the database refuses.
pub async fn renew_token(
    tx: &mut Tx,
    id: SourceId,
    hash: &[u8],
    hint: &str,
    words: &[u8],
) -> Result<()> {
    sqlx::query!(
        "UPDATE sources SET token_hash = $2, token_hint = $3, secret_words = $4 WHERE id = $1",
        id.0,
        hash,
        hint,
        words
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lists every source with its last 30 days of receipt, oldest first, up to `today`. A roll has tens of them.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, today: NaiveDate) -> Result<Vec<SourceRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.slug, s.name, s.format, s.accepted, s.rejected, s.duplicates, s.last_event_at,
               s.last_received_at, s.token_hint,
               ARRAY(SELECT COALESCE(d.accepted, 0) FROM generate_series($1::date - 29, $1::date, '1 day') AS g (day)
                     LEFT JOIN source_days d ON d.source_id = s.id AND d.day = g.day::date ORDER BY g.day) AS "days!: Vec<i64>"
           FROM sources s ORDER BY s.name, s.id LIMIT 500"#,
        today
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SourceRow {
                id: SourceId(row.id),
                slug: row.slug,
                name: row.name,
                format: row.format.map(|word| word.parse()).transpose()?,
                accepted: row.accepted,
                rejected: row.rejected,
                duplicates: row.duplicates,
                last_event_at: row.last_event_at,
                last_received_at: row.last_received_at,
                days: row.days,
                token_hint: row.token_hint,
            })
        })
        .collect()
}

/// Newest rejects of a source.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rejects(conn: &mut Conn, id: SourceId, limit: i64) -> Result<Vec<QuarantineRow>> {
    let rows = sqlx::query!(
        "SELECT source_id, received_at, index, reason, raw FROM quarantine WHERE source_id = $1
         ORDER BY received_at DESC, id DESC LIMIT $2",
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
