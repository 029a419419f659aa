//! One identity whole, as its page shows it. Events and findings are read by their own files.

use chrono::{DateTime, NaiveDate, Utc};
use contract::identities::RiskReason;
use contract::identities::{
    CredentialView, IdentityState, PastReview, PermissionView, SelectorView, TrustView, Usage,
};
use contract::ids::{
    CredentialId, IdentityId, PermissionId, PersonId, SelectorId, TeamId, TrustId,
};
use contract::people::PersonRef;
use domain::identity::lifecycle::StateFacts;
use domain::identity::{permission, rotation};
use sqlx::types::Json;

use crate::{Conn, Error, Result};

/// What the list's row does not hold.
#[derive(Debug, Clone)]
pub struct Details {
    /// Ticket.
    pub ticket: String,
    /// Justification.
    pub justification: String,
    /// Backup owner.
    pub backup_owner: Option<PersonRef>,
    /// Who asked.
    pub requested_by: Option<PersonRef>,
    /// Who approved.
    pub approved_by: Option<PersonRef>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// Version.
    pub version: i64,
    /// Reasons of the score.
    pub risk_reasons: Vec<RiskReason>,
    /// State and its facts.
    pub state: IdentityState,
    /// Facts of the state.
    pub facts: StateFacts,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
}

fn person(id: Option<uuid::Uuid>, name: Option<String>, active: Option<bool>) -> Option<PersonRef> {
    id.zip(name)
        .zip(active)
        .map(|((id, name), active)| PersonRef {
            id: PersonId(id),
            name,
            active,
        })
}

/// The rest of the identity's own row.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn details(conn: &mut Conn, id: IdentityId) -> Result<Option<Details>> {
    let row = sqlx::query!(
        r#"SELECT n.ticket, n.justification, n.created_at, n.version, n.state, n.team_id, n.owner_id,
               n.state_facts AS "facts: Json<StateFacts>", n.risk_reasons AS "reasons: Json<Vec<RiskReason>>",
               b.id AS "b_id?", b.name AS "b_name?", b.active AS "b_active?",
               r.id AS "r_id?", r.name AS "r_name?", r.active AS "r_active?",
               a.id AS "a_id?", a.name AS "a_name?", a.active AS "a_active?"
           FROM identities n
               LEFT JOIN people b ON b.id = n.backup_owner_id
               LEFT JOIN people r ON r.id = n.requested_by
               LEFT JOIN people a ON a.id = n.approved_by
           WHERE n.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Details {
            ticket: row.ticket,
            justification: row.justification,
            backup_owner: person(row.b_id, row.b_name, row.b_active),
            requested_by: person(row.r_id, row.r_name, row.r_active),
            approved_by: person(row.a_id, row.a_name, row.a_active),
            created_at: row.created_at,
            version: row.version,
            risk_reasons: row.reasons.0,
            state: row.state.parse().map_err(Error::from)?,
            facts: row.facts.0,
            team: row.team_id.map(TeamId),
            owner: row.owner_id.map(PersonId),
        })
    })
    .transpose()
}

/// Its selectors, most telling first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn selectors(conn: &mut Conn, id: IdentityId) -> Result<Vec<SelectorView>> {
    let rows = sqlx::query!(
        "SELECT id, kind, issuer, value FROM selectors WHERE identity_id = $1 ORDER BY kind = 'oidc_subject' DESC, created_at, id",
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SelectorView {
                id: SelectorId(row.id),
                kind: row.kind.parse()?,
                issuer: row.issuer,
                value: row.value,
            })
        })
        .collect()
}

/// Its credentials, newest first, judged at `now`.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn credentials(
    conn: &mut Conn,
    id: IdentityId,
    now: DateTime<Utc>,
) -> Result<Vec<CredentialView>> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.credential_type, c.label, c.reference, c.issued_at, c.expires_at, c.rotated_at, c.last_used_at,
               p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM credentials c LEFT JOIN people p ON p.id = c.created_by
           WHERE c.identity_id = $1 ORDER BY GREATEST(c.issued_at, c.rotated_at) DESC NULLS LAST, c.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let credential_type = row.credential_type.parse()?;
            let judged = rotation::judge(credential_type, row.issued_at, row.rotated_at, now);
            Ok(CredentialView {
                id: CredentialId(row.id),
                credential_type,
                label: row.label,
                reference: row.reference,
                issued_at: row.issued_at,
                expires_at: row.expires_at,
                rotated_at: row.rotated_at,
                last_used_at: row.last_used_at,
                rotation: judged.state,
                rotation_due_at: judged.due_at,
                max_age_days: judged
                    .max_age_days
                    .and_then(|days| i64::try_from(days).ok()),
                created_by: person(row.p_id, row.p_name, row.p_active),
            })
        })
        .collect()
}

/// Its permissions, privileged first, each in words. `covered` says whether a source would have seen a use.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn permissions(
    conn: &mut Conn,
    id: IdentityId,
    covered: bool,
    unused_before: DateTime<Utc>,
) -> Result<Vec<PermissionView>> {
    let rows = sqlx::query!(
        r#"SELECT x.id, x.system, x.action, x.resource, x.environment, x.privileged, x.source, x.granted_at, x.last_used_at,
               p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM permissions x LEFT JOIN people p ON p.id = x.changed_by
           WHERE x.identity_id = $1 ORDER BY x.privileged DESC, x.system, x.action, x.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let environment = row.environment.map(|word| word.parse()).transpose()?;
            let usage = match row.last_used_at {
                Some(at) if at >= unused_before => Usage::Used,
                _ if covered => Usage::Unused,
                _ => Usage::Unknown,
            };
            Ok(PermissionView {
                id: PermissionId(row.id),
                sentence: permission::sentence(
                    &row.system,
                    &row.action,
                    &row.resource,
                    environment,
                ),
                system: row.system,
                action: row.action,
                resource: row.resource,
                environment,
                privileged: row.privileged,
                source: row.source.parse()?,
                usage,
                last_used_at: row.last_used_at,
                granted_at: row.granted_at,
                changed_by: person(row.p_id, row.p_name, row.p_active),
            })
        })
        .collect()
}

/// Its trust documents.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn trusts(conn: &mut Conn, id: IdentityId) -> Result<Vec<TrustView>> {
    let rows = sqlx::query!(
        "SELECT id, language, target, document, admits, updated_at FROM trusts WHERE identity_id = $1 ORDER BY target, id",
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TrustView {
                id: TrustId(row.id),
                language: row.language.parse()?,
                target: row.target,
                document: row.document,
                admits: row.admits,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// Events per day from `from`, oldest first: (success or unknown, failure). Every day is there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn daily_events(
    conn: &mut Conn,
    id: IdentityId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(i64, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT COALESCE(sum(e.succeeded), 0)::bigint AS "succeeded!", COALESCE(sum(e.failed), 0)::bigint AS "failed!"
           FROM generate_series($2::date, $3::date, interval '1 day') AS d (day)
               LEFT JOIN event_days e ON e.identity_id = $1 AND e.day = d.day::date
           GROUP BY d.day ORDER BY d.day"#,
        id.0,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.succeeded, row.failed))
        .collect())
}

/// Its past decisions, newest first: the last one of each closed or sealed campaign.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn reviews(conn: &mut Conn, id: IdentityId) -> Result<Vec<PastReview>> {
    let rows = sqlx::query!(
        r#"SELECT c.name, d.decision, d.reason, d.decided_by_name, d.decided_at
           FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
               JOIN LATERAL (SELECT * FROM item_decisions x WHERE x.item_id = i.id ORDER BY x.decided_at DESC, x.id DESC LIMIT 1) d ON true
           WHERE i.identity_id = $1 AND i.state = 'decided' AND c.state IN ('closed', 'sealed')
           ORDER BY d.decided_at DESC LIMIT 40"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PastReview {
                campaign: row.name,
                decision: row.decision.parse()?,
                reason: row.reason,
                by: row.decided_by_name,
                at: row.decided_at,
            })
        })
        .collect()
}
