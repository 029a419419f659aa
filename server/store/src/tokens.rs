//! API tokens. Only hashes are stored; a copy of the table opens nothing.

use chrono::{DateTime, Utc};
use contract::ids::{IdentityId, TokenId, WorkloadRuleId};
use contract::tokens::{Scope, TokenRow};
use domain::token::Bearer;

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
    teams: Vec<String>,
    networks: Vec<String>,
    identity_id: Option<uuid::Uuid>,
    rotated: bool,
    subject: Option<String>,
}

pub(crate) fn scopes(words: &[String]) -> Result<Vec<Scope>> {
    let read = words.iter().map(|word| word.parse());
    Ok(read.collect::<std::result::Result<Vec<Scope>, _>>()?)
}

impl Row {
    fn into_view(self) -> Result<TokenRow> {
        Ok(TokenRow {
            id: TokenId(self.id),
            name: self.name,
            hint: self.hint,
            scopes: scopes(&self.scopes)?,
            created_by: self.created_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
            teams: self.teams,
            networks: self.networks,
            identity: self.identity_id.map(IdentityId),
            rotated: self.rotated,
            subject: self.subject,
        })
    }
}

/// Adds a token; `rule` is the one by which a pipeline was given it.
///
/// # Errors
/// When the database refuses; `api_tokens_name_key` when the name is taken.
pub async fn insert(
    tx: &mut Tx,
    token: &TokenRow,
    hash: [u8; 32],
    rule: Option<WorkloadRuleId>,
) -> Result<()> {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "INSERT INTO api_tokens (id, name, token_hash, hint, scopes, created_by, created_at, expires_at, teams, networks,
             identity_id, subject, rule_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        token.id.0,
        token.name,
        hash.as_slice(),
        token.hint,
        &scopes,
        token.created_by,
        token.created_at,
        token.expires_at,
        &token.teams,
        &token.networks,
        token.identity.map(|id| id.0),
        token.subject,
        rule.map(|rule| rule.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Up to `limit` tokens somebody made, newest first, after (older than) the given one.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, after: Option<TokenId>, limit: i64) -> Result<Vec<TokenRow>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, teams, networks,
             identity_id, rotated, subject
         FROM api_tokens WHERE subject IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
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
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, teams, networks,
             identity_id, rotated, subject
         FROM api_tokens WHERE id = $1 FOR UPDATE",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(Row::into_view).transpose()
}

/// One token somebody made.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn get(conn: &mut Conn, id: TokenId) -> Result<Option<TokenRow>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, teams, networks,
             identity_id, rotated, subject
         FROM api_tokens WHERE id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_view).transpose()
}

/// The token of a hash, whatever its state, and how it stands as an identity.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn by_hash(conn: &mut Conn, hash: [u8; 32]) -> Result<Option<(TokenRow, Bearer)>> {
    let row = sqlx::query!(
        r#"SELECT t.id, t.name, t.hint, t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
               t.teams, t.networks, t.identity_id, t.rotated, t.subject, n.state AS "state?", n.next_review_at,
               (SELECT min(f.opened_at) FROM findings f WHERE f.identity_id = t.identity_id
                    AND f.rule IN ('no_owner', 'inactive_owner') AND f.state IN ('open', 'acknowledged')
                    -- One whose team is missing has somebody who answers.
                    AND NOT EXISTS (SELECT FROM people p WHERE p.id = n.owner_id AND p.active)) AS orphaned_at
           FROM api_tokens t LEFT JOIN identities n ON n.id = t.identity_id WHERE t.token_hash = $1"#,
        hash.as_slice()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let bearer = Bearer {
            state: row.state.map(|word| word.parse()).transpose()?,
            orphaned_at: row.orphaned_at,
            review_due: row.next_review_at,
        };
        let view = Row {
            id: row.id,
            name: row.name,
            hint: row.hint,
            scopes: row.scopes,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            teams: row.teams,
            networks: row.networks,
            identity_id: row.identity_id,
            rotated: row.rotated,
            subject: row.subject,
        }
        .into_view()?;
        Ok((view, bearer))
    })
    .transpose()
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

/// Marks a token as rotated: it works until `until` at the latest, and its name is free for its successor.
///
/// # Errors
/// When the database refuses.
pub async fn retire(tx: &mut Tx, id: TokenId, until: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE api_tokens SET rotated = true, expires_at = LEAST(expires_at, $2) WHERE id = $1",
        id.0,
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes a token's use, and its identity's.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "WITH used AS (UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 RETURNING identity_id, hint),
             held AS (UPDATE credentials c SET last_used_at = $2 FROM used u
                 WHERE c.identity_id = u.identity_id AND c.reference = u.hint)
         UPDATE identities n SET last_used_at = $2 FROM used u WHERE n.id = u.identity_id",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Tells the inventory of the credential an identity's token is: when it was issued and when it ends, and when its next
/// review is due where none is yet.
///
/// # Errors
/// When the database refuses.
pub async fn tell(tx: &mut Tx, token: &TokenRow, review: DateTime<Utc>) -> Result<()> {
    let Some(identity) = token.identity else {
        return Ok(());
    };
    sqlx::query!(
        "WITH held AS (UPDATE credentials SET issued_at = $3, rotated_at = $3, expires_at = $4
             WHERE identity_id = $1 AND reference = $2)
         UPDATE identities SET next_review_at = COALESCE(next_review_at, $5) WHERE id = $1",
        identity.0,
        token.hint,
        token.created_at,
        token.expires_at,
        review
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the credential of a rotated token off its identity: the successor's takes its place.
///
/// # Errors
/// When the database refuses.
pub async fn succeed(tx: &mut Tx, identity: IdentityId, hint: &str) -> Result<()> {
    sqlx::query!(
        "DELETE FROM credentials WHERE identity_id = $1 AND reference = $2",
        identity.0,
        hint
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes what was given to pipelines and is over, a day after its end.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = sqlx::query!(
        "DELETE FROM api_tokens WHERE subject IS NOT NULL AND expires_at < $1",
        before
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected())
}
