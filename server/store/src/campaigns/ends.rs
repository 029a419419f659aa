//! How items end with their campaign, and what that means for the roll.

use contract::campaigns::{DecisionKind, ItemState};
use contract::ids::{CampaignId, PersonId};

use crate::{Conn, Result, Tx};

/// Ends open items whose identity is gone.
///
/// # Errors
/// When the database refuses.
pub async fn vanish(tx: &mut Tx, campaign: CampaignId) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE campaign_items i SET state = 'gone' WHERE i.campaign_id = $1 AND i.state = 'open'
           AND NOT EXISTS (SELECT FROM identities x WHERE x.id = i.identity_id AND x.state NOT IN ('removed', 'rejected'))",
        campaign.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Ends the items nobody answered.
///
/// # Errors
/// When the database refuses.
pub async fn close_open(tx: &mut Tx, campaign: CampaignId) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE campaign_items SET state = 'not_reviewed' WHERE campaign_id = $1 AND state = 'open'",
        campaign.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Where each item of a campaign stands: state, answer, how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn closed_items(
    conn: &mut Conn,
    campaign: CampaignId,
) -> Result<Vec<(ItemState, Option<DecisionKind>, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT state, decision, count(*) AS "count!" FROM campaign_items WHERE campaign_id = $1 GROUP BY state, decision"#,
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                row.state.parse()?,
                row.decision.map(|word| word.parse()).transpose()?,
                row.count,
            ))
        })
        .collect()
}

/// Writes a sealed campaign's approvals and modifications into the roll: reviewed then, due again later.
///
/// # Errors
/// When the database refuses.
pub async fn reviewed(tx: &mut Tx, campaign: CampaignId, period_days: i32) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE identities x SET last_reviewed_at = i.decided_at,
             next_review_at = i.decided_at + make_interval(days => $2)
         FROM campaign_items i
         WHERE i.campaign_id = $1 AND i.identity_id = x.id AND i.decision IN ('approve', 'modify')
           AND (x.last_reviewed_at IS NULL OR x.last_reviewed_at < i.decided_at)",
        campaign.0,
        period_days
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Open items waiting for a person in active campaigns.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(conn: &mut Conn, person: PersonId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
           WHERE i.state = 'open' AND c.state = 'active' AND CASE WHEN i.quorum IS NULL THEN i.reviewer_id = $1
               ELSE EXISTS (SELECT FROM item_seats s WHERE s.item_id = i.id AND s.person_id = $1 AND s.decision IS NULL) END"#,
        person.0
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// Ends what a signed-off stage leaves behind: open items that do not go on.
///
/// # Errors
/// When the database refuses.
pub async fn close_stage(tx: &mut Tx, campaign: CampaignId, stage: u8, next: u8) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE campaign_items SET state = 'not_reviewed' WHERE campaign_id = $1 AND stage = $2 AND state = 'open'",
        campaign.0,
        i32::from(stage)
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE campaigns SET stage = $2 WHERE id = $1",
        campaign.0,
        i32::from(next)
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
