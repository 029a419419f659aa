//! What silence brings where a policy says "suspend": a list first, a cap, a second person, and the way back.

use chrono::TimeDelta;
use contract::campaigns::{CampaignState, SilenceView};
use contract::identities::{Transition, TransitionInput};
use contract::ids::{CampaignId, IdentityId, PersonId};
use domain::access::Access;
use domain::campaign::reason;
use domain::campaign::silence::{Plan, Refused};
use store::Conn;
use store::campaigns::Campaign;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Names shown of the list.
const SHOWN: usize = 200;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Count(_) => Self::field("count", refused.to_string()),
            Refused::SamePerson => Self::Forbidden(refused.to_string()),
            _ => Self::Conflict(refused.to_string()),
        }
    }
}

/// Whose suspension a campaign's silence would bring: the list before anything is done.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign; [`Error::Refused`] when the actor may not.
pub async fn silence(op: &Op, id: CampaignId) -> Result<SilenceView> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let list = candidates(op, &mut conn, &campaign).await?;
    let lifted = store::campaigns::cap_lifted_by(&mut conn, id).await?;
    let plan = plan(&mut conn, &campaign, list.len(), lifted.as_ref()).await?;
    let viewer = op.actor.person().map(|person| person.id);
    Ok(SilenceView {
        count: i64::try_from(list.len()).unwrap_or(i64::MAX),
        cap: i64::try_from(plan.cap).unwrap_or(i64::MAX),
        lifted_by_viewer: viewer.is_some() && lifted.as_ref().map(|(id, _)| *id) == viewer,
        lifted_by: lifted.map(|(_, name)| name),
        from: grace(&campaign),
        identities: list.into_iter().take(SHOWN).collect(),
        now: op.now,
    })
}

fn grace(campaign: &Campaign) -> chrono::DateTime<chrono::Utc> {
    campaign.due_at + TimeDelta::days(campaign.policy.grace_days)
}

async fn candidates(
    op: &Op,
    conn: &mut Conn,
    campaign: &Campaign,
) -> Result<Vec<(IdentityId, String)>> {
    let ended = matches!(
        campaign.state,
        CampaignState::Remediating | CampaignState::Sealed
    );
    if !ended || op.now < grace(campaign) {
        return Ok(Vec::new());
    }
    Ok(store::campaigns::silent(conn, campaign.id).await?)
}

async fn plan(
    conn: &mut Conn,
    campaign: &Campaign,
    candidates: usize,
    lifted: Option<&(PersonId, String)>,
) -> Result<Plan> {
    let population = super::life::tally(conn, campaign.id).await?.items();
    let percent = u64::try_from(campaign.policy.suspend_cap).unwrap_or(0);
    let lifted = lifted.map(|(id, _)| *id);
    Ok(Plan::new(population, candidates as u64, percent, lifted))
}

/// Lifts the cap of a campaign; somebody else suspends.
///
/// # Errors
/// [`Error::Invalid`] beside the reason; [`Error::Conflict`] when nothing is above the cap.
pub async fn lift_cap(op: &Op, id: CampaignId, why: &str) -> Result<()> {
    op.require(Access::ManageCampaigns)?;
    let me = op.person()?.id;
    reason::check(why).map_err(|weak| Error::field("reason", weak.to_string()))?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let list = candidates(op, &mut tx, &campaign).await?;
    if plan(&mut tx, &campaign, list.len(), None).await?.cap >= list.len() as u64 {
        return Err(Error::Conflict("Nothing is above the cap.".to_owned()));
    }
    store::campaigns::lift_cap(&mut tx, id, me, op.now).await?;
    let done = Done::new(
        "campaign.cap_lifted",
        "campaign",
        &id,
        campaign.name.clone(),
        format!("Lifted the cap of suspensions of {}", campaign.name),
    )
    .change("would_suspend", "", list.len().to_string())
    .change("reason", "", why.trim());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Suspends what nobody answered about, where the policy says so; each suspension is recorded with its identity, and its
/// owner or Security can take it back. Gives how many.
///
/// # Errors
/// [`Error::Invalid`] beside the number; [`Error::Conflict`] above the cap; [`Error::Forbidden`] when the actor lifted
/// the cap themselves.
pub async fn suspend_silent(op: &Op, id: CampaignId, typed: i64) -> Result<i64> {
    op.require(Access::ManageCampaigns)?;
    let me = op.person()?.id;
    let mut conn = op.db().acquire().await?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let list = candidates(op, &mut conn, &campaign).await?;
    let lifted = store::campaigns::cap_lifted_by(&mut conn, id).await?;
    plan(&mut conn, &campaign, list.len(), lifted.as_ref())
        .await?
        .allow(me, u64::try_from(typed).unwrap_or(u64::MAX))?;
    drop(conn);
    let mut suspended = 0;
    for (identity, _) in list {
        let input = TransitionInput {
            identity,
            transition: Transition::Suspend,
            reason: format!("Nobody answered about it in {}.", campaign.name),
            ticket: String::new(),
            team: None,
            owner: None,
            purpose: String::new(),
        };
        // Each by itself: one that changed meanwhile does not keep the others.
        match crate::identities::change_state(op, &input).await {
            Ok(_) => suspended += 1,
            Err(Error::Conflict(_) | Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(suspended)
}
