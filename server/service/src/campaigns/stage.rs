//! Signing a stage off: what its rule names goes on to the next one, the rest is final.

use contract::campaigns::{CampaignState, ItemOutcome, ItemState};
use contract::ids::{CampaignId, PersonId};
use domain::access::Access;
use domain::campaign::policy;
use domain::campaign::state::Campaign;
use store::Tx;
use store::campaigns::StageItem;

use super::freeze::House;
use super::life::{life, tally};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Signs the present stage off and gives how many items go on.
///
/// # Errors
/// [`Error::Conflict`] when it is not active, in its last stage, or nobody could answer for an item that goes on.
pub async fn advance(op: &Op, id: CampaignId) -> Result<u64> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let next = life(&campaign, tally(&mut tx, id).await?, 0)?.advance()?;
    let Campaign::Active { stage, .. } = next else {
        return Err(Error::Internal("a stage led out of the review".to_owned()));
    };
    store::campaigns::vanish(&mut tx, id).await?;
    let house = House::load(&mut tx, op.now).await?;
    let mut gone_on = 0;
    for item in store::campaigns::stage_items(&mut tx, id, campaign.stage).await? {
        gone_on += u64::from(move_on(&mut tx, &campaign, &house, item, stage.number).await?);
    }
    // What does not go on and has no answer is not reviewed: the next stage does not ask about it.
    store::campaigns::close_stage(&mut tx, id, campaign.stage, stage.number).await?;
    let done = Done::new(
        "campaign.stage_signed_off",
        "campaign",
        &id,
        campaign.name.clone(),
        format!(
            "Signed stage {} of {} off; {gone_on} items go on",
            campaign.stage, campaign.name
        ),
    )
    .change(
        "stage",
        campaign.stage.to_string(),
        stage.number.to_string(),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(gone_on)
}

/// Gives an item to its reviewer in the next stage, where the rule names it.
async fn move_on(
    tx: &mut Tx,
    campaign: &store::campaigns::Campaign,
    house: &House,
    item: StageItem,
    next: u8,
) -> Result<bool> {
    let (id, identity, state, decision, by) = item;
    let outcome = match (state, decision) {
        (ItemState::Decided, Some(decision)) => policy::outcome(decision),
        (ItemState::Open, _) => ItemOutcome::NotReviewed,
        _ => return Ok(false),
    };
    if campaign.state != CampaignState::Active
        || !policy::goes_on(&campaign.policy, campaign.stage, outcome)
    {
        return Ok(false);
    }
    let Some((snapshot, chain)) = house.one(tx, identity).await? else {
        return Ok(false);
    };
    let at = usize::from(next).saturating_sub(1);
    let rule = campaign.policy.stages[at].reviewers;
    // Whoever answered before has had their say.
    let asked: Vec<PersonId> = by.into_iter().collect();
    let found = policy::reviewers(
        rule,
        contract::campaigns::Panel::ONE,
        identity,
        &chain,
        &snapshot.exclusions(),
        &asked,
    )
    .map_err(|nobody| Error::Conflict(format!("{}: {nobody}", snapshot.name)))?;
    store::campaigns::set_stage(tx, id, next, &found[0]).await?;
    Ok(true)
}
