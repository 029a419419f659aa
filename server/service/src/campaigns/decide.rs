//! Answering an item, and taking an answer back.

use std::fmt::Write as _;

use contract::campaigns::{Decided, DecisionInput, DecisionKind};
use contract::ids::{ItemId, PersonId};
use domain::access::Access;
use domain::campaign::item::{Answer, Current, Decision, Item, Refused, Reviewer, State};
use domain::campaign::panel::{Panel, Seat};
use domain::campaign::reviewer::{Chain, choose};
use domain::campaign::snapshot::diff::diff;
use store::Tx;
use store::campaigns::{Campaign, ItemData, NewDecision};

use super::freeze::House;
use super::life::{item, reviewer, running};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Takes a reviewer's answer.
///
/// # Errors
/// [`Error::Invalid`] beside the reason or the targets; [`Error::Forbidden`] on somebody else's or one's own
/// work; [`Error::Conflict`] when the item drifted, was answered meanwhile, or the campaign does not run.
pub async fn decide(op: &Op, input: DecisionInput) -> Result<Decided> {
    op.require(Access::Review)?;
    let by = reviewer(op.person()?);
    let mut tx = op.db().begin().await?;
    let (campaign, data, after, chain) = judge(op, &mut tx, &by, input).await?;
    let sentence = save(op, &mut tx, &campaign, &data, after, &chain).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Decided {
        campaign: campaign.id,
        item: data.id,
        next: next(op, campaign.id, by.id, data.id).await?,
        sentence,
    })
}

/// Whether an answer would be taken; nothing is saved. For the page that shows a refused answer again.
///
/// # Errors
/// As [`decide`].
pub async fn check(op: &Op, input: DecisionInput) -> Result<()> {
    op.require(Access::Review)?;
    let by = reviewer(op.person()?);
    let mut tx = op.db().begin().await?;
    judge(op, &mut tx, &by, input).await?;
    Ok(())
}

async fn judge(
    op: &Op,
    tx: &mut Tx,
    by: &Reviewer,
    input: DecisionInput,
) -> Result<(Campaign, ItemData, Item, Chain)> {
    let (campaign, data, before) = take(tx, input.item).await?;
    before.may_answer(by)?;
    running(&campaign)?;
    let house = House::load(tx, op.now).await?;
    let Some((snapshot, chain)) = house.one(tx, data.identity).await? else {
        return Err(Refused::Gone.into());
    };
    let now = Current {
        hash: snapshot.content_hash(),
        changes: diff(&data.snapshot, &snapshot),
    };
    let answer = Answer {
        decision: input.decision,
        reason: input.reason,
        targets: input.targets,
        seen_hash: input.hash,
        seen_current_hash: input.seen_current_hash.filter(|hash| !hash.is_empty()),
        seen_answers: usize::try_from(input.seen_answers).unwrap_or(usize::MAX),
        at_once: input.at_once,
        bulk: false,
        seconds: spent(op, input.shown_at),
        same_reason: 0,
    };
    let same =
        store::campaigns::same_reason(tx, campaign.id, data.id, by.id, &answer.reason).await?;
    let answer = Answer {
        same_reason: u64::try_from(same).unwrap_or(0),
        ..answer
    };
    let after = before.decide(by, &answer, &now, op.now)?;
    Ok((campaign, data, after, chain))
}

/// Seconds since the page was made; absent where that cannot be right.
fn spent(op: &Op, shown_at: Option<chrono::DateTime<chrono::Utc>>) -> Option<u32> {
    let seconds = (op.now - shown_at?).num_seconds();
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds <= 86_400)
}

/// Takes an answer back; the item is open again.
///
/// # Errors
/// [`Error::Conflict`] when there is nothing to take back or the campaign does not run.
pub async fn withdraw(op: &Op, id: ItemId) -> Result<Decided> {
    op.require(Access::Review)?;
    let by = reviewer(op.person()?);
    let mut tx = op.db().begin().await?;
    let (campaign, data, before) = take(&mut tx, id).await?;
    running(&campaign)?;
    let was = before.decision().map_or("", |d| d.decision.as_str());
    let after = before.clone().withdraw(&by)?;
    untasked(&mut tx, id).await?;
    store::campaigns::assign(&mut tx, id, &after.assignment).await?;
    if let Some(panel) = &after.panel {
        store::campaigns::save_seats(&mut tx, id, &panel.seats, op.now).await?;
    }
    let sentence = format!("Took back the decision on {}.", data.snapshot.name);
    let done = Done::new(
        "item.reopened",
        "item",
        &id,
        data.snapshot.name.clone(),
        sentence.clone(),
    )
    .change("decision", was, "");
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Decided {
        campaign: campaign.id,
        item: id,
        next: Some(id),
        sentence,
    })
}

/// Locks campaign and item, always in this order, and loads the answers given so far.
pub(super) async fn take(tx: &mut Tx, id: ItemId) -> Result<(Campaign, ItemData, Item)> {
    let there = store::campaigns::item(tx, id)
        .await?
        .ok_or(Error::NotFound("item"))?;
    let campaign = store::campaigns::share(tx, there.campaign)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let data = store::campaigns::lock_item(tx, id)
        .await?
        .ok_or(Error::NotFound("item"))?;
    let history = store::campaigns::decisions(tx, &[id])
        .await?
        .into_iter()
        .map(|(_, decision)| decision)
        .collect();
    let seats = seats(tx, &data).await?;
    let judged = item(&data, history, seats, campaign.stage);
    Ok((campaign, data, judged))
}

/// The seats of an item that several review.
pub(super) async fn seats(conn: &mut store::Conn, data: &ItemData) -> Result<Vec<Seat>> {
    if data.quorum.is_none() {
        return Ok(Vec::new());
    }
    let found = store::campaigns::seats(conn, &[data.id]).await?;
    Ok(found.into_iter().map(|(_, seat)| seat).collect())
}

/// A decision whose task somebody works on already stands.
async fn untasked(tx: &mut Tx, id: ItemId) -> Result<()> {
    if store::campaigns::drop_task(tx, id).await? {
        return Ok(());
    }
    Err(Error::Conflict(
        "Somebody is carrying this decision out already. Ask them to stop, and note it on the board.".to_owned(),
    ))
}

/// Keeps the answer; "don't know" goes to the next of the chain. Gives the sentence of what happened.
async fn save(
    op: &Op,
    tx: &mut Tx,
    campaign: &Campaign,
    data: &ItemData,
    after: Item,
    chain: &Chain,
) -> Result<String> {
    let decision = keep(op, tx, campaign, data, &after).await?;
    let name = &data.snapshot.name;
    let mut sentence = match decision.decision {
        DecisionKind::Approve => format!("Approved {name}."),
        DecisionKind::Modify => format!("Asked to modify {name}: {}.", targets(&decision.targets)),
        DecisionKind::Revoke if decision.at_once => format!("Asked to revoke {name} at once."),
        DecisionKind::Revoke => format!("Asked to revoke {name}."),
        DecisionKind::DontKnow => format!("Did not know about {name}."),
    };
    let mut done = Done::new(
        "item.decided",
        "item",
        &data.id,
        name.clone(),
        String::new(),
    )
    .change(
        "decision",
        data.decision.map_or("", |d| d.as_str()),
        decision.decision.as_str(),
    )
    .change("reason", "", decision.reason.clone())
    .change("frozen_hash", "", decision.frozen_hash.clone());
    if let Some(current) = &decision.current_hash {
        done = done.change("current_hash", "", current.clone());
    }
    if let Some((given, asked)) = after.panel.as_ref().map(Panel::count)
        && after.state == State::Open
    {
        let _ = write!(sentence, " {given} of {asked} have answered.");
    }
    if after.decision().map(|d| d.decision) == Some(DecisionKind::DontKnow) {
        let asked: Vec<PersonId> = after
            .history
            .iter()
            .map(|d| d.by)
            .chain([after.assignment.reviewer])
            .chain(super::reroute::seated(&after))
            .collect();
        if let Ok(next) = choose(data.identity, chain, &after.exclusions, &asked) {
            sentence = format!("{sentence} It went to {}.", next.name);
            done = done.change("reviewer", data.assignment.name.clone(), next.name.clone());
            let passed = after.pass_on(next)?;
            store::campaigns::assign(tx, data.id, &passed.assignment).await?;
            if let Some(panel) = &passed.panel {
                store::campaigns::save_seats(tx, data.id, &panel.seats, op.now).await?;
            }
        } else {
            sentence += " Nobody is left to ask.";
        }
    }
    done.summary.clone_from(&sentence);
    op.record(tx, done).await?;
    Ok(sentence)
}

/// Keeps the newest answer, the panel it belongs to, and, where it shall not wait, its task. Records nothing.
pub(super) async fn keep(
    op: &Op,
    tx: &mut Tx,
    campaign: &Campaign,
    data: &ItemData,
    after: &Item,
) -> Result<Decision> {
    let number = i32::try_from(after.history.len()).unwrap_or(i32::MAX);
    let Some(decision) = after.history.last().cloned() else {
        return Err(Error::Internal(
            "an answer was taken and is not there".to_owned(),
        ));
    };
    let in_force = after.decision();
    untasked(tx, data.id).await?;
    let new = NewDecision {
        id: op.new_id(),
        item: data.id,
        number,
        decision: &decision,
        in_force: in_force.map(|d| d.decision),
    };
    store::campaigns::save_decision(tx, &new).await?;
    if let Some(panel) = &after.panel {
        store::campaigns::save_seats(tx, data.id, &panel.seats, op.now).await?;
    }
    if let Some(now) = in_force.filter(|d| d.at_once) {
        super::tasks::make(op, tx, campaign, data, now).await?;
    }
    Ok(decision)
}

fn targets(targets: &[contract::campaigns::ModifyTarget]) -> String {
    targets
        .iter()
        .map(|t| t.sentence.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}

/// The open item after this one in the person's queue, or the first open one.
async fn next(
    op: &Op,
    campaign: contract::ids::CampaignId,
    person: PersonId,
    after: ItemId,
) -> Result<Option<ItemId>> {
    let mut conn = op.db().acquire().await?;
    let queue =
        store::campaigns::items(&mut conn, campaign, Some(person), super::review::QUEUE).await?;
    let place = queue
        .iter()
        .position(|row| row.id == after)
        .map_or(0, |at| at + 1);
    let (before, behind) = queue.split_at(place.min(queue.len()));
    let open = |row: &&contract::campaigns::ItemRow| {
        row.state == contract::campaigns::ItemState::Open && row.id != after
    };
    Ok(behind
        .iter()
        .find(open)
        .or_else(|| before.iter().find(open))
        .map(|row| row.id))
}
