//! Starting: one transaction freezes every item, at one moment at which nothing else changes.

use contract::campaigns::CampaignState;
use contract::ids::CampaignId;
use domain::access::Access;
use domain::campaign::tally::Tally;
use store::campaigns::{NewItem, Population};

use super::freeze::{self, CHUNK, House};
use super::gaps;
use super::life::life;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Accepts what the sources cannot see, for this reason, where there is anything; then starts.
///
/// # Errors
/// As [`gaps::accept`] and [`start`].
pub async fn start_accepting(op: &Op, id: CampaignId, reason: &str) -> Result<u64> {
    op.require(Access::ManageCampaigns)?;
    if !reason.trim().is_empty() {
        gaps::accept(op, id, reason).await?;
    }
    start(op, id).await
}

/// Starts a draft and gives the number of items frozen.
///
/// # Errors
/// [`Error::Conflict`] when it is no draft, is empty, or somebody cannot be asked; [`Error::Refused`] when
/// the actor may not.
pub async fn start(op: &Op, id: CampaignId) -> Result<u64> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    store::campaigns::stand_still(&mut tx).await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let population = Population {
        scope: &campaign.scope,
        due_at: campaign.due_at,
        now: op.now,
    };
    let ids = store::campaigns::ids(&mut tx, &population).await?;
    let count = ids.len() as u64;
    let house = House::load(&mut tx, op.now).await?;
    let before = life(&campaign, Tally::default(), 0)?;
    let ready = if campaign.state == CampaignState::Draft {
        let gaps = gaps::of(&mut tx, &house, &ids, &campaign.gaps).await?;
        before.preview(count, gaps::unaccepted(&gaps))?
    } else {
        before
    };
    ready.start(count, op.now)?;
    for chunk in ids.chunks(CHUNK) {
        let past = store::campaigns::past(&mut tx, chunk).await?;
        let mut items: Vec<NewItem> = Vec::with_capacity(chunk.len());
        for (snapshot, chain, loaded) in house.freeze(&mut tx, chunk).await? {
            let before = past.get(&snapshot.identity.0);
            let item = freeze::item(op, &campaign.policy, snapshot, &chain, &loaded, before)
                .map_err(|nobody| Error::Conflict(format!("{}: {nobody}", loaded.name)))?;
            items.push(item);
        }
        store::campaigns::insert_items(&mut tx, id, op.now, &items).await?;
    }
    store::campaigns::set_state(&mut tx, id, CampaignState::Active, op.now).await?;
    let done = Done::new(
        "campaign.started",
        "campaign",
        &id,
        campaign.name.clone(),
        format!("Started {} and froze {count} items", campaign.name),
    )
    .change("state", campaign.state.as_str(), "active")
    .change("items", "0", count.to_string());
    let position = op.record(&mut tx, done).await?;
    store::campaigns::set_activity_from(&mut tx, id, position).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(count)
}
