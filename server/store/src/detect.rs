//! Detection: the place it has reached in the feed, baselines, what waits, and findings out of events.

mod events;
mod findings;
mod known;
mod recent;
mod runners;

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use domain::detect::{Aspect, Habit, Waiting};
use uuid::Uuid;

use crate::{Conn, Error, Result, Tx};

pub use events::{Told, events};
pub use findings::{Found, is_told, recount, reopen, save};
pub use known::{affected, known};
pub use recent::Recent;
pub use runners::{Seen as RunnerSeen, note as note_runners};

/// Locks the place up to which what detection learnt is kept, so that one process at a time judges, and returns it.
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut Tx) -> Result<i64> {
    Ok(
        sqlx::query_scalar!("SELECT position FROM detection_head FOR UPDATE")
            .fetch_one(&mut **tx)
            .await?,
    )
}

/// Says up to which place the feed is judged, and up to which what was learnt is kept.
///
/// # Errors
/// When the database refuses.
pub async fn advance(tx: &mut Tx, judged: i64, kept: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE detection_head SET judged = $1, position = $2 WHERE (judged, position) <> ($1, $2)",
        judged,
        kept
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A kept habit: whose, of what, and how often.
pub type Kept = (Uuid, Aspect, String, Habit);

/// The habits of these owners.
///
/// # Errors
/// When the database cannot be asked.
pub async fn habits(conn: &mut Conn, owners: &[Uuid]) -> Result<Vec<Kept>> {
    let rows = sqlx::query!(
        "SELECT owner_id, aspect, value, first_seen, last_seen, times, event_id FROM baselines WHERE owner_id = ANY($1)",
        owners
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().filter_map(|row| {
        // An aspect that is no longer watched.
        let aspect = Aspect::of(&row.aspect)?;
        let habit = Habit {
            first: row.first_seen,
            last: row.last_seen,
            times: row.times,
            event: EventId(row.event_id),
        };
        Some((row.owner_id, aspect, row.value, habit))
    });
    Ok(kept.collect())
}

/// Keeps habits as they are now.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &mut Tx, habits: &[Kept]) -> Result<()> {
    let owners: Vec<Uuid> = habits.iter().map(|kept| kept.0).collect();
    let aspects: Vec<&str> = habits.iter().map(|kept| kept.1.as_str()).collect();
    let values: Vec<&str> = habits.iter().map(|kept| kept.2.as_str()).collect();
    let firsts: Vec<DateTime<Utc>> = habits.iter().map(|kept| kept.3.first).collect();
    let lasts: Vec<DateTime<Utc>> = habits.iter().map(|kept| kept.3.last).collect();
    let times: Vec<i64> = habits.iter().map(|kept| kept.3.times).collect();
    let events: Vec<Uuid> = habits.iter().map(|kept| kept.3.event.0).collect();
    sqlx::query!(
        "INSERT INTO baselines (owner_id, aspect, value, first_seen, last_seen, times, event_id)
         SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::uuid[])
         ON CONFLICT ON CONSTRAINT baselines_key DO UPDATE SET first_seen = EXCLUDED.first_seen,
             last_seen = EXCLUDED.last_seen, times = EXCLUDED.times, event_id = EXCLUDED.event_id",
        &owners,
        &aspects as _,
        &values as _,
        &firsts,
        &lasts,
        &times,
        &events
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes habits that are forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &mut Tx, habits: &[(Uuid, Aspect, String)]) -> Result<()> {
    if habits.is_empty() {
        return Ok(());
    }
    let owners: Vec<Uuid> = habits.iter().map(|gone| gone.0).collect();
    let aspects: Vec<&str> = habits.iter().map(|gone| gone.1.as_str()).collect();
    let values: Vec<&str> = habits.iter().map(|gone| gone.2.as_str()).collect();
    sqlx::query!(
        "DELETE FROM baselines b USING UNNEST($1::uuid[], $2::text[], $3::text[]) AS g (owner_id, aspect, value)
         WHERE b.owner_id = g.owner_id AND b.aspect = g.aspect AND b.value = g.value",
        &owners,
        &aspects as _,
        &values as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Findings that wait for events of these repositories, and those whose time is over.
///
/// # Errors
/// When the database cannot be asked, or a kept one cannot be read.
pub async fn waiting(
    conn: &mut Conn,
    repositories: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>> {
    let rows = sqlx::query_scalar!(
        "SELECT waiting FROM detections_waiting WHERE repository_key = ANY($1)
         UNION SELECT waiting FROM detections_waiting WHERE until <= $2",
        repositories,
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .flatten()
        .map(|waiting| {
            serde_json::from_value(waiting)
                .map_err(|_| Error::Unreadable("detections_waiting.waiting".to_owned()))
        })
        .collect()
}

/// Keeps what waits, by fingerprint in hex, and removes what is settled.
///
/// # Errors
/// When the database refuses.
pub async fn keep_waiting(
    tx: &mut Tx,
    waiting: &[(String, Waiting)],
    settled: &[String],
) -> Result<()> {
    let prints: Vec<&str> = waiting.iter().map(|(print, _)| print.as_str()).collect();
    let keys: Vec<Uuid> = waiting
        .iter()
        .map(|(_, one)| one.repository_key())
        .collect();
    let untils: Vec<DateTime<Utc>> = waiting.iter().map(|(_, one)| one.until).collect();
    let bodies = waiting
        .iter()
        .map(|(_, one)| serde_json::to_value(one))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|_| Error::Unreadable("detections_waiting.waiting".to_owned()))?;
    sqlx::query!(
        "INSERT INTO detections_waiting (fingerprint, repository_key, until, waiting)
         SELECT * FROM UNNEST($1::text[], $2::uuid[], $3::timestamptz[], $4::jsonb[])
         ON CONFLICT (fingerprint) DO UPDATE SET until = EXCLUDED.until, waiting = EXCLUDED.waiting
         WHERE detections_waiting.waiting <> EXCLUDED.waiting",
        &prints as _,
        &keys,
        &untils,
        &bodies
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "DELETE FROM detections_waiting WHERE fingerprint = ANY($1)",
        settled
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
