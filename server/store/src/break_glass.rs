//! Break-glass identities: the mark, days of use with their tickets, drills.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::identities::{DrillView, GlassUseView};
use contract::ids::{IdentityId, PersonId};
use domain::finding::facts::UNUSED_DAYS;
use domain::identity::break_glass::{Record, match_due};
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Since when an identity is a break-glass one; none when it is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn since(conn: &mut Conn, id: IdentityId) -> Result<Option<DateTime<Utc>>> {
    let since = sqlx::query_scalar!(
        "SELECT COALESCE(break_glass_since, created_at) FROM identities WHERE id = $1 AND break_glass",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(since.flatten())
}

/// Marks an identity, or takes the mark away.
///
/// # Errors
/// When the database refuses.
pub async fn mark(tx: &mut Tx, id: IdentityId, marked: bool, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE identities SET break_glass = $2, break_glass_since = CASE WHEN $2 THEN $3::timestamptz END,
             updated_at = $3, version = version + 1 WHERE id = $1",
        id.0,
        marked,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Days of use since it was marked, at most 90 days back, newest first, each with the ticket it was matched to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn uses(
    conn: &mut Conn,
    id: IdentityId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<GlassUseView>> {
    let from = since.max(now - TimeDelta::days(UNUSED_DAYS));
    let rows = sqlx::query!(
        r#"SELECT u.day AS "day!", u.at AS "at!", u.events AS "events!",
               (SELECT max(r.ticket) FROM break_glass_records r WHERE r.identity_id = $1 AND r.day = u.day) AS ticket
           FROM (SELECT (e.occurred_at AT TIME ZONE 'UTC')::date AS day, min(e.occurred_at) AS at, count(*) AS events
                 FROM events e WHERE e.identity_id = $1 AND e.occurred_at >= $2 GROUP BY 1) u ORDER BY u.day DESC"#,
        id.0,
        from
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| GlassUseView {
            day: row.day,
            at: row.at,
            events: row.events,
            ticket: row.ticket,
            due_at: match_due(row.at),
        })
        .collect())
}

/// Whether it was used on a day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn used_on(conn: &mut Conn, id: IdentityId, day: NaiveDate) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM events e WHERE e.identity_id = $1
               AND e.occurred_at >= $2::date AT TIME ZONE 'UTC' AND e.occurred_at < ($2::date + 1) AT TIME ZONE 'UTC') AS "used!""#,
        id.0,
        day
    )
    .fetch_one(conn)
    .await?)
}

/// Drills, newest first, with when each was recorded.
///
/// # Errors
/// When the database cannot be asked.
pub async fn drills(conn: &mut Conn, id: IdentityId) -> Result<Vec<(DrillView, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT r.day, r.worked AS "worked!", r.ticket, r.note, r.at, p.name AS "by?"
           FROM break_glass_records r LEFT JOIN people p ON p.id = r.by_id
           WHERE r.identity_id = $1 AND r.kind = 'drill' ORDER BY r.day DESC LIMIT 40"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let drill = DrillView {
                day: row.day,
                worked: row.worked,
                ticket: row.ticket,
                note: row.note,
                by: row.by.unwrap_or_default(),
            };
            (drill, row.at)
        })
        .collect())
}

/// Keeps a record; one of the same kind and day gives way. Gives the ticket that stood there before.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    tx: &mut Tx,
    id: Uuid,
    identity: IdentityId,
    record: &Record,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let kind = if record.worked.is_some() {
        "drill"
    } else {
        "use"
    };
    let before = sqlx::query_scalar!(
        "DELETE FROM break_glass_records WHERE identity_id = $1 AND kind = $2 AND day = $3 RETURNING ticket",
        identity.0,
        kind,
        record.day
    )
    .fetch_optional(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO break_glass_records (id, identity_id, kind, day, ticket, worked, note, by_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        identity.0,
        kind,
        record.day,
        record.ticket.as_str(),
        record.worked,
        record.note,
        by.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(before)
}
