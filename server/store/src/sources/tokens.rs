//! Tokens of identity providers: which deliver to a source, which have, and who was turned away.

use chrono::{DateTime, Utc};
use contract::ids::SourceId;
use contract::sources::{Refusal, TokenRule};

use crate::{Conn, Result, Tx};

/// Which tokens deliver to a source.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rule(conn: &mut Conn, id: SourceId) -> Result<TokenRule> {
    let rule = sqlx::query_as!(
        TokenRule,
        "SELECT issuer, audience, subject, claims FROM sources WHERE id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(rule.unwrap_or_default())
}

/// Changes which tokens deliver to a source.
///
/// # Errors
/// When the database refuses.
pub async fn set_rule(tx: &mut Tx, id: SourceId, rule: &TokenRule) -> Result<()> {
    sqlx::query!(
        "UPDATE sources SET issuer = $2, audience = $3, subject = $4, claims = $5 WHERE id = $1",
        id.0,
        rule.issuer,
        rule.audience,
        rule.subject,
        rule.claims
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets tokens that are over.
///
/// # Errors
/// When the database refuses.
pub async fn forget_tokens(conn: &mut Conn, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("DELETE FROM source_tokens WHERE expires_at < $1", now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a token has delivered.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_claimed(conn: &mut Conn, id: SourceId, digest: &[u8]) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM source_tokens WHERE source_id = $1 AND digest = $2) AS "claimed!""#,
        id.0,
        digest
    )
    .fetch_one(conn)
    .await?)
}

/// Notes that a token delivers, where that is kept; false when it has delivered before. Waits for another transaction that
/// notes the same.
///
/// # Errors
/// When the database refuses.
pub async fn claim_token(
    tx: &mut Tx,
    id: SourceId,
    digest: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO source_tokens (source_id, digest, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        id.0,
        digest,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a sender was turned away; at most once a second is written.
///
/// # Errors
/// When the database refuses.
pub async fn note_refusal(
    conn: &mut Conn,
    id: SourceId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE sources SET refusals = refusals + 1, refused_at = $2, refused_why = $3
         WHERE id = $1 AND (refused_at IS NULL OR refused_at <= $2::timestamptz - interval '1 second')",
        id.0,
        now,
        why
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Slug, name and refusals of a source.
///
/// # Errors
/// When the database cannot be asked.
pub async fn refusals(conn: &mut Conn, id: SourceId) -> Result<Option<(String, String, i64)>> {
    let row = sqlx::query!(
        "SELECT slug, name, refusals FROM sources WHERE id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.slug, row.name, row.refusals)))
}

/// The last sender that was turned away.
///
/// # Errors
/// When the database cannot be asked.
pub async fn refusal(conn: &mut Conn, id: SourceId) -> Result<Option<Refusal>> {
    let refusal = sqlx::query_as!(
        Refusal,
        r#"SELECT refused_at AS "at!", refused_why AS why, refusals AS times FROM sources
           WHERE id = $1 AND refused_at IS NOT NULL"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(refusal)
}
