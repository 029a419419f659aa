//! How far a campaign is: by team, by reviewer, by day, and for one person.

use chrono::{DateTime, Utc};
use contract::campaigns::{ReviewerProgress, TeamProgress};
use contract::ids::{CampaignId, ItemId, PersonId};
use contract::people::PersonRef;

use crate::{Conn, Result};

/// Progress by team, most open first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_team(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<TeamProgress>> {
    let rows = sqlx::query_as!(
        TeamProgress,
        r#"SELECT COALESCE(team_name, 'No team') AS "team!",
               count(*) AS "items!",
               count(*) FILTER (WHERE state = 'decided') AS "decided!",
               count(*) FILTER (WHERE decision = 'approve') AS "approved!",
               count(*) FILTER (WHERE decision = 'modify') AS "modified!",
               count(*) FILTER (WHERE decision = 'revoke') AS "revoked!",
               count(*) FILTER (WHERE decision = 'dont_know') AS "unknown!",
               count(*) FILTER (WHERE state = 'not_reviewed') AS "not_reviewed!",
               0::bigint AS "drifted!",
               max(decided_at) AS last_at
           FROM campaign_items WHERE campaign_id = $1 GROUP BY 1
           ORDER BY count(*) FILTER (WHERE state = 'open') DESC, 1"#,
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Progress by reviewer, most open first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_reviewer(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<ReviewerProgress>> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.name, p.active, count(*) AS "items!",
               count(*) FILTER (WHERE i.state = 'decided') AS "decided!", max(i.decided_at) AS last_at
           FROM campaign_items i JOIN people p ON p.id = i.reviewer_id
           WHERE i.campaign_id = $1 GROUP BY p.id
           ORDER BY count(*) FILTER (WHERE i.state = 'open') DESC, p.name, p.id"#,
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReviewerProgress {
            reviewer: PersonRef {
                id: row.id.into(),
                name: row.name,
                active: row.active,
            },
            items: row.items,
            decided: row.decided,
            last_at: row.last_at,
        })
        .collect())
}

/// Items decided in all at the end of each day with decisions, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn burn_up(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<(DateTime<Utc>, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT date_trunc('day', decided_at) AS "day!", (sum(count(*)) OVER (ORDER BY date_trunc('day', decided_at)))::bigint AS "decided!"
           FROM campaign_items WHERE campaign_id = $1 AND state = 'decided' GROUP BY 1 ORDER BY 1"#,
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.day, row.decided)).collect())
}

/// A person's items in active campaigns: campaign, items, open, first open one in review order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn mine(
    conn: &mut Conn,
    person: PersonId,
) -> Result<Vec<(CampaignId, i64, i64, Option<ItemId>)>> {
    let rows = sqlx::query!(
        r#"SELECT i.campaign_id, count(*) AS "items!",
               count(*) FILTER (WHERE i.state = 'open' AND s.decision IS NULL) AS "open!",
               (array_agg(i.id ORDER BY (i.changes <> '[]') DESC, i.risk DESC, i.identity_name, i.id)
                   FILTER (WHERE i.state = 'open' AND s.decision IS NULL))[1] AS next
           FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id AND c.state = 'active'
               LEFT JOIN item_seats s ON s.item_id = i.id AND s.person_id = $1
           WHERE (i.reviewer_id = $1 OR s.person_id IS NOT NULL) GROUP BY i.campaign_id, c.due_at ORDER BY c.due_at, i.campaign_id"#,
        person.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.campaign_id.into(),
                row.items,
                row.open,
                row.next.map(ItemId::from),
            )
        })
        .collect())
}
