//! Findings: pages of them, the facts the rules judge, and what becomes of each after a judgement.

pub mod facts;
pub mod list;
pub mod reconcile;

use chrono::{DateTime, Utc};
use contract::findings::{FindingState, Severity};
use contract::ids::{FindingId, IdentityId, PersonId, TeamId};
use uuid::Uuid;

use crate::{Result, Tx};

/// What an action on a finding needs to know, locked until commit.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Title.
    pub title: String,
    /// State.
    pub state: FindingState,
    /// Severity.
    pub severity: Severity,
    /// Rule id.
    pub rule: String,
    /// Whether it was made out of events.
    pub detected: bool,
    /// Identity: id and name.
    pub identity: Option<(IdentityId, String)>,
    /// Who may change it: the identity's team, owner, backup.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
}

/// Locks a finding for a change.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, id: FindingId) -> Result<Option<Locked>> {
    let row = sqlx::query!(
        r#"SELECT f.title, f.state, f.severity, f.rule, f.detected, n.id AS "identity?: Uuid", n.name AS "name?", n.team_id, n.owner_id, n.backup_owner_id
           FROM findings f LEFT JOIN identities n ON n.id = f.identity_id WHERE f.id = $1 FOR UPDATE OF f"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Locked {
            title: row.title,
            state: row.state.parse()?,
            severity: row.severity.parse()?,
            rule: row.rule,
            detected: row.detected,
            identity: row.identity.map(IdentityId).zip(row.name),
            team: row.team_id.map(TeamId),
            owner: row.owner_id.map(PersonId),
            backup_owner: row.backup_owner_id.map(PersonId),
        })
    })
    .transpose()
}

/// Saves what a person did with a finding.
///
/// # Errors
/// When the database refuses.
pub async fn save(
    tx: &mut Tx,
    id: FindingId,
    state: FindingState,
    note: &str,
    excepted_until: Option<DateTime<Utc>>,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE findings SET state = $2, note = $3, excepted_until = $4, handled_by = $5, handled_at = $6::timestamptz,
             resolved_at = CASE WHEN $2 = 'resolved' THEN $6::timestamptz END WHERE id = $1",
        id.0,
        state.as_str(),
        note,
        excepted_until,
        by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a finding to somebody.
///
/// # Errors
/// When the database refuses.
pub async fn assign(tx: &mut Tx, id: FindingId, to: PersonId) -> Result<()> {
    sqlx::query!(
        "UPDATE findings SET assigned_to = $2 WHERE id = $1",
        id.0,
        to.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who has this address and is still there: id and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person(tx: &mut Tx, email: &str) -> Result<Option<(PersonId, String)>> {
    let row = sqlx::query!(
        "SELECT id, name FROM people WHERE lower(email) = lower($1) AND active",
        email
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (PersonId(row.id), row.name)))
}

/// Excepts whatever a rule finds on an identity until a day: what is open now, and what comes.
///
/// # Errors
/// When the database refuses.
pub async fn except_rule(
    tx: &mut Tx,
    (rule, identity): (&str, IdentityId),
    reason: &str,
    until: DateTime<Utc>,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO finding_exceptions (rule, identity_id, reason, until, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT finding_exceptions_key DO UPDATE SET reason = EXCLUDED.reason,
             until = EXCLUDED.until, by_id = EXCLUDED.by_id, at = EXCLUDED.at",
        rule,
        identity.0,
        reason,
        until,
        by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE findings SET state = 'excepted', note = $3, excepted_until = $4, handled_by = $5, handled_at = $6
         WHERE rule = $1 AND identity_id = $2 AND state IN ('open', 'acknowledged')",
        rule,
        identity.0,
        reason,
        until,
        by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
