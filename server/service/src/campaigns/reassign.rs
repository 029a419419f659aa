//! Handing an open item to somebody else.

use contract::campaigns::{ReassignInput, ReviewerHop};
use contract::ids::{CampaignId, ItemId};
use contract::people::PersonRef;
use domain::access::Access;
use domain::campaign::item::Refused;
use domain::campaign::reviewer::{Assignment, Hop};

use super::decide::take;
use super::life::running;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Gives an open item to another reviewer, with a reason.
///
/// # Errors
/// [`Error::Invalid`] beside the reason or the person; [`Error::Conflict`] when the item is not open or they
/// would judge their own work.
pub async fn reassign(op: &Op, input: ReassignInput) -> Result<()> {
    op.require(Access::ReassignItem)?;
    let mut tx = op.db().begin().await?;
    let (campaign, data, before) = take(&mut tx, input.item).await?;
    running(&campaign)?;
    let me = op.actor.person().map(|person| person.id);
    if op.require(Access::ManageCampaigns).is_err() && me != Some(data.assignment.reviewer) {
        return Err(Refused::NotYours(data.assignment.name.clone()).into());
    }
    let people = store::campaigns::reviewers(&mut tx).await?;
    let (to, security) = people
        .into_iter()
        .find(|(person, _)| person.id == input.to)
        .ok_or_else(|| Error::field("to", "Choose somebody who is active and may review."))?;
    let reason = input.reason.trim();
    let mut trail = data.assignment.trail.clone();
    trail.push(Hop {
        hop: data.assignment.hop,
        why: format!(
            "{} handed it from {} to {}: {reason}",
            op.actor.identity().2,
            data.assignment.name,
            to.name
        ),
        own_work: false,
    });
    let assignment = Assignment {
        reviewer: to.id,
        name: to.name.clone(),
        hop: if security {
            ReviewerHop::Security
        } else {
            ReviewerHop::TeamMember
        },
        trail,
    };
    let after = before.reassign(assignment, reason, true)?;
    store::campaigns::assign(&mut tx, data.id, &after.assignment).await?;
    store::campaigns::hold(&mut tx, data.id, after.handed).await?;
    if let Some(panel) = &after.panel {
        store::campaigns::save_seats(&mut tx, data.id, &panel.seats, op.now).await?;
    }
    let done = Done::new(
        "item.reassigned",
        "item",
        &data.id,
        data.snapshot.name.clone(),
        format!("Handed {} to {}", data.snapshot.name, to.name),
    )
    .change("reviewer", data.assignment.name.clone(), to.name)
    .change("reason", "", reason);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// The campaign of an item that may be handed on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such item.
pub async fn campaign_of(op: &Op, id: ItemId) -> Result<CampaignId> {
    op.require(Access::ReassignItem)?;
    let mut conn = op.db().acquire().await?;
    let item = store::campaigns::item(&mut conn, id).await?;
    item.map(|item| item.campaign)
        .ok_or(Error::NotFound("item"))
}

/// The people an item can be handed to.
///
/// # Errors
/// [`Error::Refused`] when the actor may not.
pub async fn choices(op: &Op) -> Result<Vec<PersonRef>> {
    op.require(Access::Review)?;
    let mut conn = op.db().acquire().await?;
    let people = store::campaigns::reviewers(&mut conn).await?;
    Ok(people.into_iter().map(|(person, _)| person).collect())
}
