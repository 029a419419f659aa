//! From one stage of a review to the next.

use contract::campaigns::{DecisionKind, ItemState};
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId};
use domain::campaign::reviewer::Assignment;
use sqlx::types::Json;

use crate::{Conn, Result, Tx};

/// An item of a stage: id, identity, state, decision, who decided.
pub type StageItem = (
    ItemId,
    IdentityId,
    ItemState,
    Option<DecisionKind>,
    Option<PersonId>,
);

/// Items of a stage, in id order, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stage_items(
    conn: &mut Conn,
    campaign: CampaignId,
    stage: u8,
) -> Result<Vec<StageItem>> {
    let rows = sqlx::query!(
        "SELECT id, identity_id, state, decision, decided_by FROM campaign_items
         WHERE campaign_id = $1 AND stage = $2 ORDER BY id FOR UPDATE",
        campaign.0,
        i32::from(stage)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                row.id.into(),
                row.identity_id.into(),
                row.state.parse()?,
                row.decision.map(|word| word.parse()).transpose()?,
                row.decided_by.map(PersonId::from),
            ))
        })
        .collect()
}

/// Opens an item in the next stage, for its reviewer there.
///
/// # Errors
/// When the database refuses.
pub async fn set_stage(tx: &mut Tx, item: ItemId, stage: u8, to: &Assignment) -> Result<()> {
    sqlx::query!("DELETE FROM item_seats WHERE item_id = $1", item.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE campaign_items SET stage = $2, state = 'open', decision = NULL, decided_by = NULL, decided_at = NULL,
             quorum = NULL, reassigned = 0, reviewer_id = $3, reviewer_hop = $4, routing = routing || $5 WHERE id = $1",
        item.0,
        i32::from(stage),
        to.reviewer.0,
        to.hop.as_str(),
        Json(&to.trail) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts refusals of an earlier stage back in force where nobody answered in a later one: silence takes nothing back.
///
/// # Errors
/// When the database refuses.
pub async fn restore_refusals(tx: &mut Tx, campaign: CampaignId) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE campaign_items i SET state = 'decided', decision = d.decision, decided_by = d.decided_by, decided_at = d.decided_at
         FROM (SELECT DISTINCT ON (x.item_id) x.* FROM item_decisions x JOIN campaign_items y ON y.id = x.item_id
               WHERE y.campaign_id = $1 AND y.state = 'open' AND y.stage > 1 AND x.stage < y.stage
               ORDER BY x.item_id, x.number DESC) d
         WHERE d.item_id = i.id AND d.decision IN ('revoke', 'modify')",
        campaign.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
