//! Everything about some identities that a review freezes, as the rows say it; judged by `domain`.
//!
//! One query a table for a whole chunk of identities, so that freezing 100,000 takes no 100,000 queries.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::DecisionKind;
use contract::findings::{ExceptionScope, Severity};
use contract::identities::{PastReview, RiskReason};
use contract::ids::{FindingId, IdentityId, PersonId, TeamId};
use domain::campaign::snapshot::{Exception, Finding, FrozenPerson, Selector, Snapshot};
use uuid::Uuid;

use crate::{Conn, Result};

/// A person with whether they are still here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPerson {
    /// Their id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Still here.
    pub active: bool,
}

/// A permission's row.
#[derive(Debug, Clone)]
pub struct LoadedPermission {
    /// Its id.
    pub id: Uuid,
    /// System.
    pub system: String,
    /// Action.
    pub action: String,
    /// Resource.
    pub resource: String,
    /// Environment word.
    pub environment: Option<String>,
    /// Privileged.
    pub privileged: bool,
    /// Granted.
    pub granted_at: Option<DateTime<Utc>>,
    /// Last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub changed_by: Option<FrozenPerson>,
}

/// A credential's row.
#[derive(Debug, Clone)]
pub struct LoadedCredential {
    /// Its id.
    pub id: Uuid,
    /// Type word.
    pub credential_type: String,
    /// Label.
    pub label: String,
    /// Reference.
    pub reference: String,
    /// Issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// Expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// Rotated.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who created it.
    pub created_by: Option<FrozenPerson>,
    /// Days a policy allows instead of the type's own.
    pub limit: Option<i32>,
    /// Until when it is valid beside the newer one that retires it.
    pub overlap_until: Option<DateTime<Utc>>,
    /// The platform that keeps it rotates it.
    pub managed: bool,
}

/// A trust's row.
#[derive(Debug, Clone)]
pub struct LoadedTrust {
    /// Its id.
    pub id: Uuid,
    /// Language word.
    pub language: String,
    /// Target.
    pub target: String,
    /// Document.
    pub document: String,
    /// Who it admits.
    pub admits: String,
}

/// One identity with its rows.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its id.
    pub id: IdentityId,
    /// Name.
    pub name: String,
    /// Kind word.
    pub kind: String,
    /// Platform word.
    pub platform: String,
    /// State word.
    pub state: String,
    /// Purpose.
    pub purpose: String,
    /// Environment words.
    pub environments: Vec<String>,
    /// Tier word.
    pub tier: String,
    /// Owning team: id and name.
    pub team: Option<(TeamId, String)>,
    /// Owner.
    pub owner: Option<LoadedPerson>,
    /// Backup owner.
    pub backup: Option<LoadedPerson>,
    /// Entered the roll.
    pub created_at: DateTime<Utc>,
    /// Last seen.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Risk.
    pub risk: i32,
    /// Its reasons.
    pub risk_reasons: Vec<RiskReason>,
    /// Permissions.
    pub permissions: Vec<LoadedPermission>,
    /// Credentials.
    pub credentials: Vec<LoadedCredential>,
    /// Trusts.
    pub trusts: Vec<LoadedTrust>,
    /// Selectors.
    pub selectors: Vec<Selector>,
    /// Open findings.
    pub findings: Vec<Finding>,
    /// What is excepted; where it is a whole rule, its title is left empty.
    pub exceptions: Vec<Exception>,
    /// Events a day: day and count.
    pub days: Vec<(NaiveDate, i64)>,
}

struct Identity {
    id: Uuid,
    name: String,
    kind: String,
    platform: String,
    state: String,
    purpose: String,
    environments: Vec<String>,
    tier: String,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    owner_active: Option<bool>,
    backup_id: Option<Uuid>,
    backup_name: Option<String>,
    backup_active: Option<bool>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    risk: i32,
    risk_reasons: sqlx::types::Json<Vec<RiskReason>>,
}

fn person(id: Option<Uuid>, name: Option<String>, active: Option<bool>) -> Option<LoadedPerson> {
    Some(LoadedPerson {
        id: id?.into(),
        name: name?,
        active: active?,
    })
}

fn frozen(id: Option<Uuid>, name: Option<String>) -> Option<FrozenPerson> {
    Some(FrozenPerson {
        id: id?.into(),
        name: name?,
    })
}

impl From<Identity> for Loaded {
    fn from(row: Identity) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            kind: row.kind,
            platform: row.platform,
            state: row.state,
            purpose: row.purpose,
            environments: row.environments,
            tier: row.tier,
            team: row.team_id.map(TeamId::from).zip(row.team_name),
            owner: person(row.owner_id, row.owner_name, row.owner_active),
            backup: person(row.backup_id, row.backup_name, row.backup_active),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            risk: row.risk,
            risk_reasons: row.risk_reasons.0,
            permissions: Vec::new(),
            credentials: Vec::new(),
            trusts: Vec::new(),
            selectors: Vec::new(),
            findings: Vec::new(),
            exceptions: Vec::new(),
            days: Vec::new(),
        }
    }
}

/// Loads a chunk of identities with everything a review freezes, in id order. `since` is the first day of use, `now` when
/// they are frozen.
///
/// # Errors
/// When the database cannot be asked.
pub async fn load(
    conn: &mut Conn,
    ids: &[IdentityId],
    since: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<Loaded>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let identities = sqlx::query_as!(
        Identity,
        r#"SELECT i.id AS "id!", i.name AS "name!", i.kind AS "kind!", i.platform AS "platform!", i.state AS "state!",
               i.purpose AS "purpose!", i.environments AS "environments!", i.tier AS "tier!", i.team_id,
               t.name AS "team_name?", i.owner_id, o.name AS "owner_name?", o.active AS "owner_active?",
               i.backup_owner_id AS backup_id, b.name AS "backup_name?", b.active AS "backup_active?",
               i.created_at AS "created_at!", i.last_used_at, i.risk AS "risk!", i.risk_reasons AS "risk_reasons!: _"
           FROM identities i
           LEFT JOIN teams t ON t.id = i.team_id
           LEFT JOIN people o ON o.id = i.owner_id
           LEFT JOIN people b ON b.id = i.backup_owner_id
           WHERE i.id = ANY($1) ORDER BY i.id"#,
        &ids
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all: BTreeMap<Uuid, Loaded> = identities
        .into_iter()
        .map(|row| (row.id, row.into()))
        .collect();
    permissions(conn, &ids, &mut all).await?;
    credentials(conn, &ids, &mut all).await?;
    outside(conn, &ids, &mut all).await?;
    findings(conn, &ids, now, &mut all).await?;
    exceptions(conn, &ids, now, &mut all).await?;
    days(conn, &ids, since, &mut all).await?;
    Ok(all.into_values().collect())
}

async fn permissions(
    conn: &mut Conn,
    ids: &[Uuid],
    all: &mut BTreeMap<Uuid, Loaded>,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.id AS "id!", x.system AS "system!", x.action AS "action!",
               x.resource AS "resource!", x.environment, x.privileged AS "privileged!", x.granted_at,
               x.last_used_at, x.changed_by, p.name AS "name?"
           FROM permissions x LEFT JOIN people p ON p.id = x.changed_by WHERE x.identity_id = ANY($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.permissions.push(LoadedPermission {
                id: row.id,
                system: row.system,
                action: row.action,
                resource: row.resource,
                environment: row.environment,
                privileged: row.privileged,
                granted_at: row.granted_at,
                last_used_at: row.last_used_at,
                changed_by: frozen(row.changed_by, row.name),
            });
        }
    }
    Ok(())
}

async fn credentials(
    conn: &mut Conn,
    ids: &[Uuid],
    all: &mut BTreeMap<Uuid, Loaded>,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.id AS "id!", x.credential_type AS "credential_type!",
               x.label AS "label!", x.reference AS "reference!", x.issued_at, x.expires_at,
               x.rotated_at, x.last_used_at, x.created_by, p.name AS "name?", x.overlap_until, o.days AS "limit?",
               x.kept = 'platform' AS "managed!"
           FROM credentials x JOIN identities i ON i.id = x.identity_id LEFT JOIN people p ON p.id = x.created_by
               LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, x.credential_type) o ON true
           -- What is revoked is held no more.
           WHERE x.identity_id = ANY($1) AND x.revoked_at IS NULL"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.credentials.push(LoadedCredential {
                id: row.id,
                credential_type: row.credential_type,
                label: row.label,
                reference: row.reference,
                issued_at: row.issued_at,
                expires_at: row.expires_at,
                rotated_at: row.rotated_at,
                last_used_at: row.last_used_at,
                created_by: frozen(row.created_by, row.name),
                limit: row.limit,
                overlap_until: row.overlap_until,
                managed: row.managed,
            });
        }
    }
    Ok(())
}

async fn outside(conn: &mut Conn, ids: &[Uuid], all: &mut BTreeMap<Uuid, Loaded>) -> Result<()> {
    let trusts = sqlx::query!(
        "SELECT identity_id, id, language, target, document, admits FROM trusts WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in trusts {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.trusts.push(LoadedTrust {
                id: row.id,
                language: row.language,
                target: row.target,
                document: row.document,
                admits: row.admits,
            });
        }
    }
    let selectors = sqlx::query!(
        "SELECT identity_id, kind, issuer, value FROM selectors WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in selectors {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.selectors.push(Selector {
                kind: row.kind.parse()?,
                issuer: row.issuer,
                value: row.value,
            });
        }
    }
    Ok(())
}

async fn findings(
    conn: &mut Conn,
    ids: &[Uuid],
    now: DateTime<Utc>,
    all: &mut BTreeMap<Uuid, Loaded>,
) -> Result<()> {
    // An exception that is over is open again, whether somebody has looked since or not.
    let rows = sqlx::query!(
        r#"SELECT identity_id AS "identity_id!", id, rule, severity, title FROM findings
           WHERE identity_id = ANY($1)
             AND (state IN ('open', 'acknowledged') OR state = 'excepted' AND excepted_until <= $2)"#,
        ids,
        now
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.findings.push(Finding {
                id: FindingId(row.id),
                rule: row.rule,
                severity: row.severity.parse::<Severity>()?,
                title: row.title,
            });
        }
    }
    Ok(())
}

/// What is excepted: findings one by one, and rules, which cover their findings.
async fn exceptions(
    conn: &mut Conn,
    ids: &[Uuid],
    now: DateTime<Utc>,
    all: &mut BTreeMap<Uuid, Loaded>,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.rule AS "rule!", x.title AS "title!", x.wide AS "wide!",
               x.reason AS "reason!", x.until AS "until!", p.name AS "by?"
           FROM (SELECT f.identity_id, f.rule, f.title, false AS wide, f.note AS reason, f.excepted_until AS until,
                     f.handled_by AS by_id
                 FROM findings f WHERE f.identity_id = ANY($1) AND f.state = 'excepted' AND f.excepted_until > $2
                   AND NOT EXISTS (SELECT FROM finding_exceptions w WHERE w.rule = f.rule
                       AND w.identity_id = f.identity_id AND w.until > $2)
                 UNION ALL
                 SELECT w.identity_id, w.rule, '', true, w.reason, w.until, w.by_id
                 FROM finding_exceptions w WHERE w.identity_id = ANY($1) AND w.until > $2) x
           LEFT JOIN people p ON p.id = x.by_id"#,
        ids,
        now
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.exceptions.push(Exception {
                rule: row.rule,
                title: row.title,
                scope: if row.wide {
                    ExceptionScope::Identity
                } else {
                    ExceptionScope::Finding
                },
                reason: row.reason,
                by: row.by,
                until: row.until,
            });
        }
    }
    Ok(())
}

async fn days(
    conn: &mut Conn,
    ids: &[Uuid],
    since: NaiveDate,
    all: &mut BTreeMap<Uuid, Loaded>,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT identity_id, day, sum(succeeded + failed)::bigint AS "events!" FROM event_days
           WHERE identity_id = ANY($1) AND day >= $2 GROUP BY identity_id, day"#,
        ids,
        since
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.days.push((row.day, row.events));
        }
    }
    Ok(())
}

/// Days since a day on which any source told of an identity, by platform word.
///
/// # Errors
/// When the database cannot be asked.
pub async fn covered_days(conn: &mut Conn, since: NaiveDate) -> Result<BTreeMap<String, u16>> {
    let rows = sqlx::query!(
        r#"SELECT platform AS "platform!", count(*) AS "days!" FROM (
               SELECT DISTINCT i.platform, d.day FROM event_days d JOIN identities i ON i.id = d.identity_id
               WHERE d.day >= $1) x GROUP BY platform"#,
        since
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.platform, u16::try_from(row.days).unwrap_or(u16::MAX)))
        .collect())
}

/// What earlier campaigns said of an identity.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Decisions, newest first.
    pub reviews: Vec<PastReview>,
    /// What was frozen at the last approval, and when that was given.
    pub approved: Option<(Snapshot, DateTime<Utc>)>,
}

/// What earlier closed campaigns said of a chunk of identities.
///
/// # Errors
/// When the database cannot be asked, or a stored snapshot cannot be read.
pub async fn past(conn: &mut Conn, ids: &[IdentityId]) -> Result<BTreeMap<Uuid, Past>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut out: BTreeMap<Uuid, Past> = BTreeMap::new();
    let reviews = sqlx::query!(
        r#"SELECT i.identity_id, c.name, d.decision, d.reason, d.decided_by_name, d.decided_at
           FROM campaign_items i
           JOIN campaigns c ON c.id = i.campaign_id AND c.state IN ('remediating', 'sealed')
           JOIN LATERAL (SELECT * FROM item_decisions d WHERE d.item_id = i.id ORDER BY d.number DESC LIMIT 1) d ON true
           WHERE i.identity_id = ANY($1) AND i.state = 'decided' ORDER BY d.decided_at DESC"#,
        &ids
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in reviews {
        out.entry(row.identity_id)
            .or_default()
            .reviews
            .push(PastReview {
                campaign: row.name,
                decision: row.decision.parse::<DecisionKind>()?,
                reason: row.reason,
                by: row.decided_by_name,
                at: row.decided_at,
            });
    }
    let approved = sqlx::query!(
        r#"SELECT DISTINCT ON (i.identity_id) i.identity_id, i.snapshot AS "snapshot: sqlx::types::Json<Snapshot>",
               i.decided_at AS "decided_at!"
           FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id AND c.state IN ('remediating', 'sealed')
           WHERE i.identity_id = ANY($1) AND i.decision = 'approve'
           ORDER BY i.identity_id, i.decided_at DESC"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    for row in approved {
        out.entry(row.identity_id).or_default().approved = Some((row.snapshot.0, row.decided_at));
    }
    Ok(out)
}
