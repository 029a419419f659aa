//! Figures across campaigns.

use contract::campaigns::{ReportRow, TeamReport};

use crate::{Conn, Result};

/// Figures of campaigns whose answers have ended, newest first; reviews of one identity are not among them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn report(conn: &mut Conn, limit: i64) -> Result<Vec<ReportRow>> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.name, c.started_at AS "started_at!", c.due_at, c.closed_at AS "closed_at!",
               count(i.id) AS "items!",
               count(*) FILTER (WHERE i.state = 'decided') AS "decided!",
               count(*) FILTER (WHERE i.state = 'decided' AND i.decided_at <= c.due_at) AS "on_time!",
               count(*) FILTER (WHERE i.state = 'not_reviewed') AS "not_reviewed!",
               (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY d.seconds) FROM item_decisions d
                   JOIN campaign_items x ON x.id = d.item_id WHERE x.campaign_id = c.id AND d.seconds IS NOT NULL) AS median_seconds,
               (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM x.decided_at - c.started_at)::bigint)
                   FROM campaign_items x WHERE x.campaign_id = c.id AND x.state = 'decided') AS "median_wait?: i64",
               (SELECT count(*) FROM remediations r WHERE r.campaign_id = c.id) AS "tasks!",
               (SELECT count(*) FROM remediations r WHERE r.campaign_id = c.id AND r.state = 'waived') AS "waived!",
               (SELECT count(*) FROM remediations r WHERE r.campaign_id = c.id AND r.state = 'verified') AS "verified!",
               (SELECT count(*) FROM remediations r WHERE r.campaign_id = c.id AND r.state = 'verified' AND r.settled_at <= r.due_at) AS "in_time!"
           FROM campaigns c JOIN campaign_items i ON i.campaign_id = c.id
           WHERE c.cause IS NULL AND c.closed_at IS NOT NULL AND c.state IN ('remediating', 'sealed')
           GROUP BY c.id ORDER BY c.closed_at DESC, c.id LIMIT $1"#,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReportRow {
            campaign: (row.id.into(), row.name),
            started_at: row.started_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
            items: row.items,
            decided: row.decided,
            on_time: row.on_time,
            not_reviewed: row.not_reviewed,
            median_seconds: row.median_seconds.map(i64::from),
            median_wait_seconds: row.median_wait,
            tasks: row.tasks,
            waived: row.waived,
            verified: row.verified,
            verified_in_time: row.in_time,
        })
        .collect())
}

/// Decisions by team over the same campaigns, most items first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn report_teams(conn: &mut Conn) -> Result<Vec<TeamReport>> {
    Ok(sqlx::query_as!(
        TeamReport,
        r#"SELECT COALESCE(i.team_name, 'No team') AS "team!", count(*) AS "items!",
               count(*) FILTER (WHERE i.decision = 'approve') AS "approved!",
               count(*) FILTER (WHERE i.decision = 'modify') AS "modified!",
               count(*) FILTER (WHERE i.decision = 'revoke') AS "revoked!",
               count(*) FILTER (WHERE i.decision = 'dont_know') AS "unknown!",
               count(*) FILTER (WHERE i.state = 'not_reviewed') AS "not_reviewed!"
           FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
           WHERE c.cause IS NULL AND c.closed_at IS NOT NULL AND c.state IN ('remediating', 'sealed')
           GROUP BY 1 ORDER BY 2 DESC, 1"#
    )
    .fetch_all(conn)
    .await?)
}
