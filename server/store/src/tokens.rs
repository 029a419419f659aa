//! API tokens. Only hashes are stored; a copy of the table opens nothing.

use chrono::{DateTime, Utc};
use contract::ids::TokenId;
use contract::tokens::{Scope, TokenRow};

use crate::{Conn, Result, Tx};

struct Row {
    id: uuid::Uuid,
    name: String,
    hint: String,
    scopes: Vec<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl Row {
    fn into_view(self) -> Result<TokenRow> {
        Ok(TokenRow {
            id: TokenId(self.id),
            name: self.name,
            hint: self.hint,
            scopes: self
                .scopes
                .iter()
                .map(|word| word.parse())
                .collect::<std::result::Result<Vec<Scope>, _>>()?,
            created_by: self.created_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        })
    }
}

/// Adds a token.
///
/// # Errors
/// When the database refuses; `api_tokens_name_key` when the name is taken.
pub async fn insert(tx: &mut Tx, token: &TokenRow, hash: [u8; 32]) -> Result<()> {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "INSERT INTO api_tokens (id, name, token_hash, hint, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        token.id.0,
        token.name,
        hash.as_slice(),
        token.hint,
        &scopes,
        token.created_by,
        token.created_at,
        token.expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Up to `limit` tokens, newest first, after (older than) the given one.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, after: Option<TokenId>, limit: i64) -> Result<Vec<TokenRow>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_tokens
         WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2",
        after.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_view).collect()
}

/// One token, locked until the transaction ends.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, id: TokenId) -> Result<Option<TokenRow>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_tokens
         WHERE id = $1 FOR UPDATE",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(Row::into_view).transpose()
}

/// The token of a hash, whatever its state.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn by_hash(conn: &mut Conn, hash: [u8; 32]) -> Result<Option<TokenRow>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_tokens
         WHERE token_hash = $1",
        hash.as_slice()
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_view).transpose()
}

/// Marks a token as revoked.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes a token's use.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
