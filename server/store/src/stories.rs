//! What surrounds a run: the events that name it, that happened beside it, and that its identities caused.

mod deployments;
mod due;

use chrono::{DateTime, Utc};
use contract::ids::{EventId, IdentityId};
use contract::stories::LatestRun;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::conditions::literal;
use crate::events::explore::{Stored, whole};
use crate::{Conn, Result};
pub use deployments::{Mark, of_day};
pub use due::{Place, due, lock_checked, note_checked};

/// A run by the events that name it, or a deployment that is of none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `owner/name`.
    pub repository: String,
    /// Its id; empty where a deployment is of no run.
    pub run_id: String,
    /// The deployment that is of no run.
    pub alone: Option<EventId>,
    /// First event.
    pub from: DateTime<Utc>,
    /// Last event.
    pub to: DateTime<Utc>,
}

impl Named {
    /// What tells it from others of its repository: the run's id, or the deployment's.
    pub fn key(&self) -> String {
        self.alone
            .map_or_else(|| self.run_id.clone(), |id| id.0.to_string())
    }
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
        alone: None,
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

/// From its first to its last event, a run; the deployment's own time where it is of none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn span(conn: &mut Conn, run: &Named) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let row = sqlx::query!(
        r#"SELECT min(occurred_at) AS "from", max(occurred_at) AS "to" FROM events WHERE run_id = $1 AND lower(repository) = lower($2)"#,
        run.run_id,
        run.repository
    )
    .fetch_one(conn)
    .await?;
    // A deployment of one of its jobs does not name it.
    Ok((
        row.from.map_or(run.from, |from| from.min(run.from)),
        row.to.map_or(run.to, |to| to.max(run.to)),
    ))
}

/// A deployment that is of no run; none where its month is gone.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn deployment(conn: &mut Conn, id: EventId) -> Result<Vec<Stored>> {
    let mut query: QueryBuilder<Postgres> = whole();
    query.push(" WHERE e.id = ").push_bind(id.0);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(crate::events::explore::read).collect()
}

/// Events that may belong to a run by their own words: of its repository, or with a token, commit or federated credential
/// of its own. Those that name it come first, then the oldest: where there are more than `limit`, they are there.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn beside(
    conn: &mut Conn,
    run: &Named,
    credentials: &[String],
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
    // An Entra sign-in names a credential, whose configuration knows the subject. A tenant has thousands of others.
    if !credentials.is_empty() {
        query.push(" OR e.format = 'entra' AND ");
        push_joined(&mut query, "federated_credential", credentials);
    }
    query
        .push(") ORDER BY e.run_id IS NOT DISTINCT FROM ")
        .push_bind(&run.run_id);
    query
        .push(" DESC, e.occurred_at, e.id LIMIT ")
        .push_bind(limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(crate::events::explore::read).collect()
}

/// Pushes that one of these values joins the event under a name; of an event kept before that was kept beside it, that its
/// record holds one.
fn push_joined(query: &mut QueryBuilder<Postgres>, name: &str, values: &[String]) {
    query.push("(e.joins ->> ").push_bind(name.to_owned());
    query.push(" = ANY(").push_bind(values.to_vec());
    query.push(") OR e.joins IS NULL AND EXISTS (SELECT FROM unnest(");
    query
        .push_bind(values.to_vec())
        .push("::text[]) AS v (value) WHERE strpos(e.raw::text, v.value) > 0))");
}

/// Events of Microsoft's that used one of these sessions, oldest first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn of_sessions(
    conn: &mut Conn,
    sessions: &[String],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query: QueryBuilder<Postgres> = whole();
    query.push(" WHERE e.format IN ('entra', 'azure_activity') AND ");
    push_joined(&mut query, "session", sessions);
    query.push(" AND e.occurred_at >= ").push_bind(from);
    query.push(" AND e.occurred_at <= ").push_bind(to);
    query
        .push(" ORDER BY e.occurred_at, e.id LIMIT ")
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
