//! Rotations of credentials, and the policies that say how old one may grow.

use chrono::{DateTime, Utc};
use contract::identities::{CredentialType, IdentityState, Kept, PolicyRow, PolicyScope, RiskTier};
use contract::ids::{CredentialId, IdentityId, PersonId, PolicyId, TeamId};
use contract::people::TeamRef;
use domain::identity::rotation::policy::{Policy, Scope};
use uuid::Uuid;

use crate::{Conn, Error, Result, Tx};

/// What a change of a credential needs to know, locked until commit.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The identity that holds it: id and name.
    pub identity: (IdentityId, String),
    /// The identity's lifecycle state.
    pub state: IdentityState,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint.
    pub reference: String,
    /// When its secret last changed, as far as known.
    pub since: Option<DateTime<Utc>>,
    /// A newer one replaces it.
    pub replaced: bool,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Locks a credential and its identity for a change.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, id: CredentialId) -> Result<Option<Locked>> {
    let row = sqlx::query!(
        r#"SELECT n.id, n.name, n.state, n.team_id, n.owner_id, n.backup_owner_id, c.credential_type, c.label,
               c.reference, GREATEST(c.issued_at, c.rotated_at) AS since, c.replaced_by IS NOT NULL AS "replaced!", c.revoked_at
           FROM credentials c JOIN identities n ON n.id = c.identity_id WHERE c.id = $1 FOR UPDATE"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Locked {
            identity: (IdentityId(row.id), row.name),
            state: row.state.parse().map_err(Error::from)?,
            team: row.team_id.map(TeamId),
            owner: row.owner_id.map(PersonId),
            backup_owner: row.backup_owner_id.map(PersonId),
            credential_type: row.credential_type.parse()?,
            label: row.label,
            reference: row.reference,
            since: row.since,
            replaced: row.replaced,
            revoked_at: row.revoked_at,
        })
    })
    .transpose()
}

/// A newer generation of a credential.
#[derive(Debug, Clone)]
pub struct Successor {
    /// Its id.
    pub id: CredentialId,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint.
    pub reference: String,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Until when the old one is valid beside it.
    pub overlap_until: DateTime<Utc>,
    /// Who made it, where a person did.
    pub created_by: Option<PersonId>,
}

/// Puts a newer generation beside the old one, which from now on retires. The type is the old one's.
///
/// # Errors
/// When the database refuses.
pub async fn succeed(
    tx: &mut Tx,
    old: CredentialId,
    new: &Successor,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO credentials (id, identity_id, credential_type, label, reference, issued_at, created_by, created_at, kept)
         SELECT $2, identity_id, credential_type, $3, $4, $5, $6, $7, kept FROM credentials WHERE id = $1",
        old.0,
        new.id.0,
        new.label,
        new.reference,
        new.issued_at,
        new.created_by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE credentials SET replaced_by = $2, overlap_until = $3 WHERE id = $1",
        old.0,
        new.id.0,
        new.overlap_until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that a credential no longer works.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(tx: &mut Tx, id: CredentialId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE credentials SET revoked_at = $2 WHERE id = $1",
        id.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes where a credential is kept. Gives what was noted before.
///
/// # Errors
/// When the database refuses, or a stored word is unknown.
pub async fn keep(tx: &mut Tx, id: CredentialId, kept: Kept) -> Result<Kept> {
    let before = sqlx::query_scalar!("SELECT kept FROM credentials WHERE id = $1", id.0)
        .fetch_one(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE credentials SET kept = $2 WHERE id = $1",
        id.0,
        kept.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(before.parse()?)
}

/// For whom a policy holds, from its three columns; none where there is no policy.
pub(crate) fn scope(
    identity: Option<Uuid>,
    team: Option<Uuid>,
    tier: Option<&str>,
) -> Result<Option<Scope>> {
    Ok(match (identity, team, tier) {
        (Some(id), ..) => Some(Scope::Identity(IdentityId(id))),
        (None, Some(id), _) => Some(Scope::Team(TeamId(id))),
        (None, None, Some(tier)) => Some(Scope::Tier(tier.parse::<RiskTier>()?)),
        (None, None, None) => None,
    })
}

/// Every policy: identities, then teams, then tiers, the newest first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn policies(conn: &mut Conn) -> Result<Vec<PolicyRow>> {
    let rows = sqlx::query!(
        r#"SELECT o.id, o.tier, o.credential_type, o.days, o.reason, o.set_by, o.set_at,
               n.id AS "identity?: Uuid", n.name AS "identity_name?",
               t.id AS "team?: Uuid", t.slug AS "slug?", t.name AS "team_name?"
           FROM rotation_policies o LEFT JOIN identities n ON n.id = o.identity_id LEFT JOIN teams t ON t.id = o.team_id
           ORDER BY o.identity_id IS NOT NULL DESC, o.team_id IS NOT NULL DESC, o.set_at DESC, o.id LIMIT 500"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let team = row.team.zip(row.slug).zip(row.team_name);
            let scope = if let Some((id, name)) = row.identity.zip(row.identity_name) {
                PolicyScope::Identity(IdentityId(id), name)
            } else if let Some(((id, slug), name)) = team {
                PolicyScope::Team(TeamRef {
                    id: TeamId(id),
                    slug,
                    name,
                })
            } else {
                PolicyScope::Tier(row.tier.unwrap_or_default().parse()?)
            };
            Ok(PolicyRow {
                id: PolicyId(row.id),
                scope,
                credential_type: row.credential_type.map(|word| word.parse()).transpose()?,
                days: i64::from(row.days),
                reason: row.reason,
                set_by: row.set_by,
                set_at: row.set_at,
            })
        })
        .collect()
}

/// Sets a policy; one of the same scope and type gives way. Gives the days it allowed before, where there was one.
///
/// # Errors
/// `rotation_policies_…_fkey` when team or identity do not exist.
pub async fn set_policy(
    tx: &mut Tx,
    id: PolicyId,
    policy: &Policy,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (tier, team, identity) = columns(policy.scope);
    let kind = policy.credential_type.map(CredentialType::as_str);
    let before = sqlx::query_scalar!(
        "DELETE FROM rotation_policies WHERE tier IS NOT DISTINCT FROM $1 AND team_id IS NOT DISTINCT FROM $2
             AND identity_id IS NOT DISTINCT FROM $3 AND credential_type IS NOT DISTINCT FROM $4 RETURNING days",
        tier,
        team,
        identity,
        kind
    )
    .fetch_optional(&mut **tx)
    .await?;
    let days = i32::try_from(policy.days).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO rotation_policies (id, tier, team_id, identity_id, credential_type, days, reason, set_by, set_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        tier,
        team,
        identity,
        kind,
        days,
        policy.reason,
        by,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(before.map(i64::from))
}

const fn columns(scope: Scope) -> (Option<&'static str>, Option<Uuid>, Option<Uuid>) {
    match scope {
        Scope::Tier(tier) => (Some(tier.as_str()), None, None),
        Scope::Team(team) => (None, Some(team.0), None),
        Scope::Identity(identity) => (None, None, Some(identity.0)),
    }
}

/// Ends a policy and gives what it said.
///
/// # Errors
/// When the database refuses, or a stored word is unknown.
pub async fn end_policy(tx: &mut Tx, id: PolicyId) -> Result<Option<Policy>> {
    let row = sqlx::query!(
        "DELETE FROM rotation_policies WHERE id = $1 RETURNING tier, team_id, identity_id, credential_type, days, reason",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let scope = scope(row.identity_id, row.team_id, row.tier.as_deref())?;
    let credential_type = row
        .credential_type
        .map(|word| word.parse::<CredentialType>())
        .transpose()?;
    Ok(scope.map(|scope| Policy {
        scope,
        credential_type,
        days: u64::try_from(row.days).unwrap_or_default(),
        reason: row.reason,
    }))
}

/// Puts everybody a policy holds for on the list of those to be judged again, and says how many they are.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, scope: Scope) -> Result<u64> {
    let (tier, team, identity) = columns(scope);
    let done = sqlx::query!(
        "INSERT INTO identity_touches (identity_id)
         SELECT id FROM identities WHERE ($1::text IS NULL OR tier = $1) AND ($2::uuid IS NULL OR team_id = $2)
             AND ($3::uuid IS NULL OR id = $3)",
        tier,
        team,
        identity
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// The identity of a name or id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn identity_named(conn: &mut Conn, text: &str) -> Result<Option<(IdentityId, String)>> {
    let id = text.parse::<Uuid>().ok();
    let row = sqlx::query!(
        "SELECT id, name FROM identities WHERE name = $1 OR id = $2 LIMIT 1",
        text,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (IdentityId(row.id), row.name)))
}
