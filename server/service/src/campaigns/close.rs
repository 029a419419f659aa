//! Shutting the book: closing a campaign, or calling it off.

use contract::campaigns::CampaignState;
use contract::ids::CampaignId;
use domain::access::Access;
use domain::campaign::tally::Tally;

use super::life::{life, tally};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Closes an active campaign: what nobody answered becomes "not reviewed", what vanished "gone".
///
/// # Errors
/// [`Error::Conflict`] when it is not active; [`Error::Refused`] when the actor may not.
pub async fn close(op: &Op, id: CampaignId) -> Result<Tally> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let before = life(&campaign, tally(&mut tx, id).await?, 0)?;
    if campaign.state == CampaignState::Active {
        store::campaigns::vanish(&mut tx, id).await?;
        store::campaigns::restore_refusals(&mut tx, id).await?;
        store::campaigns::close_open(&mut tx, id).await?;
        super::tasks::make_all(op, &mut tx, &campaign).await?;
    }
    let after = tally(&mut tx, id).await?;
    let tasks = store::campaigns::open_tasks(&mut tx, id).await?;
    before.close(after, u64::try_from(tasks).unwrap_or(0), op.now)?;
    store::campaigns::set_state(&mut tx, id, CampaignState::Remediating, op.now).await?;
    store::campaigns::touch_unanswered(&mut tx, id).await?;
    let done = Done::new(
        "campaign.closed",
        "campaign",
        &id,
        campaign.name.clone(),
        format!(
            "Closed {}: {} approve, {} modify, {} revoke, {} don’t know, {} not reviewed, {} gone",
            campaign.name,
            after.approve,
            after.modify,
            after.revoke,
            after.dont_know,
            after.not_reviewed,
            after.gone
        ),
    )
    .change("state", "active", "remediating")
    .change("open_tasks", "", tasks.to_string());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(after)
}

/// Calls a draft or active campaign off. Its items and answers stay in the record.
///
/// # Errors
/// [`Error::Conflict`] when it is closed or sealed; [`Error::Refused`] when the actor may not.
pub async fn cancel(op: &Op, id: CampaignId, reason: &str) -> Result<()> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    life(&campaign, tally(&mut tx, id).await?, 0)?.cancel(op.now)?;
    if campaign.state == CampaignState::Active {
        domain::campaign::reason::check(reason)
            .map_err(|weak| Error::field("reason", weak.to_string()))?;
    }
    store::campaigns::set_state(&mut tx, id, CampaignState::Cancelled, op.now).await?;
    let done = Done::new(
        "campaign.cancelled",
        "campaign",
        &id,
        campaign.name.clone(),
        format!("Cancelled {}", campaign.name),
    )
    .change("state", campaign.state.as_str(), "cancelled")
    .change("reason", "", reason.trim());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}
