//! What a reviewer sees: their campaigns, their queue, one item.

use std::collections::BTreeMap;

use contract::FieldError;
use contract::campaigns::{
    CampaignRow, Change, DecisionDraft, DecisionInput, DecisionKind, DecisionView, FrozenException,
    ItemRow, ItemState, MyReview, ReviewItemView, ReviewPageView, ReviewQueue,
};
use contract::ids::{CampaignId, ItemId, PersonId};
use contract::people::PersonRef;
use domain::access::Access;
use domain::campaign::item::{Decision, Item, reason_needed};
use domain::campaign::recommend::{WINDOW_DAYS, targets};
use domain::campaign::snapshot::diff::diff;
use domain::campaign::snapshot::{Exception, Snapshot};
use store::Conn;
use store::campaigns::{Campaign, ItemData};

use super::freeze::House;
use super::life::{item, reviewer, running, watches};
use crate::{Error, Op, Result};

/// Longest queue of one person.
pub(super) const QUEUE: i64 = 5_000;

/// The campaigns in which something was given to the viewer, due first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not review at all.
pub async fn my_reviews(op: &Op) -> Result<Vec<MyReview>> {
    op.require(Access::Review)?;
    let person = op.person()?.id;
    let mut conn = op.db().acquire().await?;
    let mine = store::campaigns::mine(&mut conn, person).await?;
    let ids: Vec<CampaignId> = mine.iter().map(|(campaign, ..)| *campaign).collect();
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let rows = store::campaigns::rows(&mut conn, Some(&ids), None, most).await?;
    let mut rows: BTreeMap<CampaignId, CampaignRow> =
        rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(mine
        .into_iter()
        .filter_map(|(campaign, items, open, next)| {
            Some(MyReview {
                campaign: rows.remove(&campaign)?,
                items,
                open,
                next,
            })
        })
        .collect())
}

/// The viewer's queue in a campaign.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign.
pub async fn queue(op: &Op, id: CampaignId) -> Result<ReviewQueue> {
    op.require(Access::Review)?;
    let person = op.person()?.id;
    let mut conn = op.db().acquire().await?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let mut queue = queue_of(&mut conn, &campaign, person).await?;
    if queue.open_for_answers {
        queue.groups = store::campaigns::groups(&mut conn, id, person).await?;
    }
    Ok(queue)
}

async fn queue_of(conn: &mut Conn, campaign: &Campaign, person: PersonId) -> Result<ReviewQueue> {
    let all = store::campaigns::items(conn, campaign.id, Some(person), QUEUE).await?;
    let (open, mut decided): (Vec<ItemRow>, Vec<ItemRow>) = all
        .into_iter()
        .partition(|row| row.state == ItemState::Open);
    decided.sort_by_key(|row| std::cmp::Reverse(row.decided_at));
    for row in &mut decided {
        let outcome = row
            .decision
            .map_or(row.state.label(), domain::campaign::order::outcome);
        outcome.clone_into(&mut row.hint);
    }
    Ok(ReviewQueue {
        campaign: (campaign.id, campaign.name.clone()),
        due_at: campaign.due_at,
        open,
        decided,
        open_for_answers: running(campaign).is_ok(),
        groups: Vec::new(),
    })
}

/// One item with everything the review page shows, and the queue it stands in.
///
/// # Errors
/// [`Error::NotFound`] when there is no such item, or it is not the viewer's to see.
pub async fn review_item(op: &Op, id: ItemId) -> Result<(ReviewItemView, ReviewQueue)> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let data = store::campaigns::item(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("item"))?;
    let campaign = store::campaigns::get(&mut conn, data.campaign)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let history: Vec<Decision> = store::campaigns::decisions(&mut conn, &[id])
        .await?
        .into_iter()
        .map(|(_, decision)| decision)
        .collect();
    let viewer = op.actor.person().map(|person| person.id);
    let seats = super::decide::seats(&mut conn, &data).await?;
    let theirs = Some(data.assignment.reviewer) == viewer
        || history.iter().any(|d| Some(d.by) == viewer)
        || seats.iter().any(|seat| Some(seat.person) == viewer);
    if !theirs && !watches(op) {
        return Err(Error::NotFound("item"));
    }
    let current = House::load(&mut conn, op.now)
        .await?
        .one(&mut conn, data.identity)
        .await?;
    let own = viewer.filter(|viewer| seats.iter().any(|seat| seat.person == *viewer));
    let of = own.unwrap_or(data.assignment.reviewer);
    let mut queue = queue_of(&mut conn, &campaign, of).await?;
    if queue.open_for_answers && viewer == Some(of) {
        queue.groups = store::campaigns::groups(&mut conn, campaign.id, of).await?;
    }
    let current = current.map(|(now, _)| now);
    let judged = item(&data, history, seats, campaign.stage);
    let view = shown(op, &campaign, &data, &judged, current.as_ref(), &queue);
    Ok((view, queue))
}

/// The review page of an item. With a draft, what is wrong with it is said beside its field.
///
/// # Errors
/// [`Error::NotFound`] when there is no such item, or it is not the viewer's to see.
pub async fn page(op: &Op, id: ItemId, draft: Option<DecisionDraft>) -> Result<ReviewPageView> {
    op.require(Access::ViewCampaigns)?;
    let (item, queue) = review_item(op, id).await?;
    let problem = match draft {
        Some(draft) => problem(op, &item, draft).await?,
        None => None,
    };
    let handover = if item.row.state == ItemState::Open && may_hand_on(op, &item) {
        super::choices(op).await?
    } else {
        Vec::new()
    };
    Ok(ReviewPageView {
        item,
        queue,
        problem,
        handover,
    })
}

/// Those who run campaigns, and whoever has the item.
fn may_hand_on(op: &Op, item: &ReviewItemView) -> bool {
    let me = op.actor.person().map(|person| person.id);
    op.require(Access::ManageCampaigns).is_ok()
        || (op.require(Access::Review).is_ok() && me == Some(item.row.reviewer.id))
}

async fn problem(
    op: &Op,
    item: &ReviewItemView,
    draft: DecisionDraft,
) -> Result<Option<FieldError>> {
    let input = DecisionInput {
        item: item.row.id,
        decision: draft.decision,
        reason: draft.reason,
        targets: draft.targets,
        hash: item.hash.clone(),
        // Drift is shown on this very page, so it is not what was wrong.
        seen_current_hash: item.current_hash.clone(),
        seen_answers: item.answers,
        at_once: false,
        shown_at: None,
    };
    let whole = |message: String| {
        Some(FieldError {
            field: String::new(),
            message,
        })
    };
    Ok(match super::check(op, input).await {
        Ok(()) if item.current_hash.is_some() => {
            whole("The identity changed since it was frozen. Look at what changed above, then decide again.".to_owned())
        }
        Ok(()) => whole("Nothing was decided yet, because this page was out of date. Here it is as it stands now.".to_owned()),
        Err(Error::Invalid(mut fields)) => fields.pop(),
        Err(Error::Forbidden(why) | Error::Conflict(why)) => whole(why),
        Err(error) => return Err(error),
    })
}

fn shown(
    op: &Op,
    campaign: &Campaign,
    data: &ItemData,
    judged: &Item,
    current: Option<&Snapshot>,
    queue: &ReviewQueue,
) -> ReviewItemView {
    let running = running(campaign);
    let drift = drift(data, current, running.is_ok());
    let me = op.actor.person().map(reviewer);
    let refused = match &me {
        None => Some("Only a signed-in person can decide.".to_owned()),
        Some(by) => judged
            .may_answer(by)
            .and(running)
            .err()
            .map(|refused| refused.to_string()),
    };
    let may_withdraw = refused.is_none()
        && judged
            .decision()
            .is_some_and(|d| me.as_ref().is_some_and(|me| me.id == d.by));
    let refused = refused.or_else(|| {
        op.require(Access::Review)
            .err()
            .map(|error| error.to_string())
    });
    let place = place(queue, data.id);
    let neighbours = neighbours(queue, data.id);
    let views: Vec<DecisionView> = judged.history.iter().map(decision_view).collect();
    let it = &data.snapshot;
    let needs_reason = DecisionKind::ALL
        .iter()
        .filter_map(|kind| {
            reason_needed(*kind, judged.advice, data.privileged_production)
                .map(|why| (*kind, why.to_owned()))
        })
        .collect();
    ReviewItemView {
        campaign: (campaign.id, campaign.name.clone()),
        campaign_state: campaign.state,
        due_at: campaign.due_at,
        purpose: it.purpose.clone(),
        what: what(it),
        owner: it.owner.as_ref().map(|owner| owner.name.clone()),
        changes: data.changes.clone(),
        last_approved_at: data.last_approved_at,
        recommendation: data.recommendation.clone(),
        targets: targets::all(it),
        permissions: it.shown_permissions(),
        credentials: it.shown_credentials(),
        daily_events: it.usage.daily_events.clone(),
        last_used_at: it.usage.last_used_at,
        trust: it.trusts.iter().map(|trust| trust.admits.clone()).collect(),
        findings: it
            .findings
            .iter()
            .map(|f| (f.severity, f.title.clone()))
            .collect(),
        exceptions: it.exceptions.iter().map(exception).collect(),
        reviews: data.reviews.clone(),
        frozen_at: data.frozen_at,
        hash: data.hash.clone(),
        current_hash: drift.as_ref().map(|(hash, _)| hash.clone()),
        drift: drift.map(|(_, changes)| changes).unwrap_or_default(),
        decision: judged.decision().map(decision_view),
        answers: i64::try_from(views.len()).unwrap_or(i64::MAX),
        history: views,
        trail: data
            .assignment
            .trail
            .iter()
            .map(|hop| hop.why.clone())
            .collect(),
        coverage: coverage(it),
        selectors: it
            .selectors
            .iter()
            .map(domain::campaign::snapshot::Selector::line)
            .collect(),
        place,
        neighbours,
        refused,
        may_withdraw,
        needs_reason,
        now: op.now,
        row: row(data),
    }
}

fn exception(frozen: &Exception) -> FrozenException {
    FrozenException {
        title: frozen.title.clone(),
        scope: frozen.scope,
        reason: frozen.reason.clone(),
        by: frozen.by.clone(),
        until: frozen.until,
    }
}

fn drift(
    data: &ItemData,
    current: Option<&Snapshot>,
    running: bool,
) -> Option<(String, Vec<Change>)> {
    let current = current.filter(|_| running)?;
    let hash = current.content_hash();
    (hash != data.hash).then(|| (hash, diff(&data.snapshot, current)))
}

pub(super) fn row(data: &ItemData) -> ItemRow {
    ItemRow {
        id: data.id,
        identity: (data.identity, data.snapshot.name.clone()),
        team: data.snapshot.team.clone(),
        reviewer: PersonRef {
            id: data.assignment.reviewer,
            name: data.assignment.name.clone(),
            active: data.reviewer_active,
        },
        state: data.state,
        decision: data.decision,
        advice: data.recommendation.advice,
        drifted: false,
        privileged_production: data.privileged_production,
        changed: !data.changes.is_empty(),
        findings: i64::try_from(data.snapshot.findings.len()).unwrap_or(i64::MAX),
        answers: None,
        hint: data.hint.clone(),
        risk: data.snapshot.risk,
        decided_at: data.decided_at,
    }
}

fn decision_view(decision: &Decision) -> DecisionView {
    DecisionView {
        decision: decision.decision,
        reason: decision.reason.clone(),
        targets: decision.targets.clone(),
        by: PersonRef {
            id: decision.by,
            name: decision.by_name.clone(),
            active: true,
        },
        at: decision.at,
        followed: decision.followed,
        bulk: decision.bulk,
    }
}

fn what(it: &Snapshot) -> String {
    let places: Vec<String> = it
        .environments
        .iter()
        .map(|e| e.label().to_lowercase())
        .collect();
    let place = if places.is_empty() {
        "environment unknown".to_owned()
    } else {
        places.join(", ")
    };
    format!("{} on {}, {place}", it.kind.label(), it.platform.label())
}

fn coverage(it: &Snapshot) -> String {
    match it.usage.covered_days {
        0 => "No source covers it: what it does is unknown.".to_owned(),
        days if days + 10 >= WINDOW_DAYS => {
            format!("Sources told about its platform on {days} of the last {WINDOW_DAYS} days.")
        }
        days => format!(
            "Sources told about its platform on only {days} of the last {WINDOW_DAYS} days: silence proves little."
        ),
    }
}

fn place(queue: &ReviewQueue, id: ItemId) -> (i64, i64) {
    let count = queue.open.len() + queue.decided.len();
    let at = queue
        .open
        .iter()
        .chain(&queue.decided)
        .position(|row| row.id == id)
        .map_or(0, |at| at + 1);
    (
        i64::try_from(at).unwrap_or(0),
        i64::try_from(count).unwrap_or(0),
    )
}

fn neighbours(queue: &ReviewQueue, id: ItemId) -> (Option<ItemId>, Option<ItemId>) {
    let all: Vec<ItemId> = queue
        .open
        .iter()
        .chain(&queue.decided)
        .map(|row| row.id)
        .collect();
    let Some(at) = all.iter().position(|other| *other == id) else {
        return (None, all.first().copied());
    };
    (
        at.checked_sub(1)
            .and_then(|before| all.get(before).copied()),
        all.get(at + 1).copied(),
    )
}
