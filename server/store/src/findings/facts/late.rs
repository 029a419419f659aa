//! The events that show what should not be: of what nobody registered, and after the end of an identity or a key. Few
//! identities have any, and each is found by index; the latest are kept to be cited.

use std::collections::HashMap;

use contract::identities::IdentityState;
use contract::ids::EventId;
use domain::finding::facts::{Facts, LateUse, UNUSED_DAYS};
use uuid::Uuid;

use crate::{Conn, Result};

/// Events a finding cites.
const CITED: i64 = 5;
/// Events of an identity that are looked at for those of one key.
const LOOKED: i64 = 1_000;

/// Puts the events into the facts.
pub(super) async fn gather(
    conn: &mut Conn,
    all: &mut [Facts],
    place: &HashMap<Uuid, usize>,
) -> Result<()> {
    latest(conn, all, place).await?;
    after_end(conn, all, place).await?;
    of_ended_keys(conn, all).await
}

fn cited(newest_first: Vec<Uuid>) -> Vec<EventId> {
    newest_first.into_iter().rev().map(EventId).collect()
}

/// The latest of what nobody registered.
async fn latest(conn: &mut Conn, all: &mut [Facts], place: &HashMap<Uuid, usize>) -> Result<()> {
    let seen = all
        .iter()
        .filter(|facts| facts.state == IdentityState::Discovered && facts.last_used_at.is_some());
    let ids: Vec<Uuid> = seen.map(|facts| facts.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"SELECT n.id, ARRAY(SELECT e.id FROM events e
               WHERE e.identity_id = n.id AND e.occurred_at <= n.last_used_at
                   AND e.occurred_at > n.last_used_at - make_interval(days => $2)
               ORDER BY e.occurred_at DESC, e.id DESC LIMIT $3) AS "events!"
           FROM identities n WHERE n.id = ANY($1)"#,
        &ids,
        i32::try_from(UNUSED_DAYS).unwrap_or(90),
        CITED
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        all[place[&row.id]].latest_events = cited(row.events);
    }
    Ok(())
}

/// Only what was disabled or removed and was seen since.
async fn after_end(conn: &mut Conn, all: &mut [Facts], place: &HashMap<Uuid, usize>) -> Result<()> {
    let ended = all.iter().filter(|facts| {
        matches!(
            facts.state,
            IdentityState::Decommissioning | IdentityState::Removed
        )
    });
    let ids: Vec<Uuid> = ended.map(|facts| facts.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"SELECT n.id, e.uses AS "uses!", e.refused AS "refused!", e.last AS "last?",
               ARRAY(SELECT c.id FROM events c
                   WHERE c.identity_id = n.id AND c.occurred_at > (n.state_facts ->> 'at')::timestamptz
                   ORDER BY c.occurred_at DESC, c.id DESC LIMIT $2) AS "events!"
           FROM identities n CROSS JOIN LATERAL (
               SELECT count(*) AS uses, max(e.occurred_at) AS last,
                   count(*) FILTER (WHERE e.outcome = 'failure' AND e.kind NOT IN ('pipeline_run', 'deployment')) AS refused
               FROM events e
               WHERE e.identity_id = n.id AND e.occurred_at > (n.state_facts ->> 'at')::timestamptz) e
           WHERE n.id = ANY($1) AND n.state IN ('decommissioning', 'removed')
             AND n.last_used_at > (n.state_facts ->> 'at')::timestamptz"#,
        &ids,
        CITED
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        all[place[&row.id]].used_after_end = row.last.map(|last| LateUse {
            uses: row.uses,
            refused: row.refused,
            last,
            events: cited(row.events),
        });
    }
    Ok(())
}

/// Of keys that were seen after they were retired or revoked: the newest events of their identity are looked through,
/// from the last use back, so that a busy identity costs no more than a quiet one.
async fn of_ended_keys(conn: &mut Conn, all: &mut [Facts]) -> Result<()> {
    let ended: Vec<Uuid> = all
        .iter()
        .flat_map(|facts| &facts.credentials)
        .filter(|key| {
            !key.reference.is_empty() && (key.retiring.is_some() || key.revoked_at.is_some())
        })
        .map(|key| key.id.0)
        .collect();
    if ended.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"SELECT c.id, e.uses AS "uses!", e.refused AS "refused!", e.last AS "last?", e.ids AS "events?"
           FROM credentials c CROSS JOIN LATERAL (
               SELECT count(*) AS uses, max(n.occurred_at) AS last,
                   count(*) FILTER (WHERE n.outcome = 'failure' AND n.kind NOT IN ('pipeline_run', 'deployment')) AS refused,
                   (array_agg(n.id ORDER BY n.occurred_at DESC, n.id DESC))[1:$2::int] AS ids
               FROM (SELECT x.id, x.occurred_at, x.outcome, x.kind, x.joins FROM events x
                     WHERE x.identity_id = c.identity_id AND x.occurred_at <= c.last_used_at
                         AND x.occurred_at > LEAST(c.overlap_until, c.revoked_at)
                     ORDER BY x.occurred_at DESC, x.id DESC LIMIT $3) n
               WHERE n.joins ->> 'access_key' = c.reference) e
           WHERE c.id = ANY($1) AND c.last_used_at > LEAST(c.overlap_until, c.revoked_at)"#,
        &ended,
        i32::try_from(CITED).unwrap_or(5),
        LOOKED
    )
    .fetch_all(conn)
    .await?;
    let mut late: HashMap<Uuid, LateUse> = rows
        .into_iter()
        .filter_map(|row| {
            let found = LateUse {
                uses: row.uses,
                refused: row.refused,
                last: row.last?,
                events: cited(row.events.unwrap_or_default()),
            };
            Some((row.id, found))
        })
        .collect();
    for key in all.iter_mut().flat_map(|facts| &mut facts.credentials) {
        key.late = late.remove(&key.id.0);
    }
    Ok(())
}
