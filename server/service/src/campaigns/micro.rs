//! Reviews of one identity, opened because something happened to it.

use chrono::TimeDelta;
use contract::campaigns::{CampaignPolicy, CampaignScope, CampaignState};
use contract::ids::CampaignId;
use domain::access::Access;
use domain::campaign::micro::{due, name, widened};
use domain::campaign::tally::Tally;
use store::campaigns::{Campaign, Happened};

use super::freeze::{self, House};
use super::life::life;
use crate::op::Done;
use crate::{Error, Op, Result};

/// How far back the job looks: as long as nobody runs it, nothing of a week is missed.
const WINDOW: TimeDelta = TimeDelta::days(7);

/// What the job did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Micro {
    /// Reviews opened.
    pub opened: u64,
    /// Reviews whose answers ended.
    pub closed: u64,
    /// Reviews sealed.
    pub sealed: u64,
}

/// Opens a review for everything that happened and has none, ends those that are answered or out of time, and seals
/// those of which nothing is left to do. Idempotent: a cause has one review for ever.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn micro_reviews(op: &Op) -> Result<Micro> {
    op.require(Access::Operate)?;
    let mut done = Micro::default();
    let since = op.now - WINDOW;
    let mut after = String::new();
    // Read with the first one that is opened, and used for all of this run.
    let mut house = None;
    loop {
        let found =
            store::campaigns::happened(&mut *op.db().acquire().await?, since, &after).await?;
        let Some(last) = found.last() else { break };
        after.clone_from(&last.key);
        for one in &found {
            let narrower = one
                .documents
                .as_ref()
                .is_some_and(|(before, after)| !widened(before, after));
            if !narrower {
                done.opened += u64::from(open(op, one, &mut house).await?);
            }
        }
    }
    for id in store::campaigns::micro_to_close(&mut *op.db().acquire().await?, op.now).await? {
        super::close(op, id).await?;
        done.closed += 1;
    }
    for id in store::campaigns::micro_to_seal(&mut *op.db().acquire().await?).await? {
        crate::evidence::seal(op, id).await?;
        done.sealed += 1;
    }
    Ok(done)
}

async fn open(op: &Op, one: &Happened, house: &mut Option<House>) -> Result<bool> {
    let mut tx = op.db().begin().await?;
    store::campaigns::stand_still(&mut tx).await?;
    if store::campaigns::has_review(&mut tx, &one.key).await? {
        return Ok(false);
    }
    let house = match house {
        Some(house) => house,
        None => house.insert(House::load(&mut tx, op.now).await?),
    };
    let Some((snapshot, chain, loaded)) = house.freeze(&mut tx, &[one.identity]).await?.pop()
    else {
        return Ok(false);
    };
    let campaign = Campaign {
        id: op.new_id().into(),
        name: name(&one.name, &one.cause, op.now, &one.key),
        state: CampaignState::Draft,
        notes: format!("Opened by Rollcall: {}.", one.cause.says()),
        due_at: due(op.now),
        scope: CampaignScope::default(),
        query: format!("The identity {}, because {}", one.name, one.cause.says()),
        created_by: None,
        created_at: op.now,
        started_at: None,
        closed_at: None,
        sealed_at: None,
        activity_from: None,
        policy: CampaignPolicy::default(),
        stage: 1,
        previewed_count: None,
        gaps: Vec::new(),
        cause: Some(one.key.clone()),
    };
    life(&campaign, Tally::default(), 0)?
        .preview(1, 0)?
        .start(1, op.now)?;
    let past = store::campaigns::past(&mut tx, &[one.identity]).await?;
    let before = past.get(&one.identity.0);
    let item = freeze::item(op, &campaign.policy, snapshot, &chain, &loaded, before)
        .map_err(|nobody| Error::Conflict(format!("{}: {nobody}", one.name)))?;
    store::campaigns::insert(&mut tx, &campaign).await?;
    store::campaigns::insert_items(&mut tx, campaign.id, op.now, &[item]).await?;
    store::campaigns::set_state(&mut tx, campaign.id, CampaignState::Active, op.now).await?;
    record(op, tx, &campaign).await?;
    Ok(true)
}

async fn record(op: &Op, mut tx: store::Tx, campaign: &Campaign) -> Result<CampaignId> {
    let done = Done::new(
        "campaign.micro_opened",
        "campaign",
        &campaign.id,
        campaign.name.clone(),
        format!("Opened a review of one identity: {}", campaign.name),
    )
    .change("state", "", "active")
    .change("cause", "", campaign.cause.clone().unwrap_or_default());
    let position = op.record(&mut tx, done).await?;
    store::campaigns::set_activity_from(&mut tx, campaign.id, position).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(campaign.id)
}
