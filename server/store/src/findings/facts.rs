//! Facts of many identities at once: one query per kind of fact, whatever the number of identities.

mod late;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{Environment, Platform};
use contract::ids::{CredentialId, IdentityId, TrustId};
use domain::finding::facts::{
    BreakGlass, Conflict, Credential, Facts, GlassUse, Keeper, Limit, Permission, Retiring,
    Reviews, Runner, Trust, TrustTest, UNUSED_DAYS,
};
use domain::identity::lifecycle::StateFacts;
use domain::identity::rotation::policy::{self, Scope};
use sqlx::types::Json;
use uuid::Uuid;

use crate::rotation::scope;
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
pub async fn ids_after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM identities WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE",
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Locks identities in order of id until the transaction ends, so that those who judge the same ones wait for each
/// other instead of locking each other out.
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "SELECT id FROM identities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// How far down the list it is looked for identities that stand on it several times.
const LOOKED: i64 = 5_000;

/// Takes up to `limit` identities off the list of those whose facts events have changed, in order of id; each wholly,
/// however often it stands there, so that it is judged once. What is added meanwhile stays on the list.
///
/// # Errors
/// When the database refuses.
pub async fn take_touched(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>> {
    let mut ids = sqlx::query_scalar!(
        "WITH first AS (SELECT DISTINCT identity_id FROM (SELECT identity_id FROM identity_touches ORDER BY id LIMIT $2) t LIMIT $1)
         DELETE FROM identity_touches t USING first f WHERE t.identity_id = f.identity_id RETURNING t.identity_id",
        limit,
        LOOKED
    )
    .fetch_all(&mut **tx)
    .await?;
    ids.sort_unstable();
    ids.dedup();
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
    for test in crate::trust::tests(conn, ids).await? {
        all[place[&test.identity.0]].trust_tests.push(TrustTest {
            name: test.name,
            allow: test.expect == "allow",
            claims: test.claims,
        });
    }
    for (id, events) in events(conn, ids, now).await? {
        all[place[&id]].events = events;
    }
    late::gather(conn, &mut all, &place).await?;
    for (id, conflict) in conflicts(conn, ids).await? {
        all[place[&id]].conflicts.push(conflict);
    }
    for (id, runner) in runners(conn, ids, now).await? {
        all[place[&id]].runners.get_or_insert_default().push(runner);
    }
    for (id, found) in break_glass(conn, ids, now).await? {
        all[place[&id]].break_glass = Some(found);
    }
    for (id, found) in reviews(conn, ids).await? {
        all[place[&id]].reviews = Some(found);
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
                latest_events: Vec::new(),
                used_after_end: None,
                covered_since: coverage.get(&platform).copied(),
                coverage: coverage
                    .iter()
                    .map(|(platform, since)| (*platform, *since))
                    .collect(),
                conflicts: Vec::new(),
                // A source of GitHub's audit log tells of every job's runner.
                runners: coverage
                    .contains_key(&Platform::GithubActions)
                    .then(Vec::new),
                break_glass: None,
                trust_tests: Vec::new(),
                reviews: None,
            })
        })
        .collect()
}

async fn credentials(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Credential)>> {
    let rows = sqlx::query!(
        r#"SELECT c.identity_id, c.id, c.credential_type, c.label, c.reference, c.issued_at, c.rotated_at, c.expires_at,
               c.last_used_at, c.created_at, c.overlap_until, c.revoked_at, c.kept, s.label AS "successor?",
               s.first_used_at AS "successor_used_at?", p.days AS "days?", p.reason AS "why?",
               p.identity_id AS "for_identity?", p.team_id AS "for_team?", p.tier AS "for_tier?",
               CASE WHEN c.reference = '' THEN '{}' ELSE COALESCE((
                   SELECT array_agg(DISTINCT n.name ORDER BY n.name) FROM credentials d JOIN identities n ON n.id = d.identity_id
                   WHERE d.reference = c.reference AND d.reference <> '' AND d.identity_id <> c.identity_id
                     AND n.state NOT IN ('removed', 'rejected')), '{}') END AS "shared!: Vec<String>"
           FROM credentials c JOIN identities i ON i.id = c.identity_id LEFT JOIN credentials s ON s.id = c.replaced_by
               LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, c.credential_type) p ON true
           WHERE c.identity_id = ANY($1) ORDER BY c.id"#,
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
                expires_at: row.expires_at,
                last_used_at: row.last_used_at,
                known_since: row.created_at,
                limit: limit(
                    row.days,
                    row.why,
                    scope(row.for_identity, row.for_team, row.for_tier.as_deref())?,
                ),
                retiring: row.overlap_until.map(|overlap_until| Retiring {
                    overlap_until,
                    successor: row.successor.unwrap_or_default(),
                    successor_used_at: row.successor_used_at,
                }),
                revoked_at: row.revoked_at,
                kept: row.kept.parse()?,
                shared_with: row.shared,
                late: None,
            };
            Ok((row.identity_id, credential))
        })
        .collect()
}

fn limit(days: Option<i32>, why: Option<String>, scope: Option<Scope>) -> Option<Limit> {
    let days = u64::try_from(days?).ok()?;
    let because = format!("{}: {}", policy::words(scope?), why?);
    Some(Limit { days, because })
}

async fn permissions(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Permission)>> {
    let rows = sqlx::query!(
        "SELECT identity_id, system, action, resource, environment, privileged, granted_at, created_at, last_used_at
         FROM permissions
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
                known_since: row.granted_at.unwrap_or(row.created_at),
                last_used_at: row.last_used_at,
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
                read: std::sync::OnceLock::new(),
            };
            Ok((row.identity_id, trust))
        })
        .collect()
}

async fn events(conn: &mut Conn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<(Uuid, i64)>> {
    let from = (now - TimeDelta::days(UNUSED_DAYS)).date_naive();
    let rows = sqlx::query!(
        r#"SELECT identity_id AS "identity_id!", sum(succeeded + failed)::bigint AS "events!" FROM event_day_counts
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

async fn conflicts(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Conflict)>> {
    let rows = sqlx::query!(
        r#"SELECT c.identity_id, c.kind || ' ' || c.value AS "selector!", n.name, c.since
           FROM selector_conflicts c JOIN identities n ON n.id = c.holder_id
           WHERE c.identity_id = ANY($1)
             -- The conflict is over once the holder let the name go.
             AND EXISTS (SELECT FROM selectors s WHERE s.identity_id = c.holder_id AND s.kind = c.kind AND s.value = c.value)
           ORDER BY 2"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let conflict = Conflict {
                selector: row.selector,
                holder: row.name,
                since: row.since,
            };
            (row.identity_id, conflict)
        })
        .collect())
}

/// Self-hosted runners of the last week. GitHub tells of them with each prepared job, flat or under `data`.
async fn runners(conn: &mut Conn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<(Uuid, Runner)>> {
    let rows = sqlx::query!(
        r#"SELECT e.identity_id AS "identity!", COALESCE(e.raw ->> 'runner_name', e.raw -> 'data' ->> 'runner_name') AS "name!",
               count(DISTINCT e.run_id) AS "runs!", max(e.occurred_at) AS "last!"
           FROM events e
           WHERE e.identity_id = ANY($1) AND e.occurred_at > $2 AND e.action = 'workflows.prepared_workflow_job'
             AND COALESCE(e.raw ->> 'is_hosted_runner', e.raw -> 'data' ->> 'is_hosted_runner') = 'false'
             AND COALESCE(e.raw ->> 'runner_name', e.raw -> 'data' ->> 'runner_name') IS NOT NULL
           GROUP BY 1, 2 ORDER BY 1, 2"#,
        ids,
        now - TimeDelta::days(7)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let runner = Runner {
                name: row.name,
                runs: row.runs,
                last: row.last,
            };
            (row.identity, runner)
        })
        .collect())
}

/// What the last campaign that ended said of each, and whether a proven revocation was used again.
async fn reviews(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Reviews)>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (i.identity_id) i.identity_id, i.state, i.decision, c.name, c.closed_at AS "closed_at!",
               COALESCE(c.policy -> 'silence' ->> i.tier, 'finding') AS "silence!", r.proof AS "reopened?"
           FROM campaign_items i
               JOIN campaigns c ON c.id = i.campaign_id AND c.closed_at IS NOT NULL AND c.state IN ('remediating', 'sealed')
               LEFT JOIN LATERAL (SELECT x.proof FROM remediations x WHERE x.identity_id = i.identity_id AND x.reopened > 0
                   AND x.decision = 'revoke' AND x.state IN ('decided', 'ticketed', 'applied') LIMIT 1) r ON true
           WHERE i.identity_id = ANY($1) ORDER BY i.identity_id, c.closed_at DESC"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let unanswered = row.state == "not_reviewed" && row.silence != "escalate";
            let found = Reviews {
                used_after_revoke: row.reopened,
                revoked: row.decision.as_deref() == Some("revoke"),
                unanswered: unanswered.then_some((row.name, row.closed_at)),
            };
            (row.identity_id, found)
        })
        .collect())
}

/// Break-glass identities, their days of use in the last ninety days, and their drills.
async fn break_glass(
    conn: &mut Conn,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, BreakGlass)>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, COALESCE(n.break_glass_since, n.created_at) AS "since!",
               d.at AS "drilled_at?", d.worked AS "worked?"
           FROM identities n LEFT JOIN LATERAL (
               SELECT r.at, r.worked FROM break_glass_records r
               WHERE r.identity_id = n.id AND r.kind = 'drill' ORDER BY r.day DESC LIMIT 1) d ON true
           WHERE n.id = ANY($1) AND n.break_glass"#,
        ids
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let since = row.since.max(now - TimeDelta::days(UNUSED_DAYS));
        let uses = sqlx::query!(
            r#"SELECT u.at AS "at!", u.events AS "events!",
                   (SELECT max(r.ticket) FROM break_glass_records r WHERE r.identity_id = $1 AND r.day = u.day) AS ticket
               FROM (SELECT (e.occurred_at AT TIME ZONE 'UTC')::date AS day, min(e.occurred_at) AS at, count(*) AS events
                     FROM events e WHERE e.identity_id = $1 AND e.occurred_at >= $2 GROUP BY 1) u ORDER BY u.day"#,
            row.id,
            since
        )
        .fetch_all(&mut *conn)
        .await?;
        let uses = uses
            .into_iter()
            .map(|one| GlassUse {
                at: one.at,
                events: one.events,
                ticket: one.ticket,
            })
            .collect();
        let found = BreakGlass {
            since: row.since,
            uses,
            last_drill: row.drilled_at.zip(row.worked),
        };
        all.push((row.id, found));
    }
    Ok(all)
}
