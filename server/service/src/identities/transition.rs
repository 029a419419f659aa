//! Changing where an identity stands. The judgement is `domain::identity::lifecycle`'s.

use contract::identities::{IdentityState, Transition, TransitionInput};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::identity::lifecycle::offered::{Standing, may_take};
use domain::identity::lifecycle::{Facts, Lifecycle, Mark, Ownership, Refused, Taken};
use domain::identity::{review, secret};
use store::Tx;
use store::identities::write::{Change, Locked};

use crate::op::Done;
use crate::{Error, Op, Result};

/// Takes a transition and returns the new state.
///
/// # Errors
/// [`Error::Forbidden`] when it is not this person's to do, [`Error::Invalid`] when a fact is missing,
/// [`Error::Conflict`] when the state does not allow it.
pub async fn change_state(op: &Op, input: &TransitionInput) -> Result<IdentityState> {
    op.require(match input.transition {
        Transition::Approve | Transition::Reject => Access::ApproveIdentity,
        _ => Access::ChangeIdentity,
    })?;
    let secrets = secret::refusals([
        ("reason", input.reason.as_str()),
        ("ticket", &input.ticket),
        ("purpose", &input.purpose),
    ]);
    if !secrets.is_empty() {
        return Err(Error::Invalid(secrets));
    }
    let mut tx = op.db().begin().await?;
    let id = input.identity;
    let locked = store::identities::write::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("identity"))?;
    allow(op, &locked, input)?;
    let facts = Facts {
        reason: input.reason.clone(),
        ticket: input.ticket.clone(),
        ownership: ownership(op, &mut tx, &locked, input).await?,
    };
    let mark = Mark {
        by: op.actor.person().map(|person| person.id),
        at: op.now,
    };
    let before = Lifecycle::restore(
        locked.state,
        &locked.facts,
        locked.requested_by,
        locked.created_at,
    );
    let taken = before
        .take(input.transition, facts, mark)
        .map_err(|why| refused(&why))?;
    save(op, &mut tx, id, &locked, input.transition, &taken).await?;
    crate::posture::refresh(op, &mut tx, &[id.0]).await?;
    let mut done = done(id, &locked, input.transition, &taken);
    if let Some(named) = &taken.ownership {
        done = owned(&mut tx, done, &locked, named).await?;
    }
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(taken.state.state())
}

/// By role and relation; Rollcall itself and the shell have none and need none.
fn allow(op: &Op, locked: &Locked, input: &TransitionInput) -> Result<()> {
    let Some(person) = op.actor.person() else {
        return Ok(());
    };
    let standing = Standing {
        state: locked.state,
        requested_by: locked.requested_by,
        team: locked.team,
        owner: locked.owner,
        backup_owner: locked.backup_owner,
        watch_until: locked.facts.watch_until,
    };
    if may_take(person, &standing, input.transition) {
        return Ok(());
    }
    Err(Error::Forbidden(match input.transition {
        Transition::Approve => Refused::OwnRequest.to_string(),
        _ => format!(
            "{} belongs to another team. Its owner or security can do this.",
            locked.name
        ),
    }))
}

/// Who shall answer for an adopted identity: they must exist, and an owner adopts into their own team.
async fn ownership(
    op: &Op,
    tx: &mut Tx,
    locked: &Locked,
    input: &TransitionInput,
) -> Result<Option<Ownership>> {
    if input.transition != Transition::Adopt {
        return Ok(None);
    }
    let (Some(team), Some(owner)) = (input.team, input.owner) else {
        return Ok(None);
    };
    if store::teams::name(tx, team).await?.is_none() {
        return Err(Error::field(
            "team",
            "There is no such team any more. Choose another.",
        ));
    }
    if store::people::active_name(tx, owner).await?.is_none() {
        return Err(Error::field(
            "owner",
            "This person is not here any more. Choose somebody else.",
        ));
    }
    if let Some(person) = op.actor.person() {
        use contract::access::Role;
        if !person.any(&[Role::Admin, Role::Security]) && !person.teams.contains(&team) {
            return Err(Error::field("team", "Choose one of your own teams."));
        }
    }
    let given = input.purpose.trim();
    Ok(Some(Ownership {
        team,
        owner,
        purpose: if given.is_empty() {
            locked.purpose.clone()
        } else {
            given.to_owned()
        },
    }))
}

async fn save(
    op: &Op,
    tx: &mut Tx,
    id: IdentityId,
    locked: &Locked,
    transition: Transition,
    taken: &Taken,
) -> Result<()> {
    let next_review_at = match (taken.state.state(), transition) {
        (IdentityState::Active, Transition::Approve | Transition::Adopt) => {
            Some(review::next(None, op.now))
        }
        (IdentityState::Active, _) => locked
            .next_review_at
            .or_else(|| Some(review::next(None, op.now))),
        (IdentityState::Removed | IdentityState::Rejected, _) => None,
        _ => locked.next_review_at,
    };
    let approves = matches!(transition, Transition::Approve | Transition::Adopt);
    let change = Change {
        state: taken.state.state(),
        facts: taken.state.facts(),
        approved_by: op
            .actor
            .person()
            .filter(|_| approves)
            .map(|person| person.id),
        ticket: taken
            .ticket
            .as_ref()
            .filter(|_| approves)
            .map(ToString::to_string),
        ownership: taken
            .ownership
            .as_ref()
            .map(|named| (named.team, named.owner, named.purpose.clone())),
        next_review_at,
    };
    store::identities::write::save(tx, id, &change, op.now).await?;
    Ok(())
}

fn done(id: IdentityId, locked: &Locked, transition: Transition, taken: &Taken) -> Done {
    let (action, verb) = match transition {
        Transition::Approve => ("identity.approved", "Approved"),
        Transition::Reject => ("identity.rejected", "Rejected"),
        Transition::Adopt => ("identity.adopted", "Adopted"),
        Transition::Suspend => ("identity.suspended", "Suspended"),
        Transition::Reactivate => ("identity.reactivated", "Reactivated"),
        Transition::Decommission => ("identity.decommissioned", "Disabled and now watches"),
        Transition::Remove => ("identity.removed", "Removed"),
        Transition::Dismiss => ("identity.dismissed", "Dismissed"),
    };
    let mut summary = format!("{verb} {}", locked.name);
    if let Some(ticket) = &taken.ticket {
        summary.push_str(", ticket ");
        summary.push_str(ticket.as_str());
    }
    let mut done = Done::new(action, "identity", &id, locked.name.clone(), summary).change(
        "state",
        locked.state.as_str(),
        taken.state.state().as_str(),
    );
    if let Some(reason) = &taken.reason {
        done = done.change("reason", locked.facts.reason.clone(), reason.as_str());
    }
    done
}

/// Who answers from now on, in names.
async fn owned(tx: &mut Tx, done: Done, locked: &Locked, named: &Ownership) -> Result<Done> {
    let (mut teams, mut people) = (Vec::new(), Vec::new());
    for team in [locked.team, Some(named.team)] {
        teams.push(match team {
            Some(id) => store::teams::name(tx, id).await?.unwrap_or_default(),
            None => String::new(),
        });
    }
    for person in [locked.owner, Some(named.owner)] {
        people.push(match person {
            Some(id) => store::identities::edit::person_name(tx, id)
                .await?
                .unwrap_or_default(),
            None => String::new(),
        });
    }
    Ok(done
        .change("team", teams.remove(0), teams.remove(0))
        .change("owner", people.remove(0), people.remove(0)))
}

fn refused(refused: &Refused) -> Error {
    match refused.field() {
        Some(field) => Error::field(field, refused.to_string()),
        None if *refused == Refused::OwnRequest => Error::Forbidden(refused.to_string()),
        None => Error::Conflict(refused.to_string()),
    }
}
