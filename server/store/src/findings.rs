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
        r#"SELECT f.title, f.state, f.severity, n.id AS "identity?: Uuid", n.name AS "name?", n.team_id, n.owner_id, n.backup_owner_id
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
        "UPDATE findings SET state = $2, note = $3, excepted_until = $4, handled_by = $5, handled_at = $6 WHERE id = $1",
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
