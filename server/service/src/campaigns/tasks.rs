//! What revokes and modifies ask somebody to do: the board, its steps, and the proof.

use contract::campaigns::{TaskBoard, TaskInput, TaskState, TaskStep};
use contract::ids::{CampaignId, IdentityId, PersonId, TaskId};
use domain::access::Access;
use domain::campaign::item::Decision;
use domain::campaign::remediation::proof::{Proof, Question, judge};
use domain::campaign::remediation::{Refused, Task, patch};
use store::Tx;
use store::campaigns::{Campaign, ItemData, NewTask, StoredTask};

use super::freeze::House;
use super::life::watches;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Tasks shown on a board.
const SHOWN: i64 = 500;
/// Items loaded at once.
const CHUNK: usize = 200;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoTicket | Refused::Reason(_) => Self::field("text", refused.to_string()),
            Refused::OwnTask => Self::Forbidden(refused.to_string()),
            _ => Self::Conflict(refused.to_string()),
        }
    }
}

/// The board of a campaign: everything for watchers, their own tasks for others. With a task, what carries it out.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign.
pub async fn board(op: &Op, id: CampaignId, asked: Option<TaskId>) -> Result<TaskBoard> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let only = match op.actor.person() {
        Some(person) if !watches(op) => Some(person.id),
        _ => None,
    };
    let tasks = store::campaigns::task_rows(&mut conn, id, only, SHOWN).await?;
    let shown = asked.and_then(|asked| tasks.iter().find(|task| task.id == asked));
    let patch = match shown {
        Some(task) => store::campaigns::item(&mut conn, task.item)
            .await?
            .map(|item| {
                let patch = patch::compile(&item.snapshot, task.decision, &task.targets);
                (task.id, patch)
            }),
        None => None,
    };
    let may_act = op.require(Access::Review).is_ok();
    let people = if may_act {
        let people = store::campaigns::reviewers(&mut conn).await?;
        people.into_iter().map(|(person, _)| person).collect()
    } else {
        Vec::new()
    };
    Ok(TaskBoard {
        open: store::campaigns::open_tasks(&mut conn, id).await?,
        patch,
        people,
        may_act,
        tasks,
    })
}

/// Takes a step with a task; its campaign and the state it is in now.
///
/// # Errors
/// [`Error::Invalid`] beside what is missing, [`Error::Forbidden`] on somebody else's task or a waiver of one's own,
/// [`Error::Conflict`] when it is settled.
pub async fn step(op: &Op, input: &TaskInput) -> Result<(CampaignId, TaskState)> {
    op.require(Access::StepTask)?;
    // A machine notes tickets and reports what it did; it decided nothing, so no task is its own.
    let me = op.actor.person().map(|person| person.id);
    let mut tx = op.db().begin().await?;
    let stored = store::campaigns::lock_task(&mut tx, input.task)
        .await?
        .ok_or(Error::NotFound("task"))?;
    let mine = me.is_some_and(|me| stored.task.owner == me || stored.task.decided_by == me);
    if !mine && op.require(Access::ManageCampaigns).is_err() {
        return Err(Error::Forbidden(
            "This task is somebody else’s. Its owner or Security can do this.".to_owned(),
        ));
    }
    let before = stored.task.word();
    let task = stored.task.clone();
    let (task, what) = match input.step {
        TaskStep::Ticket => (task.ticket(&input.text)?, "Noted the ticket of"),
        TaskStep::Apply => (task.apply(me, op.now)?, "Said to be done:"),
        TaskStep::Waive => {
            op.require(Access::ManageCampaigns)?;
            let me = op.person()?.id;
            (task.waive(me, &input.text, op.now)?, "Waived")
        }
        TaskStep::Handover => (hand_over(&mut tx, task, input.to).await?, "Handed on"),
    };
    store::campaigns::save_task(&mut tx, input.task, &task, "").await?;
    let done = Done::new(
        "task.changed",
        "task",
        &input.task,
        stored.name.clone(),
        format!(
            "{what} the {} of {}",
            stored.decision.label().to_lowercase(),
            stored.name
        ),
    )
    .change("state", before.as_str(), task.word().as_str())
    .change("text", "", input.text.trim());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok((stored.campaign, task.word()))
}

async fn hand_over(tx: &mut Tx, mut task: Task, to: Option<PersonId>) -> Result<Task> {
    if !task.is_open() {
        return Err(Refused::Settled("settled").into());
    }
    let people = store::campaigns::reviewers(tx).await?;
    let found = to.and_then(|to| people.iter().find(|(person, _)| person.id == to));
    let (person, _) = found.ok_or_else(|| Error::field("to", "Choose somebody who is active."))?;
    task.owner = person.id;
    Ok(task)
}

/// Makes the tasks of everything a campaign decided that has none yet. The caller has authorised and records.
pub(super) async fn make_all(op: &Op, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    let items = store::campaigns::without_task(tx, campaign.id).await?;
    for chunk in items.chunks(CHUNK) {
        let mut history = std::collections::BTreeMap::new();
        for (item, decision) in store::campaigns::decisions(tx, chunk).await? {
            history.entry(item).or_insert_with(Vec::new).push(decision);
        }
        for data in store::campaigns::frozen_items(tx, chunk).await? {
            let given = history.remove(&data.id).unwrap_or_default();
            let in_force = given.iter().rfind(|d| Some(d.decision) == data.decision);
            if let Some(decision) = in_force {
                make(op, tx, campaign, &data, decision).await?;
            }
        }
    }
    Ok(())
}

/// Makes the task of one decision. Its owner does it; where nobody owns it, whoever decided.
pub(super) async fn make(
    op: &Op,
    tx: &mut Tx,
    campaign: &Campaign,
    data: &ItemData,
    decision: &Decision,
) -> Result<()> {
    let owner = match &data.snapshot.owner {
        Some(owner) => store::people::active_name(tx, owner.id)
            .await?
            .map(|_| owner.id),
        None => None,
    };
    let days = campaign.policy.remediation_days.of(data.snapshot.tier);
    let task = Task::new(owner.unwrap_or(decision.by), decision.by, op.now, days);
    let new = NewTask {
        id: TaskId(op.new_id()),
        campaign: campaign.id,
        item: data.id,
        identity: data.identity,
        name: &data.snapshot.name,
        platform: data.snapshot.platform.as_str(),
        decision: decision.decision,
        targets: &decision.targets,
        decided_at: decision.at,
        task: &task,
    };
    store::campaigns::insert_task(tx, &new).await?;
    Ok(())
}

/// What the job found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Tasks proven.
    pub verified: u64,
    /// Proven revocations opened again because the identity was used.
    pub reopened: u64,
}

/// Proves what can be proven, and opens again what was used after its proof. Idempotent.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn settle(op: &Op) -> Result<Settled> {
    op.require(Access::Operate)?;
    let mut done = Settled::default();
    let used = store::campaigns::used_after_proof(&mut *op.db().acquire().await?).await?;
    for (id, at) in used {
        done.reopened += u64::from(reopen(op, id, at).await?);
    }
    let house = House::load(&mut *op.db().acquire().await?, op.now).await?;
    let mut last = uuid::Uuid::nil();
    loop {
        let ids =
            store::campaigns::open_task_ids(&mut *op.db().acquire().await?, last, 200).await?;
        let Some(newest) = ids.last() else {
            return Ok(done);
        };
        last = newest.0;
        for id in ids {
            done.verified += u64::from(verify(op, &house, id).await?);
        }
    }
}

/// Whether one task is proven now.
async fn verify(op: &Op, house: &House, id: TaskId) -> Result<bool> {
    let mut tx = op.db().begin().await?;
    let Some(stored) = store::campaigns::lock_task(&mut tx, id).await? else {
        return Ok(false);
    };
    if !stored.task.is_open() {
        return Ok(false);
    }
    let verdict = proof_of(&mut tx, house, &stored).await?;
    let proof = match verdict {
        Proof::Holds(proof) => proof,
        Proof::Not(why) | Proof::Unknown(why) => {
            store::campaigns::note_task(&mut tx, id, &why).await?;
            tx.commit().await.map_err(store::Error::from)?;
            return Ok(false);
        }
    };
    let before = stored.task.word();
    let task = stored.task.verify(proof.clone(), op.now)?;
    store::campaigns::save_task(&mut tx, id, &task, "").await?;
    let done = Done::new(
        "task.verified",
        "task",
        &id,
        stored.name.clone(),
        format!(
            "Proven: the {} of {}. {proof}",
            stored.decision.label().to_lowercase(),
            stored.name
        ),
    )
    .change("state", before.as_str(), "verified")
    .change("proof", "", proof);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(true)
}

async fn proof_of(tx: &mut Tx, house: &House, stored: &StoredTask) -> Result<Proof> {
    let now = house.one(tx, stored.identity).await?;
    let campaign = store::campaigns::get(tx, stored.campaign)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let spoken_days = match stored.applied_at {
        Some(at) => store::campaigns::spoken_days(tx, &stored.platform, at, house.now()).await?,
        None => 0,
    };
    let question = Question {
        decision: stored.decision,
        targets: &stored.targets,
        decided_at: stored.decided_at,
        applied_at: stored.applied_at,
        silence_days: campaign.policy.silence_proves_days,
        spoken_days,
    };
    Ok(judge(&question, now.as_ref().map(|(now, _)| now)))
}

/// Opens a proven revocation again: a critical finding, and a task due soon.
async fn reopen(op: &Op, id: TaskId, used: chrono::DateTime<chrono::Utc>) -> Result<bool> {
    let mut tx = op.db().begin().await?;
    let Some(stored) = store::campaigns::lock_task(&mut tx, id).await? else {
        return Ok(false);
    };
    let domain::campaign::remediation::State::Verified { at, .. } = &stored.task.state else {
        return Ok(false);
    };
    let note = format!(
        "Used on {}, after the revocation was proven on {}.",
        used.format("%-d %b %Y, %H:%M UTC"),
        at.format("%-d %b %Y")
    );
    let task = stored.task.clone().reopen(op.now, 1)?;
    store::campaigns::save_task(&mut tx, id, &task, &note).await?;
    let IdentityId(identity) = stored.identity;
    crate::posture::refresh(op, &mut tx, &[identity]).await?;
    let done = Done::new(
        "task.reopened",
        "task",
        &id,
        stored.name.clone(),
        format!("{}: {note}", stored.name),
    )
    .change("state", "verified", "decided");
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(true)
}
