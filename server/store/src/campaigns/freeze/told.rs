//! What is told of identities: findings, exceptions, days of use.

use chrono::{DateTime, NaiveDate, Utc};
use contract::findings::{ExceptionScope, Severity};
use contract::ids::FindingId;
use domain::campaign::snapshot::{Exception, Finding};
use uuid::Uuid;

use super::All;
use crate::{Conn, Result};

/// Adds the open findings of each.
pub async fn findings(
    conn: &mut Conn,
    ids: &[Uuid],
    now: DateTime<Utc>,
    all: &mut All,
) -> Result<()> {
    // An exception that is over is open again, whether somebody has looked since or not.
    let rows = sqlx::query!(
        r#"SELECT identity_id AS "identity_id!", id, rule, severity, title FROM findings
           WHERE identity_id = ANY($1)
             AND (state IN ('open', 'acknowledged') OR state = 'excepted' AND excepted_until <= $2)"#,
        ids,
        now
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.findings.push(Finding {
                id: FindingId(row.id),
                rule: row.rule,
                severity: row.severity.parse::<Severity>()?,
                title: row.title,
            });
        }
    }
    Ok(())
}

/// Adds what is excepted: findings one by one, and rules, which cover their findings.
pub async fn exceptions(
    conn: &mut Conn,
    ids: &[Uuid],
    now: DateTime<Utc>,
    all: &mut All,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.rule AS "rule!", x.title AS "title!", x.wide AS "wide!",
               x.reason AS "reason!", x.until AS "until!", p.name AS "by?"
           FROM (SELECT f.identity_id, f.rule, f.title, false AS wide, f.note AS reason, f.excepted_until AS until,
                     f.handled_by AS by_id
                 FROM findings f WHERE f.identity_id = ANY($1) AND f.state = 'excepted' AND f.excepted_until > $2
                   AND NOT EXISTS (SELECT FROM finding_exceptions w WHERE w.rule = f.rule
                       AND w.identity_id = f.identity_id AND w.until > $2)
                 UNION ALL
                 SELECT w.identity_id, w.rule, '', true, w.reason, w.until, w.by_id
                 FROM finding_exceptions w WHERE w.identity_id = ANY($1) AND w.until > $2) x
           LEFT JOIN people p ON p.id = x.by_id"#,
        ids,
        now
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.exceptions.push(Exception {
                rule: row.rule,
                title: row.title,
                scope: if row.wide {
                    ExceptionScope::Identity
                } else {
                    ExceptionScope::Finding
                },
                reason: row.reason,
                by: row.by,
                until: row.until,
            });
        }
    }
    Ok(())
}

/// Adds the events of each day of use.
pub async fn days(conn: &mut Conn, ids: &[Uuid], since: NaiveDate, all: &mut All) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT identity_id AS "identity_id!", day AS "day!", sum(succeeded + failed)::bigint AS "events!" FROM event_day_counts
           WHERE identity_id = ANY($1) AND day >= $2 GROUP BY identity_id, day"#,
        ids,
        since
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.days.push((row.day, row.events));
        }
    }
    Ok(())
}
