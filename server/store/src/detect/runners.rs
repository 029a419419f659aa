//! Keeping the inventory of runners as events tell of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use domain::event::sighting::Sighting;
use uuid::Uuid;

use crate::{Result, Tx};

/// A runner in an event.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What the event tells of it.
    pub sighting: Sighting,
    /// When.
    pub at: DateTime<Utc>,
    /// Which event.
    pub event: EventId,
}

/// A runner over a batch.
struct Summed<'a> {
    last: &'a Seen,
    first: DateTime<Utc>,
    runs: i64,
    first_run: &'a str,
    /// The last word on each: most events say nothing of it.
    hosted: Option<bool>,
    ephemeral: Option<bool>,
}

/// Notes runners; in the order of the feed.
///
/// # Errors
/// When the database refuses.
pub async fn note(tx: &mut Tx, seen: &[Seen]) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let mut runners: BTreeMap<Uuid, Summed<'_>> = BTreeMap::new();
    let mut repositories: BTreeMap<(Uuid, &str), DateTime<Utc>> = BTreeMap::new();
    for one in seen {
        let id = one.sighting.id();
        let summed = runners.entry(id).or_insert(Summed {
            last: one,
            first: one.at,
            runs: 1,
            first_run: &one.sighting.run,
            hosted: None,
            ephemeral: None,
        });
        summed.hosted = one.sighting.hosted.or(summed.hosted);
        summed.ephemeral = one.sighting.ephemeral.or(summed.ephemeral);
        summed.first = summed.first.min(one.at);
        summed.runs += i64::from(summed.last.sighting.run != one.sighting.run);
        summed.last = one;
        if let Some(repository) = &one.sighting.repository {
            let at = repositories.entry((id, repository)).or_insert(one.at);
            *at = one.at.max(*at);
        }
    }
    let rows: Vec<serde_json::Value> = runners
        .iter()
        .map(|(id, summed)| as_json(*id, summed))
        .collect();
    sqlx::query!(
        "INSERT INTO runners AS k (id, platform, owner, name, hosted, ephemeral, runner_group, labels, first_seen, last_seen,
             runs, last_run, event_id)
         SELECT r.id, r.platform, r.owner, r.name, r.hosted, r.ephemeral, r.runner_group,
             ARRAY(SELECT jsonb_array_elements_text(r.labels)), r.first_seen, r.last_seen, r.runs, r.last_run, r.event_id
         FROM jsonb_to_recordset($1) AS r (id uuid, platform text, owner text, name text, hosted boolean, ephemeral boolean,
             runner_group text, labels jsonb, first_seen timestamptz, last_seen timestamptz, runs bigint, first_run text,
             last_run text, event_id uuid)
         ON CONFLICT (id) DO UPDATE SET hosted = COALESCE(EXCLUDED.hosted, k.hosted),
             ephemeral = COALESCE(EXCLUDED.ephemeral, k.ephemeral), runner_group = EXCLUDED.runner_group,
             labels = EXCLUDED.labels, seen = true,
             first_seen = CASE WHEN k.seen THEN LEAST(k.first_seen, EXCLUDED.first_seen) ELSE EXCLUDED.first_seen END,
             last_seen = CASE WHEN k.seen THEN GREATEST(k.last_seen, EXCLUDED.last_seen) ELSE EXCLUDED.last_seen END, last_run = EXCLUDED.last_run,
             event_id = EXCLUDED.event_id,
             runs = k.runs + EXCLUDED.runs - CASE WHEN k.last_run = (SELECT n.first_run
                 FROM jsonb_to_recordset($1) AS n (id uuid, first_run text) WHERE n.id = k.id) THEN 1 ELSE 0 END",
        serde_json::Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    let ids: Vec<Uuid> = repositories.keys().map(|key| key.0).collect();
    let names: Vec<&str> = repositories.keys().map(|key| key.1).collect();
    let times: Vec<DateTime<Utc>> = repositories.values().copied().collect();
    sqlx::query!(
        "INSERT INTO runner_repositories (runner_id, repository, last_seen)
         SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[])
         ON CONFLICT ON CONSTRAINT runner_repositories_key DO UPDATE
             SET last_seen = GREATEST(runner_repositories.last_seen, EXCLUDED.last_seen)",
        &ids,
        &names as _,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn as_json(id: Uuid, summed: &Summed<'_>) -> serde_json::Value {
    let one = &summed.last.sighting;
    serde_json::json!({
        "id": id, "platform": one.platform, "owner": one.owner, "name": one.name, "hosted": summed.hosted,
        "ephemeral": summed.ephemeral, "runner_group": one.group, "labels": one.labels, "first_seen": summed.first,
        "last_seen": summed.last.at, "runs": summed.runs, "first_run": summed.first_run, "last_run": one.run,
        "event_id": summed.last.event,
    })
}
