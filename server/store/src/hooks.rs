//! Webhooks of the rules of who is told, and what is posted to them.

use chrono::{DateTime, Utc};
use contract::findings::Severity;
use contract::ids::{FindingId, TeamId};
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// The webhook of a rule.
#[derive(Clone)]
pub struct Hook {
    /// Its id.
    pub id: Uuid,
    /// Of this team's rule; absent: of everybody's.
    pub team: Option<TeamId>,
    /// The whole address; it may hold a token.
    pub address: String,
    /// Its secret, encrypted.
    pub sealed: Option<Vec<u8>>,
    /// From this severity on.
    pub from: Severity,
    /// When it was named first.
    pub created_at: DateTime<Utc>,
}

/// Every webhook.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn all(conn: &mut Conn) -> Result<Vec<Hook>> {
    let rows = sqlx::query!(
        "SELECT id, team_id, address, secret_sealed, severity, created_at FROM notice_hooks ORDER BY id"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Hook {
                id: row.id,
                team: row.team_id.map(Into::into),
                address: row.address,
                sealed: row.secret_sealed,
                from: row.severity.parse()?,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// Sets the webhook of a rule in place of the one there was; what waits goes to the new one.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &mut Tx, hook: &Hook) -> Result<()> {
    sqlx::query!(
        "INSERT INTO notice_hooks (id, team_id, address, secret_sealed, severity, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (team_id) DO UPDATE SET address = EXCLUDED.address, secret_sealed = EXCLUDED.secret_sealed,
             severity = EXCLUDED.severity",
        hook.id,
        hook.team.map(|id| id.0),
        hook.address,
        hook.sealed.as_deref(),
        hook.from.as_str(),
        hook.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the webhook of a rule away, with what waits for it.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, team: Option<TeamId>) -> Result<()> {
    sqlx::query!(
        "DELETE FROM notice_hooks WHERE team_id IS NOT DISTINCT FROM $1",
        team.map(|id| id.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How far the feed of findings was looked through; 0 when it never was. One transaction at a time looks further.
///
/// # Errors
/// When the database refuses.
pub async fn place(tx: &mut Tx) -> Result<i64> {
    sqlx::query!("LOCK TABLE hook_place IN EXCLUSIVE MODE")
        .execute(&mut **tx)
        .await?;
    let position = sqlx::query_scalar!("SELECT position FROM hook_place")
        .fetch_optional(&mut **tx)
        .await?;
    Ok(position.unwrap_or(0))
}

/// Notes how far it was looked through.
///
/// # Errors
/// When the database refuses.
pub async fn advance(tx: &mut Tx, position: i64) -> Result<()> {
    sqlx::query!(
        "INSERT INTO hook_place (position) VALUES ($1) ON CONFLICT (one) DO UPDATE SET position = EXCLUDED.position",
        position
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose a finding is.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The finding.
    pub finding: FindingId,
    /// The team that answers for it, where one does.
    pub team: Option<TeamId>,
    /// Zone of the team's lead, where it has one.
    pub zone: Option<String>,
}

/// Whose findings are; those that are no more are left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn whose(conn: &mut Conn, findings: &[FindingId]) -> Result<Vec<Whose>> {
    let ids: Vec<Uuid> = findings.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT f.id AS "id!", t.id AS "team?", l.time_zone AS "zone?"
           FROM findings f LEFT JOIN identities x ON x.id = f.identity_id
               LEFT JOIN teams t ON t.id = COALESCE(x.team_id, f.team_id) LEFT JOIN people l ON l.id = t.lead_id
           WHERE f.id = ANY($1)"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Whose {
            finding: row.id.into(),
            team: row.team.map(Into::into),
            zone: row.zone,
        })
        .collect())
}

/// A post to be kept.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Its id, which is the receiver's too.
    pub id: Uuid,
    /// Where it goes.
    pub hook: Uuid,
    /// The finding it tells of.
    pub finding: FindingId,
    /// Which opening of it.
    pub opened_at: DateTime<Utc>,
    /// The body.
    pub body: String,
    /// Not before.
    pub run_at: DateTime<Utc>,
}

/// Keeps a post until it is sent; false when this opening of the finding was kept already. One that has waited for later
/// than this says goes earlier: the finding became worse.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, new: &NewPost, at: DateTime<Utc>) -> Result<bool> {
    let inserted = sqlx::query_scalar!(
        r#"INSERT INTO hook_posts (id, hook_id, finding_id, opened_at, body, created_at, run_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (hook_id, finding_id, opened_at) DO UPDATE SET body = EXCLUDED.body, run_at = EXCLUDED.run_at
               WHERE hook_posts.state = 'waiting' AND hook_posts.attempts = 0 AND hook_posts.run_at > EXCLUDED.run_at
           RETURNING (xmax = 0) AS "inserted!""#,
        new.id,
        new.hook,
        new.finding.0,
        new.opened_at,
        new.body,
        at,
        new.run_at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(inserted.unwrap_or(false))
}

/// A post to be sent.
pub struct Claimed {
    /// Its id.
    pub id: Uuid,
    /// Where it goes.
    pub hook: Uuid,
    /// The whole address.
    pub address: String,
    /// The secret, encrypted.
    pub sealed: Option<Vec<u8>>,
    /// The body.
    pub body: String,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
    /// Tries before this one.
    pub attempts: i32,
}

/// Drops what was answered or closed before it was posted: nobody need be told of it any more.
///
/// # Errors
/// When the database refuses.
pub async fn drop_answered(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "DELETE FROM hook_posts p USING findings f
         WHERE p.state = 'waiting' AND p.attempts = 0 AND f.id = p.finding_id
           AND (f.state <> 'open' OR f.opened_at <> p.opened_at)"
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the next post that is due; it stays taken until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Claimed>> {
    Ok(sqlx::query_as!(
        Claimed,
        "SELECT p.id, p.hook_id AS hook, h.address, h.secret_sealed AS sealed, p.body, p.created_at, p.attempts
         FROM hook_posts p JOIN notice_hooks h ON h.id = p.hook_id
         WHERE p.state = 'waiting' AND p.run_at <= $1 ORDER BY p.run_at, p.id LIMIT 1 FOR UPDATE OF p SKIP LOCKED",
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Notes that a post was taken.
///
/// # Errors
/// When the database refuses.
pub async fn sent(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE hook_posts SET state = 'sent', problem = '', attempts = attempts + 1, sent_at = $2 WHERE id = $1",
        id,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that a post will not be taken, and why.
///
/// # Errors
/// When the database refuses.
pub async fn failed(tx: &mut Tx, id: Uuid, problem: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE hook_posts SET state = 'failed', problem = $2, attempts = attempts + 1 WHERE id = $1",
        id,
        problem
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes why a post was not taken this time, and puts it and everything else of its webhook off: one try finds out whether
/// the other side is back.
///
/// # Errors
/// When the database refuses.
pub async fn later(tx: &mut Tx, post: &Claimed, problem: &str, again: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE hook_posts SET run_at = GREATEST(run_at, $3), problem = CASE WHEN id = $2 THEN $4 ELSE problem END,
             attempts = attempts + CASE WHEN id = $2 THEN 1 ELSE 0 END
         WHERE hook_id = $1 AND state = 'waiting'",
        post.hook,
        post.id,
        again,
        problem
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
