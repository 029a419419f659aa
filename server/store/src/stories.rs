//! What surrounds a run: the events that name it, that happened beside it, and that its identities caused.

use chrono::{DateTime, NaiveDate, Utc};
use contract::ids::{EventId, IdentityId};
use contract::stories::LatestRun;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::conditions::literal;
use crate::events::explore::{Stored, whole};
use crate::{Conn, Result, Tx};

/// A run by the events that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `owner/name`.
    pub repository: String,
    /// Its id.
    pub run_id: String,
    /// First event.
    pub from: DateTime<Utc>,
    /// Last event.
    pub to: DateTime<Utc>,
}

/// The runs of an id, one for each repository that has one; at most ten.
///
/// # Errors
/// When the database cannot be asked.
pub async fn named(conn: &mut Conn, run_id: &str, repository: Option<&str>) -> Result<Vec<Named>> {
    let rows = sqlx::query!(
        r#"SELECT max(repository) AS "repository!", min(occurred_at) AS "from!", max(occurred_at) AS "to!" FROM events
           WHERE run_id = $1 AND repository IS NOT NULL AND ($2::text IS NULL OR lower(repository) = lower($2))
           GROUP BY lower(repository) ORDER BY 3 DESC LIMIT 10"#,
        run_id,
        repository
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| Named {
        repository: row.repository,
        run_id: run_id.to_owned(),
        from: row.from,
        to: row.to,
    });
    Ok(named.collect())
}

/// The newest runs that the latest `looked` events of an identity name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_identity(
    conn: &mut Conn,
    identity: IdentityId,
    looked: i64,
    limit: i64,
) -> Result<Vec<LatestRun>> {
    Ok(sqlx::query_as!(
        LatestRun,
        r#"SELECT max(e.repository) AS "repository!", e.run_id AS "run_id!", max(e.occurred_at) AS "at!", count(*) AS "events!",
               count(*) FILTER (WHERE e.outcome = 'failure') AS "failed!",
               COALESCE(bool_or(e.stage = 'production'), false) AS "production!"
           FROM (SELECT repository, run_id, occurred_at, outcome, stage FROM events WHERE identity_id = $1
                 ORDER BY occurred_at DESC, id DESC LIMIT $2) e
           WHERE e.run_id IS NOT NULL AND e.repository IS NOT NULL
           GROUP BY lower(e.repository), e.run_id ORDER BY 3 DESC, 2 DESC LIMIT $3"#,
        identity.0,
        looked,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Where a page of runs ended: its last run's first event, repository and id. The first event, as the list is in its
/// order: a run that is still going on keeps its place, where its last event would move it past the readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// First event.
    pub at: DateTime<Utc>,
    /// `owner/name`.
    pub repository: String,
    /// Its id.
    pub run_id: String,
}

/// Runs that spoke of production on a day, newest first, after a mark.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_day(
    conn: &mut Conn,
    day: NaiveDate,
    after: Option<&Mark>,
    limit: i64,
) -> Result<Vec<Named>> {
    let from = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let to = from + chrono::TimeDelta::days(1);
    between(conn, (from, to), after, limit).await
}

/// Runs that spoke of production in a stretch of time, newest first, after a mark.
///
/// # Errors
/// When the database cannot be asked.
pub async fn between(
    conn: &mut Conn,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    after: Option<&Mark>,
    limit: i64,
) -> Result<Vec<Named>> {
    let rows = sqlx::query!(
        r#"SELECT max(repository) AS "repository!", run_id AS "run_id!", min(occurred_at) AS "from!", max(occurred_at) AS "to!"
           FROM events WHERE occurred_at >= $1 AND occurred_at < $2 AND stage = 'production' AND run_id IS NOT NULL
               AND repository IS NOT NULL AND outcome <> 'failure'
               AND (kind = 'deployment' OR action = 'workflows.prepared_workflow_job')
           GROUP BY lower(repository), run_id
           HAVING $4::timestamptz IS NULL OR (min(occurred_at), lower(repository), run_id) < ($4, lower($5::text), $6)
           ORDER BY 3 DESC, lower(repository) DESC, run_id DESC LIMIT $3"#,
        from,
        to,
        limit,
        after.map(|mark| mark.at),
        after.map_or("", |mark| mark.repository.as_str()),
        after.map_or("", |mark| mark.run_id.as_str())
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| Named {
        repository: row.repository,
        run_id: row.run_id,
        from: row.from,
        to: row.to,
    });
    Ok(named.collect())
}

/// Events that may belong to a run by their own words: of its repository, or with a token or commit of its own, oldest
/// first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn beside(
    conn: &mut Conn,
    run: &Named,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Stored>> {
    let (owner, name) = run.repository.rsplit_once('/').unwrap_or_default();
    // With and without GitHub's numeric ids; exactly who is meant is judged by `domain`.
    let subject = format!("%{}%{}%", literal(owner), literal(name));
    let mut query: QueryBuilder<Postgres> = whole();
    query.push(" WHERE e.occurred_at >= ").push_bind(from);
    query.push(" AND e.occurred_at <= ").push_bind(to);
    query.push(" AND (e.run_id = ").push_bind(&run.run_id);
    query
        .push(" OR lower(e.repository) = ")
        .push_bind(run.repository.to_lowercase());
    query.push(" OR e.subject ILIKE ").push_bind(subject);
    // An Entra sign-in names a credential, whose configuration knows the subject.
    query
        .push(" OR e.format = 'entra') ORDER BY e.occurred_at, e.id LIMIT ")
        .push_bind(limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(crate::events::explore::read).collect()
}

/// Events of these identities, oldest first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn of_identities(
    conn: &mut Conn,
    ids: &[Uuid],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query: QueryBuilder<Postgres> = whole();
    query
        .push(" WHERE e.identity_id = ANY(")
        .push_bind(ids.to_vec());
    query.push(") AND e.occurred_at >= ").push_bind(from);
    query.push(" AND e.occurred_at <= ").push_bind(to);
    query
        .push(" ORDER BY e.occurred_at, e.id LIMIT ")
        .push_bind(limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(crate::events::explore::read).collect()
}

/// Issuer and subject each Entra federated credential is configured for, as the roll knows them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn federated(conn: &mut Conn) -> Result<Vec<(String, String, String)>> {
    let rows = sqlx::query!(
        "SELECT c.value AS credential, s.issuer, s.value AS subject FROM selectors c
         JOIN selectors s ON s.identity_id = c.identity_id AND s.kind = 'oidc_subject'
         WHERE c.kind = 'azure_federated_credential'"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.credential, row.issuer, row.subject))
        .collect())
}

/// The run an event names, or the one whose token or key it used is found by: repository and run, where it says both.
///
/// # Errors
/// When the database cannot be asked.
pub async fn run_of(conn: &mut Conn, id: EventId) -> Result<Option<(String, String)>> {
    let row = sqlx::query!("SELECT repository, run_id FROM events WHERE id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.and_then(|row| row.repository.zip(row.run_id)))
}

/// Up to when trails were checked, locked until commit.
///
/// # Errors
/// When the database refuses.
pub async fn lock_checked(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let row = sqlx::query_scalar!(
        r#"SELECT CASE WHEN isfinite(checked_to) THEN checked_to END AS "at" FROM trail_head FOR UPDATE"#
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row)
}

/// Notes up to when trails were checked.
///
/// # Errors
/// When the database refuses.
pub async fn note_checked(tx: &mut Tx, to: DateTime<Utc>) -> Result<()> {
    sqlx::query!("UPDATE trail_head SET checked_to = $1", to)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
