//! Runners as a list names them, beside what events told of them.

use chrono::{DateTime, Utc};
use domain::import::record::Runner;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A runner as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: Uuid,
    /// Whether the platform owns it.
    pub hosted: Option<bool>,
    /// Whether it is made for one job.
    pub ephemeral: Option<bool>,
    /// Group.
    pub group: String,
    /// Labels.
    pub labels: Vec<String>,
    /// Whether it was there when it was last listed.
    pub online: Option<bool>,
    /// Repositories it serves.
    pub repositories: Vec<String>,
}

/// The runners with these ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Standing>> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT r.id, r.hosted, r.ephemeral, r.runner_group AS "group", r.labels, r.online,
               ARRAY(SELECT p.repository FROM runner_repositories p WHERE p.runner_id = r.id ORDER BY p.repository)
                   AS "repositories!"
           FROM runners r WHERE r.id = ANY($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// Enters a listed runner, or puts what the list says beside what is known: what it leaves out stays.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, runner: &Runner, now: DateTime<Utc>) -> Result<()> {
    let id = runner.id();
    sqlx::query!(
        "INSERT INTO runners AS k (id, platform, owner, name, hosted, ephemeral, runner_group, labels, first_seen, last_seen,
             runs, listed_at, online, seen)
         VALUES ($1, $2, $3, $4, $5::boolean, COALESCE($6::boolean, CASE WHEN $5::boolean THEN true END),
             COALESCE($7::text, ''), COALESCE($8::text[], '{}'), COALESCE($9::timestamptz, $10::timestamptz),
             COALESCE($9::timestamptz, $10::timestamptz), 0, $10::timestamptz, $11::boolean, $9::timestamptz IS NOT NULL)
         ON CONFLICT (id) DO UPDATE SET hosted = COALESCE($5::boolean, k.hosted),
             ephemeral = COALESCE($6::boolean, k.ephemeral), runner_group = COALESCE($7::text, k.runner_group),
             labels = COALESCE($8::text[], k.labels),
             first_seen = CASE WHEN k.seen THEN LEAST(k.first_seen, $9::timestamptz)
                 ELSE COALESCE($9::timestamptz, k.first_seen) END,
             last_seen = CASE WHEN k.seen THEN GREATEST(k.last_seen, $9::timestamptz)
                 ELSE COALESCE($9::timestamptz, k.last_seen) END,
             listed_at = EXCLUDED.listed_at, online = COALESCE(EXCLUDED.online, k.online),
             seen = k.seen OR EXCLUDED.seen",
        id,
        runner.platform.as_str(),
        runner.owner,
        runner.shown_name(),
        runner.hosted,
        runner.ephemeral,
        runner.group,
        runner.labels.as_deref(),
        runner.last_seen,
        now,
        runner.online
    )
    .execute(&mut **tx)
    .await?;
    let at = runner.last_seen.unwrap_or(now);
    sqlx::query!(
        "INSERT INTO runner_repositories (runner_id, repository, last_seen)
         SELECT $1, r, $3 FROM UNNEST($2::text[]) AS r
         ON CONFLICT ON CONSTRAINT runner_repositories_key DO NOTHING",
        id,
        &runner.repositories,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
