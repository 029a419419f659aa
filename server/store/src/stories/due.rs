//! The deployments whose trails are due, in the order in which they were received, and how far they were checked.

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use uuid::Uuid;

use super::Named;
use crate::{Conn, Result, Tx};

/// A place in the order of receipt: when an event reached us, and its id.
pub type Place = (DateTime<Utc>, Uuid);

/// The next `limit` events that released something to production after a place and were received before a time: the runs
/// among them that were not released again by an event received later, and deployments of no run; and the place of the
/// last event, where there were as many as asked for.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(
    conn: &mut Conn,
    (from, from_id): Place,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<(Vec<Named>, Option<Place>)> {
    // Whether a run was released later: by an event that names it, or by a job of it.
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!", p.received_at AS "received_at!", p.occurred_at AS "at!", p.repository AS "repository!", p.run_id AS "run_id?",
               (EXISTS (SELECT FROM events l WHERE l.run_id = p.run_id AND lower(l.repository) = lower(p.repository)
                    AND l.stage = 'production' AND l.outcome <> 'failure'
                    AND (l.kind = 'deployment' OR l.action = 'workflows.prepared_workflow_job')
                    AND (l.received_at, l.id) > (p.received_at, p.id))
                OR EXISTS (SELECT FROM events j JOIN events l ON l.joins ->> 'job' = j.joins ->> 'job'
                    WHERE j.run_id = p.run_id AND lower(j.repository) = lower(p.repository)
                        AND j.format = 'gitlab_webhook' AND j.kind = 'pipeline_run'
                        AND l.format = 'gitlab_webhook' AND l.kind = 'deployment' AND l.run_id IS NULL
                        AND l.stage = 'production' AND l.outcome <> 'failure' AND lower(l.repository) = lower(p.repository)
                        AND (l.received_at, l.id) > (p.received_at, p.id))) AS "again!"
           FROM (SELECT * FROM production_deployments WHERE (received_at, id) > ($1, $2) AND received_at < $3
                 ORDER BY received_at, id LIMIT $4) p
           ORDER BY p.received_at, p.id"#,
        from,
        from_id,
        before,
        limit
    )
    .fetch_all(conn)
    .await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    let last = rows.last().filter(|_| full);
    let last = last.map(|row| (row.received_at, row.id));
    let due = rows.into_iter().filter(|row| !row.again).map(|row| Named {
        repository: row.repository,
        alone: row.run_id.is_none().then_some(EventId(row.id)),
        run_id: row.run_id.unwrap_or_default(),
        from: row.at,
        to: row.at,
    });
    Ok((due.collect(), last))
}

/// The place up to which trails were checked, locked until commit; `None` when none ever was.
///
/// # Errors
/// When the database refuses.
pub async fn lock_checked(tx: &mut Tx) -> Result<Option<Place>> {
    let row = sqlx::query!(
        r#"SELECT CASE WHEN isfinite(checked_to) THEN checked_to END AS "at", checked_id FROM trail_head FOR UPDATE"#
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.at.map(|at| (at, row.checked_id)))
}

/// Notes the place up to which trails were checked.
///
/// # Errors
/// When the database refuses.
pub async fn note_checked(tx: &mut Tx, (at, id): Place) -> Result<()> {
    sqlx::query!(
        "UPDATE trail_head SET checked_to = $1, checked_id = $2",
        at,
        id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
