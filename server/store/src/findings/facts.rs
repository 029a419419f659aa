//! Facts of many identities at once: one query per kind of fact, whatever the number of identities.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{Environment, Platform};
use contract::ids::{CredentialId, IdentityId, TrustId};
use domain::finding::facts::{Credential, Facts, Keeper, Permission, Trust, UNUSED_DAYS};
use domain::identity::lifecycle::StateFacts;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Since when a source has told about a platform, for each platform one tells about.
pub type Coverage = HashMap<Platform, DateTime<Utc>>;

/// Formats of sources that spoke in the last week, with the time the first one of each began.
///
/// # Errors
/// When the database cannot be asked.
pub async fn speaking(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<(String, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT format AS "format!", min(created_at) AS "since!" FROM sources
           WHERE format IS NOT NULL AND last_event_at > $1 GROUP BY format"#,
        now - TimeDelta::days(7)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.format, row.since))
        .collect())
}

/// Ids after one, in order of id: the chunks of a whole recomputation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn ids_after(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM identities WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Takes identities off the list of those whose facts events have changed, each once, and locks them in order of id, as
/// deliveries do. What is added meanwhile stays on the list.
///
/// # Errors
/// When the database refuses.
pub async fn take_touched(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>> {
    let mut ids = sqlx::query_scalar!(
        "DELETE FROM identity_touches WHERE id IN (
             SELECT id FROM identity_touches ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING identity_id",
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    ids.sort_unstable();
    ids.dedup();
    sqlx::query!(
        "SELECT id FROM identities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// Gathers the facts of these identities.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn gather(
    conn: &mut Conn,
    ids: &[Uuid],
    coverage: &Coverage,
    now: DateTime<Utc>,
) -> Result<Vec<Facts>> {
    let mut all = own(conn, ids, coverage, now).await?;
    let place: HashMap<Uuid, usize> = all.iter().enumerate().map(|(i, f)| (f.id.0, i)).collect();
    for (id, credential) in credentials(conn, ids).await? {
        all[place[&id]].credentials.push(credential);
    }
    for (id, permission) in permissions(conn, ids).await? {
        all[place[&id]].permissions.push(permission);
    }
    for (id, trust) in trusts(conn, ids).await? {
        all[place[&id]].trusts.push(trust);
    }
    for (id, events) in events(conn, ids, now).await? {
        all[place[&id]].events = events;
    }
    for (id, uses, last) in uses_after_end(conn, ids).await? {
        all[place[&id]].used_after_end = Some((uses, last));
    }
    Ok(all)
}

fn keeper(name: Option<String>, active: Option<bool>) -> Option<Keeper> {
    name.zip(active)
        .map(|(name, active)| Keeper { name, active })
}

async fn own(
    conn: &mut Conn,
    ids: &[Uuid],
    coverage: &Coverage,
    now: DateTime<Utc>,
) -> Result<Vec<Facts>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, n.name, n.kind, n.platform, n.state, n.state_facts AS "facts: Json<StateFacts>", n.created_at,
               n.purpose, n.environments, n.last_reviewed_at, n.next_review_at, n.last_used_at, t.name AS "team?",
               o.name AS "owner?", o.active AS "owner_active?", b.name AS "backup?", b.active AS "backup_active?"
           FROM identities n LEFT JOIN teams t ON t.id = n.team_id LEFT JOIN people o ON o.id = n.owner_id
               LEFT JOIN people b ON b.id = n.backup_owner_id
           WHERE n.id = ANY($1) ORDER BY n.id"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let platform: Platform = row.platform.parse()?;
            Ok(Facts {
                now,
                id: IdentityId(row.id),
                name: row.name,
                kind: row.kind.parse()?,
                platform,
                state: row.state.parse()?,
                state_since: row.facts.0.at.unwrap_or(row.created_at),
                created_at: row.created_at,
                purpose: row.purpose,
                environments: crate::identities::words::<Environment>(&row.environments)?,
                team: row.team,
                owner: keeper(row.owner, row.owner_active),
                backup_owner: keeper(row.backup, row.backup_active),
                last_reviewed_at: row.last_reviewed_at,
                next_review_at: row.next_review_at,
                credentials: Vec::new(),
                permissions: Vec::new(),
                trusts: Vec::new(),
                last_used_at: row.last_used_at,
                events: 0,
                used_after_end: None,
                covered_since: coverage.get(&platform).copied(),
            })
        })
        .collect()
}

async fn credentials(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Credential)>> {
    let rows = sqlx::query!(
        r#"SELECT c.identity_id, c.id, c.credential_type, c.label, c.reference, c.issued_at, c.rotated_at,
               CASE WHEN c.reference = '' THEN '{}' ELSE COALESCE((
                   SELECT array_agg(DISTINCT n.name ORDER BY n.name) FROM credentials d JOIN identities n ON n.id = d.identity_id
                   WHERE d.reference = c.reference AND d.reference <> '' AND d.identity_id <> c.identity_id
                     AND n.state NOT IN ('removed', 'rejected')), '{}') END AS "shared!: Vec<String>"
           FROM credentials c WHERE c.identity_id = ANY($1) ORDER BY c.id"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let credential = Credential {
                id: CredentialId(row.id),
                credential_type: row.credential_type.parse()?,
                label: row.label,
                reference: row.reference,
                issued_at: row.issued_at,
                rotated_at: row.rotated_at,
                shared_with: row.shared,
            };
            Ok((row.identity_id, credential))
        })
        .collect()
}

async fn permissions(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Permission)>> {
    let rows = sqlx::query!(
        "SELECT identity_id, system, action, resource, environment, privileged FROM permissions
         WHERE identity_id = ANY($1) ORDER BY id",
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let permission = Permission {
                system: row.system,
                action: row.action,
                resource: row.resource,
                environment: row.environment.map(|word| word.parse()).transpose()?,
                privileged: row.privileged,
            };
            Ok((row.identity_id, permission))
        })
        .collect()
}

async fn trusts(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Trust)>> {
    let rows = sqlx::query!(
        "SELECT identity_id, id, language, target, document FROM trusts WHERE identity_id = ANY($1) ORDER BY id",
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let trust = Trust {
                id: TrustId(row.id),
                language: row.language.parse()?,
                target: row.target,
                document: row.document,
            };
            Ok((row.identity_id, trust))
        })
        .collect()
}

async fn events(conn: &mut Conn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<(Uuid, i64)>> {
    let from = (now - TimeDelta::days(UNUSED_DAYS)).date_naive();
    let rows = sqlx::query!(
        r#"SELECT identity_id, sum(succeeded + failed)::bigint AS "events!" FROM event_days
           WHERE identity_id = ANY($1) AND day >= $2 GROUP BY identity_id"#,
        ids,
        from
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.identity_id, row.events))
        .collect())
}

/// Only what was disabled or removed and was seen since: few rows, found by index.
async fn uses_after_end(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, i64, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, e.uses AS "uses!", e.last AS "last?"
           FROM identities n CROSS JOIN LATERAL (
               SELECT count(*) AS uses, max(e.occurred_at) AS last FROM events e
               WHERE e.identity_id = n.id AND e.occurred_at > (n.state_facts ->> 'at')::timestamptz) e
           WHERE n.id = ANY($1) AND n.state IN ('decommissioning', 'removed')
             AND n.last_used_at > (n.state_facts ->> 'at')::timestamptz"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.id, row.uses, row.last?)))
        .collect())
}
