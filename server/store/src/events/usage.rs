//! What events say about use: identities, their credentials and permissions last seen, and counts by day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contract::events::{EventKind, Outcome};
use contract::ids::{IdentityId, SourceId};
use uuid::Uuid;

use super::NewEvent;
use crate::{Result, Tx};

/// One sort of use by one identity, at its latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use<'a> {
    /// Seen at all.
    Identity,
    /// A key, by its id.
    Key(&'a str),
    /// Federation: took a role with a token.
    Federation,
    /// A permission, by its action.
    Permission(&'a str),
}

/// Notes what a batch of new events says about use. Rows are locked in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub async fn note_use(tx: &mut Tx, source: SourceId, batch: &[NewEvent<'_>]) -> Result<()> {
    let mut latest: BTreeMap<(Use<'_>, IdentityId), DateTime<Utc>> = BTreeMap::new();
    let mut days: BTreeMap<(Uuid, NaiveDate), (i64, i64)> = BTreeMap::new();
    for new in batch {
        let event = new.event;
        let who = new.identity.as_ref().map(|found| found.0);
        let day = days
            .entry((
                who.map_or(Uuid::nil(), |id| id.0),
                event.occurred_at.date_naive(),
            ))
            .or_default();
        if event.outcome == Outcome::Failure {
            day.1 += 1;
        } else {
            day.0 += 1;
        }
        let Some(who) = who else { continue };
        for sort in uses(new) {
            let at = latest.entry((sort, who)).or_insert(event.occurred_at);
            *at = (*at).max(event.occurred_at);
        }
    }
    let of = |wanted: fn(Use<'_>) -> Option<String>| {
        let found = latest
            .iter()
            .filter_map(|((sort, who), at)| wanted(*sort).map(|name| (who.0, name, *at)));
        let (mut ids, mut names, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for (id, name, at) in found {
            ids.push(id);
            names.push(name);
            times.push(at);
        }
        (ids, names, times)
    };
    identities(tx, of(|sort| (sort == Use::Identity).then(String::new))).await?;
    credentials(
        tx,
        of(|sort| match sort {
            Use::Key(id) => Some(id.to_owned()),
            Use::Federation => Some(String::new()),
            _ => None,
        }),
    )
    .await?;
    permissions(
        tx,
        of(|sort| match sort {
            Use::Permission(action) => Some(action.to_owned()),
            _ => None,
        }),
    )
    .await?;
    count_days(tx, source, days).await
}

fn uses<'a>(new: &NewEvent<'a>) -> Vec<Use<'a>> {
    let event = new.event;
    let mut uses = vec![Use::Identity];
    if let Some(key) = &event.joins.access_key {
        uses.push(Use::Key(key));
    }
    if event.kind == EventKind::CredentialAssumption && event.subject.is_some() {
        uses.push(Use::Federation);
    }
    if event.outcome != Outcome::Failure
        && let Some(permission) = &event.joins.permission
    {
        uses.push(Use::Permission(permission));
    }
    uses
}

type Latest = (Vec<Uuid>, Vec<String>, Vec<DateTime<Utc>>);

async fn identities(tx: &mut Tx, (ids, _, times): Latest) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    // In order of id: two batches about the same identities must not wait for each other in a circle. What was used
    // later already is left alone: nobody waits for it. What is judged by days is judged anew when a day is; what should
    // not be used at all, at each later use.
    sqlx::query!(
        "WITH before AS (
             SELECT i.id, i.state, i.last_used_at, u.at
             FROM identities i JOIN UNNEST($1::uuid[], $2::timestamptz[]) AS u (id, at) ON u.id = i.id
             WHERE i.last_used_at IS NULL OR i.last_used_at < u.at ORDER BY i.id FOR NO KEY UPDATE OF i
         ), used AS (
             UPDATE identities i SET last_used_at = b.at FROM before b WHERE i.id = b.id
             RETURNING i.id, b.last_used_at IS NULL OR b.state NOT IN ('active', 'discovered')
                 OR (b.last_used_at AT TIME ZONE 'UTC')::date < (b.at AT TIME ZONE 'UTC')::date AS touched
         )
         INSERT INTO identity_touches (identity_id) SELECT id FROM used WHERE touched",
        &ids,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn credentials(tx: &mut Tx, (ids, references, times): Latest) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE credentials c SET last_used_at = u.at
         FROM (SELECT id, reference, max(at) AS at FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[]) AS n (id, reference, at)
               GROUP BY id, reference) u
         WHERE c.identity_id = u.id
           AND CASE WHEN u.reference = '' THEN c.credential_type = 'oidc_federation' ELSE c.reference = u.reference END
           AND (c.last_used_at IS NULL OR c.last_used_at < u.at)",
        &ids,
        &references,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A permission may be written with `*`; actions of cloud systems hold no other pattern character.
async fn permissions(tx: &mut Tx, (ids, actions, times): Latest) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE permissions p SET last_used_at = u.at
         FROM (SELECT p.id, max(n.at) AS at
               FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[]) AS n (identity_id, action, at)
               JOIN permissions p ON p.identity_id = n.identity_id
                 AND lower(n.action) LIKE replace(replace(lower(p.action), '_', '\\_'), '*', '%')
               GROUP BY p.id) u
         WHERE p.id = u.id AND (p.last_used_at IS NULL OR p.last_used_at < u.at)",
        &ids,
        &actions,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn count_days(
    tx: &mut Tx,
    source: SourceId,
    days: BTreeMap<(Uuid, NaiveDate), (i64, i64)>,
) -> Result<()> {
    let ids: Vec<Uuid> = days.keys().map(|key| key.0).collect();
    let dates: Vec<NaiveDate> = days.keys().map(|key| key.1).collect();
    let ok: Vec<i64> = days.values().map(|count| count.0).collect();
    let failed: Vec<i64> = days.values().map(|count| count.1).collect();
    sqlx::query!(
        "INSERT INTO event_day_changes (source_id, identity_id, day, succeeded, failed)
         SELECT $1, * FROM UNNEST($2::uuid[], $3::date[], $4::bigint[], $5::bigint[])",
        source.0,
        &ids,
        &dates,
        &ok,
        &failed
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rows folded by one statement: it ends long before a statement has to.
const FOLDED: i64 = 50_000;

/// Folds the next of what deliveries counted into the days; how many counts of days changed, 0 when nothing was left.
///
/// # Errors
/// When the database refuses.
pub async fn fold_days(tx: &mut Tx) -> Result<u64> {
    let folded = sqlx::query!(
        "WITH gone AS (
             DELETE FROM event_day_changes WHERE ctid = ANY(ARRAY(SELECT ctid FROM event_day_changes LIMIT $1)) RETURNING *)
         INSERT INTO event_days AS d (source_id, identity_id, day, succeeded, failed)
         SELECT source_id, identity_id, day, sum(succeeded)::bigint, sum(failed)::bigint FROM gone
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
         ON CONFLICT (source_id, identity_id, day) DO UPDATE
             SET succeeded = d.succeeded + EXCLUDED.succeeded, failed = d.failed + EXCLUDED.failed",
        FOLDED
    )
    .execute(&mut **tx)
    .await?;
    Ok(folded.rows_affected())
}
