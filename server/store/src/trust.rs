//! What was seen of federated logins, and the matrix tests kept with identities.

use chrono::{DateTime, Utc};
use contract::ids::{EventId, IdentityId, PersonId, TrustTestId};
use domain::trust::Observed;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Distinct claim sets of one identity's assumptions since a moment, most frequent first, at most `most`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn observed(
    conn: &mut Conn,
    id: IdentityId,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Observed>> {
    let rows = sqlx::query!(
        r#"SELECT COALESCE(issuer, '') AS "issuer!", subject AS "subject!", actor, repository, git_ref, environment,
               count(*) AS "count!", max(occurred_at) AS "last!"
           FROM events
           WHERE identity_id = $1 AND occurred_at >= $2 AND kind = 'credential_assumption' AND outcome = 'success'
               AND subject IS NOT NULL
           GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 7 DESC, 2 LIMIT $3"#,
        id.0,
        since,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Observed {
            issuer: row.issuer,
            subject: row.subject,
            actor: row.actor,
            repository: row.repository,
            git_ref: row.git_ref,
            environment: row.environment,
            count: row.count,
            last: row.last,
        })
        .collect())
}

/// One recorded assumption.
#[derive(Debug, Clone)]
pub struct Assumption {
    /// Its claims; the count is 1.
    pub seen: Observed,
    /// The event.
    pub event: EventId,
    /// The run it belongs to.
    pub run: Option<String>,
}

/// A page of one identity's assumptions, newest first, after a mark.
///
/// # Errors
/// When the database cannot be asked.
pub async fn assumptions(
    conn: &mut Conn,
    id: IdentityId,
    after: Option<(DateTime<Utc>, EventId)>,
    limit: i64,
) -> Result<Vec<Assumption>> {
    let (at, event) = after.unzip();
    let rows = sqlx::query!(
        r#"SELECT id, COALESCE(issuer, '') AS "issuer!", subject AS "subject!", actor, repository, git_ref, environment,
               run_id, occurred_at
           FROM events
           WHERE identity_id = $1 AND kind = 'credential_assumption' AND outcome = 'success' AND subject IS NOT NULL
               AND ($2::timestamptz IS NULL OR (occurred_at, id) < ($2, $3))
           ORDER BY occurred_at DESC, id DESC LIMIT $4"#,
        id.0,
        at,
        event.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Assumption {
            event: EventId(row.id),
            run: row.run_id,
            seen: Observed {
                issuer: row.issuer,
                subject: row.subject,
                actor: row.actor,
                repository: row.repository,
                git_ref: row.git_ref,
                environment: row.environment,
                count: 1,
                last: row.occurred_at,
            },
        })
        .collect())
}

/// A matrix test as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its id.
    pub id: TrustTestId,
    /// The identity it is kept with.
    pub identity: IdentityId,
    /// What people call it.
    pub name: String,
    /// `allow` or `deny`.
    pub expect: String,
    /// The claims, as JSON.
    pub claims: String,
}

/// The tests of identities, in order of name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn tests(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Test>> {
    let rows = sqlx::query!(
        "SELECT id, identity_id, name, expect, claims FROM trust_tests WHERE identity_id = ANY($1) ORDER BY identity_id, name",
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Test {
            id: TrustTestId(row.id),
            identity: IdentityId(row.identity_id),
            name: row.name,
            expect: row.expect,
            claims: row.claims,
        })
        .collect())
}

/// Keeps a test; one of the same name is replaced.
///
/// # Errors
/// When the database refuses.
pub async fn keep_test(
    tx: &mut Tx,
    test: &Test,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO trust_tests (id, identity_id, name, expect, claims, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT ON CONSTRAINT trust_tests_name_key
         DO UPDATE SET expect = EXCLUDED.expect, claims = EXCLUDED.claims, created_at = EXCLUDED.created_at,
             created_by = EXCLUDED.created_by",
        test.id.0,
        test.identity.0,
        test.name,
        test.expect,
        test.claims,
        now,
        by.map(|id| id.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a test away; gives its name, or nothing when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn drop_test(tx: &mut Tx, id: IdentityId, test: TrustTestId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "DELETE FROM trust_tests WHERE id = $1 AND identity_id = $2 RETURNING name",
        test.0,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// A trust of the roll with whose it is.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The identity.
    pub identity: IdentityId,
    /// Its name.
    pub name: String,
    /// Language.
    pub language: String,
    /// What it guards.
    pub target: String,
    /// The document.
    pub document: String,
}

/// Trusts whose documents hold one of these patterns (of `LIKE`), of identities that still may act, in order of name; at
/// most `most`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn speaking_of(conn: &mut Conn, patterns: &[String], most: i64) -> Result<Vec<Kept>> {
    let rows = sqlx::query!(
        "SELECT i.id, i.name, t.language, t.target, t.document FROM trusts t JOIN identities i ON i.id = t.identity_id
         WHERE t.document LIKE ANY($1) AND i.state NOT IN ('removed', 'rejected')
         ORDER BY i.name, t.id LIMIT $2",
        patterns,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Kept {
            identity: IdentityId(row.id),
            name: row.name,
            language: row.language,
            target: row.target,
            document: row.document,
        })
        .collect())
}

/// The most frequent claim sets of each of several identities' assumptions since a moment, at most `most` of each.
///
/// # Errors
/// When the database cannot be asked.
pub async fn observed_of(
    conn: &mut Conn,
    ids: &[Uuid],
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(Uuid, Observed)>> {
    let rows = sqlx::query!(
        r#"SELECT o.identity_id AS "identity!", o.issuer AS "issuer!", o.subject AS "subject!", o.actor, o.repository,
               o.git_ref, o.environment, o.count AS "count!", o.last AS "last!"
           FROM (SELECT g.*, row_number() OVER (PARTITION BY g.identity_id ORDER BY g.count DESC, g.subject) AS place
                 FROM (SELECT identity_id, COALESCE(issuer, '') AS issuer, subject, actor, repository, git_ref, environment,
                           count(*) AS count, max(occurred_at) AS last
                       FROM events
                       WHERE identity_id = ANY($1) AND occurred_at >= $2 AND kind = 'credential_assumption'
                           AND outcome = 'success' AND subject IS NOT NULL
                       GROUP BY 1, 2, 3, 4, 5, 6, 7) g) o
           WHERE o.place <= $3 ORDER BY 1, o.place"#,
        ids,
        since,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let seen = Observed {
                issuer: row.issuer,
                subject: row.subject,
                actor: row.actor,
                repository: row.repository,
                git_ref: row.git_ref,
                environment: row.environment,
                count: row.count,
                last: row.last,
            };
            (row.identity, seen)
        })
        .collect())
}
