//! Work to be done: enqueued in the transaction that caused it, claimed with `SKIP LOCKED`.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{Db, Result, Tx};

/// A claimed job; it stays claimed until its transaction ends.
#[derive(Debug)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// Which worker it is for.
    pub kind: String,
    /// The worker's arguments.
    pub payload: Value,
    /// Tries before this one.
    pub attempts: i32,
}

/// Enqueues work. With a `dedupe_key`, equal waiting work is kept once.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    payload: &Value,
    dedupe_key: Option<&str>,
    run_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO jobs (kind, payload, dedupe_key, run_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT jobs_dedupe_key DO UPDATE SET run_at = LEAST(jobs.run_at, EXCLUDED.run_at), failed_at = NULL",
        kind,
        payload,
        dedupe_key,
        run_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Claims the next due job, or `None`. The row is locked, not removed: a crash gives it back.
///
/// # Errors
/// When the database cannot be asked.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Job>> {
    let row = sqlx::query!(
        "SELECT id, kind, payload, attempts FROM jobs WHERE run_at <= $1 AND failed_at IS NULL
         ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|r| Job {
        id: r.id,
        kind: r.kind,
        payload: r.payload,
        attempts: r.attempts,
    }))
}

/// Removes a finished job.
///
/// # Errors
/// When the database refuses.
pub async fn finish(tx: &mut Tx, id: i64) -> Result<()> {
    sqlx::query!("DELETE FROM jobs WHERE id = $1", id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts a failed job back for `run_at`, or aside for good when `run_at` is `None`.
///
/// # Errors
/// When the database refuses.
pub async fn put_back(
    tx: &mut Tx,
    id: i64,
    status: &str,
    run_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE jobs SET attempts = attempts + 1, status = $2, run_at = COALESCE($3, run_at),
             failed_at = CASE WHEN $3::timestamptz IS NULL THEN $4::timestamptz END
         WHERE id = $1",
        id,
        status,
        run_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes a periodic job's last run.
///
/// # Errors
/// When the database refuses.
pub async fn note_run(tx: &mut Tx, kind: &str, status: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO job_runs (kind, ran_at, status) VALUES ($1, $2, $3)
         ON CONFLICT (kind) DO UPDATE SET ran_at = EXCLUDED.ran_at, status = EXCLUDED.status",
        kind,
        now,
        status
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Last run of a periodic job.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last_run(db: &Db, kind: &str) -> Result<Option<DateTime<Utc>>> {
    Ok(
        sqlx::query_scalar!("SELECT ran_at FROM job_runs WHERE kind = $1", kind)
            .fetch_optional(db.pool())
            .await?,
    )
}

/// Takes the turn of a periodic job when it last ran before `due_before` and nobody else has the turn.
/// The turn is held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn take_turn(tx: &mut Tx, kind: &str, due_before: DateTime<Utc>) -> Result<bool> {
    sqlx::query!(
        "INSERT INTO job_runs (kind, ran_at, status) VALUES ($1, '-infinity', 'never ran') ON CONFLICT (kind) DO NOTHING",
        kind
    )
    .execute(&mut **tx)
    .await?;
    let taken = sqlx::query_scalar!(
        "SELECT kind FROM job_runs WHERE kind = $1 AND ran_at <= $2 FOR UPDATE SKIP LOCKED",
        kind,
        due_before
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(taken.is_some())
}

/// Keeps a claim's transaction from being taken for an abandoned one.
///
/// # Errors
/// When the claim is lost.
pub async fn touch(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT 1 AS one").fetch_one(&mut **tx).await?;
    Ok(())
}
