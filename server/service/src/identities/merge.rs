//! Joining a discovered identity with the registered one it really is.

use contract::identities::{IdentityState, IdentityView, MergeInput};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::identity::lifecycle::offered::{Standing, may_change};
use domain::identity::reason::{NotAReason, Reason};
use domain::identity::secret;
use store::Tx;
use store::identities::merge::{Merge, Moved};
use store::identities::write::Locked;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Joins what was discovered with a registered identity, whose id it returns: names, events and history come over,
/// and the discovered one is no more.
///
/// # Errors
/// [`Error::Forbidden`] when the registered one is not the actor's to change, [`Error::Invalid`] without a reason,
/// [`Error::Conflict`] when one of the two is not in a state for it.
pub async fn merge(op: &Op, input: &MergeInput) -> Result<IdentityId> {
    op.require(Access::ChangeIdentity)?;
    if let Some(shape) = secret::find(&input.reason) {
        return Err(Error::field("reason", shape.refusal()));
    }
    let wrong = |wrong: NotAReason| Error::field("reason", wrong.to_string());
    let reason = Reason::parse(&input.reason).map_err(wrong)?;
    let mut tx = op.db().begin().await?;
    // No delivery may resolve names meanwhile, or what it brings would stay with who is gone; nor enter new ones.
    store::selectors::lock_names(&mut tx).await?;
    store::selectors::lock_discovery(&mut tx).await?;
    let from = input.from;
    let into = target(&mut tx, input).await?;
    if from == into {
        return Err(Error::field(
            "into",
            "Choose another identity to join it with.",
        ));
    }
    // Both rows in one order, so that nobody who locks both waits for another in a circle.
    let (first, second) = (from.min(into), from.max(into));
    let first = store::identities::write::lock(&mut tx, first).await?;
    let second = store::identities::write::lock(&mut tx, second).await?;
    let (gone, stays) = if from < into {
        (first, second)
    } else {
        (second, first)
    };
    let gone = gone.ok_or(Error::NotFound("identity"))?;
    let stays = stays.ok_or(Error::NotFound("identity"))?;
    judge(op, &gone, &stays)?;
    if let Some(campaign) = store::identities::merge::under_review(&mut tx, from).await? {
        return Err(Error::Conflict(format!(
            "{} is under review in {campaign}. Finish that first.",
            gone.name
        )));
    }
    let moved = store::identities::merge::move_all(&mut tx, from, into, op.now).await?;
    let (_, _, by_name) = op.actor.identity();
    let merge = Merge {
        from,
        from_name: &gone.name,
        into,
        by_name: &by_name,
        reason: reason.as_str(),
    };
    store::identities::merge::bury(&mut tx, &merge, op.now).await?;
    crate::posture::refresh(op, &mut tx, &[into.0]).await?;
    op.record(&mut tx, done(into, &gone, &stays, moved, &reason))
        .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(into)
}

/// The one that stays: chosen from the similar ones, or named.
async fn target(tx: &mut Tx, input: &MergeInput) -> Result<IdentityId> {
    let name = input.name.trim();
    if name.is_empty() {
        return input
            .into
            .ok_or_else(|| Error::field("into", "Choose the identity it really is."));
    }
    let found = store::imports::lookup::by_name(tx, &[name.to_owned()]).await?;
    let unknown = || Error::field("name", format!("There is no identity called “{name}”."));
    found.get(name).copied().map(IdentityId).ok_or_else(unknown)
}

fn judge(op: &Op, gone: &Locked, stays: &Locked) -> Result<()> {
    if let Some(person) = op.actor.person() {
        let standing = Standing {
            state: stays.state,
            requested_by: stays.requested_by,
            team: stays.team,
            owner: stays.owner,
            backup_owner: stays.backup_owner,
            watch_until: stays.facts.watch_until,
        };
        if !may_change(person, &standing) {
            return Err(Error::Forbidden(format!(
                "{} belongs to another team. Its owner or security can do this.",
                stays.name
            )));
        }
    }
    if gone.state != IdentityState::Discovered {
        return Err(Error::Conflict(format!(
            "{} is registered: only what was discovered is joined with another.",
            gone.name
        )));
    }
    if matches!(
        stays.state,
        IdentityState::Discovered | IdentityState::Rejected
    ) {
        return Err(Error::Conflict(format!(
            "{} is not registered. Adopt it first.",
            stays.name
        )));
    }
    Ok(())
}

fn done(into: IdentityId, gone: &Locked, stays: &Locked, moved: Moved, reason: &Reason) -> Done {
    let summary = format!(
        "Joined {} with {}: {} names and {} events came over",
        gone.name, stays.name, moved.selectors, moved.events
    );
    Done::new(
        "identity.merged",
        "identity",
        &into,
        stays.name.clone(),
        summary,
    )
    .change("joined", "", gone.name.clone())
    .change("reason", "", reason.as_str())
}

/// One identity whole; of one that was joined with another, the one it is now.
///
/// # Errors
/// [`Error::NotFound`] when there is neither; [`Error::Refused`] when the actor may not see identities.
pub async fn view_joined(op: &Op, id: IdentityId) -> Result<IdentityView> {
    match super::view(op, id).await {
        Err(Error::NotFound(what)) => {
            let mut conn = op.db().acquire().await?;
            let into = store::identities::merge::merged_into(&mut conn, id).await?;
            drop(conn);
            super::view(op, into.ok_or(Error::NotFound(what))?).await
        }
        answer => answer,
    }
}
