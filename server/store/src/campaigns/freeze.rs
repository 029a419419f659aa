//! Everything about some identities that a review freezes, as the rows say it; judged by `domain`.
//!
//! One query a table for a whole chunk of identities, so that freezing 100,000 takes no 100,000 queries.

mod held;
mod loaded;
mod past;
mod told;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contract::identities::RiskReason;
use contract::ids::{IdentityId, TeamId};
use uuid::Uuid;

use crate::{Conn, Result};

pub use loaded::{Loaded, LoadedCredential, LoadedPermission, LoadedPerson, LoadedTrust};
pub use past::{Past, past};

/// The identities of a chunk that are being loaded.
type All = BTreeMap<Uuid, Loaded>;

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
    let mut all: All = identities
        .into_iter()
        .map(|row| (row.id, row.into()))
        .collect();
    held::permissions(conn, &ids, &mut all).await?;
    held::credentials(conn, &ids, &mut all).await?;
    held::outside(conn, &ids, &mut all).await?;
    told::findings(conn, &ids, now, &mut all).await?;
    told::exceptions(conn, &ids, now, &mut all).await?;
    told::days(conn, &ids, since, &mut all).await?;
    Ok(all.into_values().collect())
}

/// Days since a day on which any source told of an identity, by platform word.
///
/// # Errors
/// When the database cannot be asked.
pub async fn covered_days(conn: &mut Conn, since: NaiveDate) -> Result<BTreeMap<String, u16>> {
    let rows = sqlx::query!(
        r#"SELECT platform AS "platform!", count(*) AS "days!" FROM (
               SELECT DISTINCT i.platform, d.day FROM event_day_counts d JOIN identities i ON i.id = d.identity_id
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
