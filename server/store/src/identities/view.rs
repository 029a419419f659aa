//! One identity whole, as its page shows it. Events and findings are read by their own files.

use chrono::{DateTime, NaiveDate, Utc};
use contract::identities::{
    CredentialView, IdentityState, Kept, PastReview, PermissionView, RetiringView, SelectorView,
    TrustView, Usage,
};
use contract::identities::{Platform, RiskReason};
use contract::ids::{
    CredentialId, IdentityId, PermissionId, PersonId, SelectorId, TeamId, TrustId,
};
use contract::people::PersonRef;
use domain::identity::lifecycle::StateFacts;
use domain::identity::rotation::{overlap, policy};
use domain::identity::{credential, permission, rotation};
use sqlx::types::Json;
use uuid::Uuid;

use crate::findings::facts::Coverage;
use crate::rotation::scope;
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
    /// Tags.
    pub tags: Vec<String>,
    /// Links: label and address.
    pub links: Vec<(String, String)>,
}

fn person(id: Option<Uuid>, name: Option<String>, active: Option<bool>) -> Option<PersonRef> {
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
               n.tags, n.links AS "links: Json<Vec<(String, String)>>",
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
            tags: row.tags,
            links: row.links.0,
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

/// Its credentials, newest first, judged at `now` by their policies and overlaps. `covered` says whether a source would
/// have seen one used.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn credentials(
    conn: &mut Conn,
    id: IdentityId,
    covered: bool,
    now: DateTime<Utc>,
) -> Result<Vec<CredentialView>> {
    let rows = sqlx::query_as!(
        Held,
        r#"SELECT c.id, i.id AS holder, i.name AS holder_name, i.platform, c.credential_type, c.label, c.reference, c.issued_at, c.expires_at, c.rotated_at, c.last_used_at,
               c.first_used_at, c.revoked_at, c.overlap_until, c.kept, s.id AS "successor?", s.first_used_at AS "successor_used_at?",
               s.issued_at AS "successor_made_at?", o.days AS "days?", o.reason AS "why?", o.identity_id AS "for_identity?",
               o.team_id AS "for_team?", o.tier AS "for_tier?", p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM credentials c JOIN identities i ON i.id = c.identity_id LEFT JOIN people p ON p.id = c.created_by
               LEFT JOIN credentials s ON s.id = c.replaced_by
               LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, c.credential_type) o ON true
           WHERE c.identity_id = $1 ORDER BY GREATEST(c.issued_at, c.rotated_at) DESC NULLS LAST, c.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| row.into_view(covered, now))
        .collect()
}

/// A credential with whose it is, its policy and its successor.
pub(super) struct Held {
    pub(super) id: Uuid,
    pub(super) holder: Uuid,
    pub(super) holder_name: String,
    pub(super) platform: String,
    pub(super) credential_type: String,
    pub(super) label: String,
    pub(super) reference: String,
    pub(super) issued_at: Option<DateTime<Utc>>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) rotated_at: Option<DateTime<Utc>>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    pub(super) first_used_at: Option<DateTime<Utc>>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
    pub(super) overlap_until: Option<DateTime<Utc>>,
    pub(super) kept: String,
    pub(super) successor: Option<Uuid>,
    pub(super) successor_used_at: Option<DateTime<Utc>>,
    pub(super) successor_made_at: Option<DateTime<Utc>>,
    pub(super) days: Option<i32>,
    pub(super) why: Option<String>,
    pub(super) for_identity: Option<Uuid>,
    pub(super) for_team: Option<Uuid>,
    pub(super) for_tier: Option<String>,
    pub(super) p_id: Option<Uuid>,
    pub(super) p_name: Option<String>,
    pub(super) p_active: Option<bool>,
}

impl Held {
    pub(super) fn into_view(self, covered: bool, now: DateTime<Utc>) -> Result<CredentialView> {
        let credential_type = self.credential_type.parse()?;
        let kept: Kept = self.kept.parse()?;
        let held = rotation::Held {
            credential_type,
            issued_at: self.issued_at,
            rotated_at: self.rotated_at,
            limit: self.days.and_then(|days| u64::try_from(days).ok()),
            overlap_until: self.overlap_until,
            revoked: self.revoked_at.is_some(),
            managed: kept == Kept::Platform,
        };
        let judged = rotation::judge_with(&held, now);
        let scope = scope(self.for_identity, self.for_team, self.for_tier.as_deref())?;
        let limit_because = scope
            .zip(self.why.clone())
            .map_or_else(String::new, |(scope, why)| {
                format!("{}: {why}", policy::words(scope))
            });
        Ok(CredentialView {
            id: CredentialId(self.id),
            credential_type,
            kept,
            class: credential::class(credential_type, kept),
            retiring: self.retiring(covered, now),
            label: self.label,
            reference: self.reference,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            rotated_at: self.rotated_at,
            last_used_at: self.last_used_at,
            first_used_at: self.first_used_at,
            revoked_at: self.revoked_at,
            rotation: judged.state,
            rotation_due_at: judged.due_at,
            max_age_days: judged
                .max_age_days
                .and_then(|days| i64::try_from(days).ok()),
            limit_because,
            created_by: person(self.p_id, self.p_name, self.p_active),
        })
    }

    fn retiring(&self, covered: bool, now: DateTime<Utc>) -> Option<RetiringView> {
        let overlap_until = self.overlap_until?;
        let proof = overlap::judge(
            &overlap::Generations {
                rotated_at: self.successor_made_at.unwrap_or(overlap_until),
                overlap_until,
                new_first_used: self.successor_used_at,
                old_last_used: self.last_used_at,
                old_revoked: self.revoked_at,
                covered,
            },
            now,
        );
        Some(RetiringView {
            successor: self.successor.map(CredentialId),
            overlap_until,
            proof: proof.kind(),
            sentence: overlap::sentence(&proof),
        })
    }
}

/// What the sources would have told of: platforms that one has covered since before a moment.
#[derive(Debug, Clone)]
pub struct Told(Vec<Platform>);

impl Told {
    /// Keeps the platforms covered since before a moment.
    pub fn new(coverage: Coverage, before: DateTime<Utc>) -> Self {
        Self(
            coverage
                .into_iter()
                .filter(|(_, since)| *since <= before)
                .map(|(platform, _)| platform)
                .collect(),
        )
    }

    /// Whether a use on a platform would have been told.
    pub fn tells_of(&self, platform: Platform) -> bool {
        self.0.contains(&platform)
    }

    /// Whether a use of an action in a system would have been told.
    fn tells_of_action(&self, system: &str, action: &str) -> bool {
        permission::is_logged(system, action)
            && permission::platform(system).is_some_and(|platform| self.tells_of(platform))
    }
}

/// Its permissions, privileged first, each in words. What was not seen is unused only where a source would have told of
/// a use in that system; otherwise it is unknown.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn permissions(
    conn: &mut Conn,
    id: IdentityId,
    told: &Told,
    unused_before: DateTime<Utc>,
) -> Result<Vec<PermissionView>> {
    let rows = sqlx::query_as!(
        Allowed,
        r#"SELECT x.id, i.id AS holder, i.name AS holder_name, x.system, x.action, x.resource, x.environment, x.privileged,
               x.source, x.granted_at, x.last_used_at, p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM permissions x JOIN identities i ON i.id = x.identity_id LEFT JOIN people p ON p.id = x.changed_by
           WHERE x.identity_id = $1 ORDER BY x.privileged DESC, x.system, x.action, x.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| row.into_view(told, unused_before))
        .collect()
}

/// A permission with whose it is.
pub(super) struct Allowed {
    pub(super) id: Uuid,
    pub(super) holder: Uuid,
    pub(super) holder_name: String,
    pub(super) system: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) environment: Option<String>,
    pub(super) privileged: bool,
    pub(super) source: String,
    pub(super) granted_at: Option<DateTime<Utc>>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    pub(super) p_id: Option<Uuid>,
    pub(super) p_name: Option<String>,
    pub(super) p_active: Option<bool>,
}

impl Allowed {
    pub(super) fn into_view(
        self,
        told: &Told,
        unused_before: DateTime<Utc>,
    ) -> Result<PermissionView> {
        let environment = self.environment.map(|word| word.parse()).transpose()?;
        let usage = match self.last_used_at {
            Some(at) if at >= unused_before => Usage::Used,
            _ if told.tells_of_action(&self.system, &self.action) => Usage::Unused,
            _ => Usage::Unknown,
        };
        Ok(PermissionView {
            id: PermissionId(self.id),
            sentence: permission::sentence(&self.system, &self.action, &self.resource, environment),
            system: self.system,
            action: self.action,
            resource: self.resource,
            environment,
            privileged: self.privileged,
            source: self.source.parse()?,
            usage,
            last_used_at: self.last_used_at,
            granted_at: self.granted_at,
            changed_by: person(self.p_id, self.p_name, self.p_active),
        })
    }
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
               LEFT JOIN event_day_counts e ON e.identity_id = $1 AND e.day = d.day::date
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
           WHERE i.identity_id = $1 AND i.state = 'decided' AND c.state IN ('remediating', 'sealed')
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
