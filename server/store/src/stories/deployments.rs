//! The production deployments of a day: those of a run as one, and each that is of none.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::ids::EventId;

use super::Named;
use crate::{Conn, Result};

/// Where a page of runs ended: its last run's first event, repository and key. The first event, as the list is in its
/// order: a run that is still going on keeps its place, where its last event would move it past the readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// First event.
    pub at: DateTime<Utc>,
    /// `owner/name`.
    pub repository: String,
    /// [`Named::key`].
    pub key: String,
}

/// Runs that spoke of production on a day and deployments to it that are of no run, newest first, after a mark.
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
    let rows = sqlx::query!(
        r#"SELECT max(d.repository) AS "repository!", d.run_id AS "run_id?", d.alone AS "alone?",
               min(d.occurred_at) AS "from!", max(d.occurred_at) AS "to!"
           FROM (SELECT repository, run_id, occurred_at, CASE WHEN run_id IS NULL THEN id END AS alone
                 FROM production_deployments WHERE occurred_at >= $1 AND occurred_at < $2) d
           GROUP BY lower(d.repository), d.run_id, d.alone
           HAVING $4::timestamptz IS NULL
               OR (min(d.occurred_at), lower(d.repository), COALESCE(d.run_id, d.alone::text)) < ($4, lower($5::text), $6::text)
           ORDER BY 4 DESC, lower(d.repository) DESC, COALESCE(d.run_id, d.alone::text) DESC LIMIT $3"#,
        from,
        from + TimeDelta::days(1),
        limit,
        after.map(|mark| mark.at),
        after.map_or("", |mark| mark.repository.as_str()),
        after.map_or("", |mark| mark.key.as_str())
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| Named {
        repository: row.repository,
        run_id: row.run_id.unwrap_or_default(),
        alone: row.alone.map(EventId),
        from: row.from,
        to: row.to,
    });
    Ok(named.collect())
}
