//! Writing the roll: new identities with what hangs on them, and each change of state.

use chrono::{DateTime, Utc};
use contract::identities::IdentityState;
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::identity::lifecycle::StateFacts;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// A new identity's own row.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
    /// Kind word.
    pub kind: &'static str,
    /// Platform word.
    pub platform: &'static str,
    /// State.
    pub state: IdentityState,
    /// Facts of the state.
    pub facts: StateFacts,
    /// Purpose.
    pub purpose: String,
    /// Ticket.
    pub ticket: String,
    /// Justification.
    pub justification: String,
    /// Environment words.
    pub environments: Vec<String>,
    /// Tier word.
    pub tier: &'static str,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Who asked.
    pub requested_by: Option<PersonId>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
}

/// A selector to insert: id, kind word, issuer, value.
pub type SelectorRow = (Uuid, &'static str, String, String);

/// A permission to insert.
#[derive(Debug, Clone)]
pub struct PermissionRow {
    /// Its id.
    pub id: Uuid,
    /// System.
    pub system: String,
    /// Action.
    pub action: String,
    /// Resource.
    pub resource: String,
    /// Environment word.
    pub environment: Option<&'static str>,
    /// Privileged.
    pub privileged: bool,
}

/// Inserts the identity's own row.
///
/// # Errors
/// `identities_name_key` when the name is taken; `…_fkey` when team or person do not exist.
pub async fn insert(tx: &mut Tx, row: &NewRow) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identities (id, name, kind, platform, state, purpose, ticket, justification, environments, tier,
             team_id, owner_id, backup_owner_id, requested_by, requested_at, state_facts, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::uuid,
             CASE WHEN $14 IS NOT NULL THEN $16::timestamptz END, $15, $16, $16)",
        row.id.0,
        row.name,
        row.kind,
        row.platform,
        row.state.as_str(),
        row.purpose,
        row.ticket,
        row.justification,
        &row.environments,
        row.tier,
        row.team.map(|id| id.0),
        row.owner.map(|id| id.0),
        row.backup_owner.map(|id| id.0),
        row.requested_by.map(|id| id.0),
        Json(&row.facts) as _,
        row.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Inserts selectors.
///
/// # Errors
/// `selectors_name_key` when another identity claims one of the names.
pub async fn insert_selectors(
    tx: &mut Tx,
    identity: IdentityId,
    rows: &[SelectorRow],
    now: DateTime<Utc>,
) -> Result<()> {
    for (id, kind, issuer, value) in rows {
        sqlx::query!(
            "INSERT INTO selectors (id, identity_id, kind, issuer, value, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            identity.0,
            kind,
            issuer,
            value,
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Whether an identity has this name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn name_taken(tx: &mut Tx, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identities WHERE name = $1) AS "taken!""#,
        name
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Who claims one of these names already: the name and the identity's own.
///
/// # Errors
/// When the database cannot be asked.
pub async fn claimed(tx: &mut Tx, rows: &[SelectorRow]) -> Result<Option<(String, String)>> {
    let (kinds, rest): (Vec<String>, Vec<(String, String)>) = rows
        .iter()
        .map(|(_, kind, issuer, value)| ((*kind).to_owned(), (issuer.clone(), value.clone())))
        .unzip();
    let (issuers, values): (Vec<String>, Vec<String>) = rest.into_iter().unzip();
    let row = sqlx::query!(
        "SELECT s.value, n.name FROM unnest($1::text[], $2::text[], $3::text[]) AS w (kind, issuer, value)
         JOIN selectors s ON s.kind = w.kind AND s.issuer = w.issuer AND s.value = w.value
         JOIN identities n ON n.id = s.identity_id LIMIT 1",
        &kinds,
        &issuers,
        &values
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|r| (r.value, r.name)))
}

/// A credential reference to insert.
#[derive(Debug, Clone)]
pub struct CredentialRow {
    /// Its id.
    pub id: Uuid,
    /// Type word.
    pub credential_type: &'static str,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint, or empty.
    pub reference: String,
}

/// Inserts a credential reference.
///
/// # Errors
/// When the database refuses.
pub async fn insert_credential(
    tx: &mut Tx,
    identity: IdentityId,
    row: &CredentialRow,
    created_by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO credentials (id, identity_id, credential_type, label, reference, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id,
        identity.0,
        row.credential_type,
        row.label,
        row.reference,
        created_by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Inserts declared permissions; a grant that stands there already is left alone.
///
/// # Errors
/// When the database refuses.
pub async fn insert_permissions(
    tx: &mut Tx,
    identity: IdentityId,
    rows: &[PermissionRow],
    changed_by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    for row in rows {
        sqlx::query!(
            "INSERT INTO permissions (id, identity_id, system, action, resource, environment, privileged, source,
                 changed_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'declared', $8, $9)
             ON CONFLICT ON CONSTRAINT permissions_grant_key DO NOTHING",
            row.id,
            identity.0,
            row.system,
            row.action,
            row.resource,
            row.environment,
            row.privileged,
            changed_by.map(|person| person.0),
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// What a transition needs to know, locked until commit.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Name.
    pub name: String,
    /// State.
    pub state: IdentityState,
    /// Facts of the state.
    pub facts: StateFacts,
    /// Purpose.
    pub purpose: String,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Who asked.
    pub requested_by: Option<PersonId>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// When the next review is due.
    pub next_review_at: Option<DateTime<Utc>>,
}

/// Locks an identity for a change.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, id: IdentityId) -> Result<Option<Locked>> {
    let row = sqlx::query!(
        r#"SELECT name, state, state_facts AS "facts: Json<StateFacts>", purpose, team_id, owner_id, backup_owner_id,
               requested_by, created_at, next_review_at
           FROM identities WHERE id = $1 FOR UPDATE"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Locked {
            name: row.name,
            state: row.state.parse().map_err(Error::from)?,
            facts: row.facts.0,
            purpose: row.purpose,
            team: row.team_id.map(TeamId),
            owner: row.owner_id.map(PersonId),
            backup_owner: row.backup_owner_id.map(PersonId),
            requested_by: row.requested_by.map(PersonId),
            created_at: row.created_at,
            next_review_at: row.next_review_at,
        })
    })
    .transpose()
}

/// What a transition changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// New state.
    pub state: IdentityState,
    /// Its facts.
    pub facts: StateFacts,
    /// Who approved, when this was an approval.
    pub approved_by: Option<PersonId>,
    /// Ticket, when one was given.
    pub ticket: Option<String>,
    /// Team, owner and purpose, when they changed.
    pub ownership: Option<(TeamId, PersonId, String)>,
    /// When the next review is due; none takes the date away.
    pub next_review_at: Option<DateTime<Utc>>,
}

/// Saves a transition.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, id: IdentityId, change: &Change, now: DateTime<Utc>) -> Result<()> {
    let (team, owner, purpose) = match &change.ownership {
        Some((team, owner, purpose)) => (Some(team.0), Some(owner.0), Some(purpose.as_str())),
        None => (None, None, None),
    };
    sqlx::query!(
        "UPDATE identities SET state = $2, state_facts = $3, approved_by = COALESCE($4, approved_by),
             approved_at = CASE WHEN $4::uuid IS NULL THEN approved_at ELSE $10::timestamptz END,
             ticket = COALESCE($5, ticket), team_id = COALESCE($6, team_id), owner_id = COALESCE($7, owner_id),
             purpose = COALESCE($8, purpose), next_review_at = $9, updated_at = $10, version = version + 1
         WHERE id = $1",
        id.0,
        change.state.as_str(),
        Json(&change.facts) as _,
        change.approved_by.map(|person| person.0),
        change.ticket,
        team,
        owner,
        purpose,
        change.next_review_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
