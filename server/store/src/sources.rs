//! Sources: the connections that send events, their counts and their rejects.

mod quarantine;
mod tokens;

use chrono::{DateTime, NaiveDate, Utc};
use contract::events::EventFormat;
use contract::ids::{PersonId, SourceId};
use contract::sources::{Kindless, Proving, Retention, SourceRow};

pub use quarantine::{Kept, kept, quarantined, rejects, release};
pub use tokens::{
    claim_token, forget_tokens, is_claimed, note_refusal, refusal, refusals, rule, set_rule,
};

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
    /// The sender's own secret, encrypted, where one was entered.
    pub secret_sealed: Option<Vec<u8>>,
    /// How its sender proves itself.
    pub proving: Proving,
}

/// Finds the door of a source by its slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn door(conn: &mut Conn, slug: &str) -> Result<Option<Door>> {
    let row = sqlx::query!(
        "SELECT id, token_hash, secret_words, secret_sealed, proving FROM sources WHERE slug = $1",
        slug
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Door {
            id: SourceId(row.id),
            token_hash: row.token_hash,
            secret_words: row.secret_words,
            secret_sealed: row.secret_sealed,
            proving: row.proving.parse()?,
        })
    })
    .transpose()
}

/// Secrets that senders entered, encrypted: whose they are, by id and slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sealed(conn: &mut Conn) -> Result<Vec<(SourceId, String, Vec<u8>)>> {
    let rows = sqlx::query!(
        r#"SELECT id, slug, secret_sealed AS "sealed!" FROM sources WHERE secret_sealed IS NOT NULL ORDER BY slug"#
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|row| (SourceId(row.id), row.slug, row.sealed))
        .collect())
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

/// What a source is proven by, as it is kept: nothing here can sign a delivery without the installation's key.
#[derive(Debug, Clone, Copy)]
pub struct Secret<'a> {
    /// SHA-256 of it.
    pub hash: &'a [u8],
    /// What a generated one is made from.
    pub words: Option<&'a [u8]>,
    /// An entered one, encrypted.
    pub sealed: Option<&'a [u8]>,
    /// First characters of a generated one.
    pub hint: &'a str,
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
    /// What it is proven by.
    pub secret: Secret<'a>,
    /// How its sender proves itself.
    pub proving: Proving,
    /// Who made it; nobody at the shell.
    pub created_by: Option<PersonId>,
}

/// Makes a source.
///
/// # Errors
/// Constraint `sources_slug_key` when the slug is taken.
pub async fn insert(tx: &mut Tx, new: &NewSource<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO sources (id, slug, name, format, token_hash, token_hint, created_by, created_at, secret_words,
             secret_sealed, proving)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id.0,
        new.slug,
        new.name,
        new.format.map(EventFormat::as_str),
        new.secret.hash,
        new.secret.hint,
        new.created_by.map(|id| id.0),
        now,
        new.secret.words,
        new.secret.sealed,
        new.proving.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces what a source is proven by; the old one stops working at commit.
///
/// # Errors
/// When the database refuses.
pub async fn renew(tx: &mut Tx, id: SourceId, secret: Secret<'_>) -> Result<()> {
    sqlx::query!(
        "UPDATE sources SET token_hash = $2, token_hint = $3, secret_words = $4, secret_sealed = $5 WHERE id = $1",
        id.0,
        secret.hash,
        secret.hint,
        secret.words,
        secret.sealed
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Changes what a source sends and how its sender proves itself.
///
/// # Errors
/// When the database refuses.
pub async fn change(
    tx: &mut Tx,
    id: SourceId,
    format: Option<EventFormat>,
    proving: Proving,
) -> Result<()> {
    sqlx::query!(
        "UPDATE sources SET format = $2, proving = $3 WHERE id = $1",
        id.0,
        format.map(EventFormat::as_str),
        proving.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Newest events of all sources that are looked through for those without a kind: no index leads to a source's own, and
/// a page may not read a month of everybody's.
const LOOKED: i64 = 10_000;

/// How many of a source's newest events of the last 30 days got no kind.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kindless(conn: &mut Conn, id: SourceId, now: DateTime<Utc>) -> Result<Kindless> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE n.source_id = $1 AND n.kind = 'other') AS "events!",
               count(*) FILTER (WHERE n.source_id = $1) AS "of!", count(*) AS "looked!"
           FROM (SELECT e.source_id, e.kind FROM events e
                 WHERE e.occurred_at > $2::timestamptz - interval '30 days' AND e.occurred_at <= $2
                 ORDER BY e.occurred_at DESC, e.id DESC LIMIT $3) n"#,
        id.0,
        now,
        LOOKED
    )
    .fetch_one(conn)
    .await?;
    Ok(Kindless {
        events: row.events,
        of: row.of,
        whole: row.looked < LOOKED,
    })
}

/// Lists every source with its last 30 days of receipt, oldest first, up to `today`. A roll has tens of them.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, today: NaiveDate) -> Result<Vec<SourceRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.slug, s.name, s.format, s.accepted, s.rejected, s.duplicates, s.last_event_at,
               s.last_received_at, s.token_hint, s.proving,
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
                // Judged by `domain::coverage`.
                usual: None,
                gaps: Vec::new(),
                blind: Vec::new(),
                proving: row.proving.parse()?,
                // Judged by `domain::event::retention`.
                retention: Retention::default(),
            })
        })
        .collect()
}

/// How long a source's events are kept by its own setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// The source.
    pub id: SourceId,
    /// Its slug.
    pub slug: String,
    /// Whole months; absent where everybody's setting holds.
    pub months: Option<u32>,
}

/// How long each source's events are kept, by slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn keeping(conn: &mut Conn) -> Result<Vec<Keeping>> {
    let rows = sqlx::query!("SELECT id, slug, keep_months FROM sources ORDER BY slug")
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Keeping {
            id: SourceId(row.id),
            slug: row.slug,
            months: row
                .keep_months
                .and_then(|months| u32::try_from(months).ok()),
        })
        .collect())
}

/// Sets how many whole months a source's events are kept, and returns what was set before.
///
/// # Errors
/// Constraint `sources_keep_months_sane` when the number makes no sense.
pub async fn keep(tx: &mut Tx, id: SourceId, months: Option<u32>) -> Result<Option<u32>> {
    let months = months.map(|months| i32::try_from(months).unwrap_or(i32::MAX));
    let before = sqlx::query_scalar!(
        "UPDATE sources s SET keep_months = $2 FROM sources b WHERE s.id = $1 AND b.id = s.id RETURNING b.keep_months",
        id.0,
        months
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(before.and_then(|months| u32::try_from(months).ok()))
}
