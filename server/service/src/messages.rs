//! Reminders and escalations: one digest a person, kept first, sent by a job, recorded for ever.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use contract::ids::{CampaignId, PersonId};
use contract::messages::{Channel, MessageRow, MessageState};
use domain::access::Access;
use domain::campaign::remind::{Escalation, Point, Waiting, digest};
use store::Tx;
use store::messages::{Claimed, Marks, NewMessage, Open};

use crate::op::Done;
use crate::ports::{Letter, Post, Posted};
use crate::{Error, Op, Result};

/// Tries before a message counts as not delivered.
const MOST_ATTEMPTS: i32 = 10;
/// Messages shown of one campaign.
const SHOWN: i64 = 500;

/// One person's digest while it is put together.
struct Letters {
    name: String,
    email: String,
    waiting: Vec<Waiting>,
    marks: Vec<(CampaignId, String)>,
    escalation: bool,
}

/// Writes a digest to everybody for whom a new point of the calendar has come, and to those above them where
/// something is overdue. Idempotent: each point is used once for each person. Gives how many were written.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn remind(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    // One at a time: two processes must not both find the same point unused.
    store::messages::only_one(&mut tx).await?;
    let open = store::messages::open(&mut tx).await?;
    let point = |one: &Open| Point::of(one.due_at, op.now);
    let at = open
        .iter()
        .map(|one| (one.campaign, point(one).word()))
        .collect();
    let used = store::messages::marks(&mut tx, &at).await?;
    let late = |one: &Open| !matches!(point(one).escalates(), Escalation::Nobody);
    let security = if open.iter().any(late) {
        store::messages::security(&mut tx).await?
    } else {
        Vec::new()
    };
    let mut letters: BTreeMap<PersonId, Letters> = BTreeMap::new();
    for one in &open {
        own(op, &used, &mut letters, one);
        above(op, &used, &mut letters, one, &security);
    }
    let mut written = 0;
    for (person, letter) in letters {
        written += usize::from(write(op, &mut tx, person, letter).await?);
    }
    if written > 0 {
        let done = Done::new(
            "messages.written",
            "messages",
            &"reminders",
            "Reminders",
            format!("Wrote {written} digests of open reviews"),
        );
        op.record(&mut tx, done).await?;
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(written)
}

fn own(op: &Op, used: &Marks, letters: &mut BTreeMap<PersonId, Letters>, one: &Open) {
    let point = Point::of(one.due_at, op.now);
    let word = point.word();
    if used.contains(&(one.campaign, one.person, word.clone())) {
        return;
    }
    let letter = letter(letters, one.person, &one.person_name, &one.email);
    letter.waiting.push(waiting(op, one, point, None));
    letter.marks.push((one.campaign, word));
}

/// The lead from the first day overdue, Security from the third; each day once, and never the person themselves.
fn above(
    op: &Op,
    used: &Marks,
    letters: &mut BTreeMap<PersonId, Letters>,
    one: &Open,
    security: &[(PersonId, String, String)],
) {
    let point = Point::of(one.due_at, op.now);
    let mut told: Vec<&(PersonId, String, String)> = Vec::new();
    match point.escalates() {
        Escalation::Nobody => return,
        Escalation::Lead => told.extend(one.lead.iter()),
        Escalation::Security => {
            told.extend(one.lead.iter());
            told.extend(security);
        }
    }
    if told.is_empty() {
        told.extend(security);
    }
    for (person, name, email) in told {
        if *person == one.person {
            continue;
        }
        let word = format!("of {} {}", one.person, point.word());
        if used.contains(&(one.campaign, *person, word.clone())) {
            continue;
        }
        let letter = letter(letters, *person, name, email);
        if letter.marks.contains(&(one.campaign, word.clone())) {
            continue;
        }
        letter.escalation = true;
        letter
            .waiting
            .push(waiting(op, one, point, Some(one.person_name.clone())));
        letter.marks.push((one.campaign, word));
    }
}

fn letter<'a>(
    letters: &'a mut BTreeMap<PersonId, Letters>,
    person: PersonId,
    name: &str,
    email: &str,
) -> &'a mut Letters {
    letters.entry(person).or_insert_with(|| Letters {
        name: name.to_owned(),
        email: email.to_owned(),
        waiting: Vec::new(),
        marks: Vec::new(),
        escalation: false,
    })
}

fn waiting(op: &Op, one: &Open, point: Point, of: Option<String>) -> Waiting {
    let base = &op.settings().public_url;
    Waiting {
        campaign: one.name.clone(),
        link: match of {
            None => format!("{base}/reviews/{}", one.campaign),
            Some(_) => format!("{base}/campaigns/{}", one.campaign),
        },
        open: one.open,
        point,
        of,
    }
}

async fn write(op: &Op, tx: &mut Tx, person: PersonId, letter: Letters) -> Result<bool> {
    let Some((subject, body)) = digest(&letter.name, &letter.waiting) else {
        return Ok(false);
    };
    let mut campaigns: Vec<CampaignId> = letter.marks.iter().map(|(id, _)| *id).collect();
    campaigns.sort_unstable();
    campaigns.dedup();
    let kind = if letter.escalation {
        "escalation"
    } else {
        "reminder"
    };
    let message = NewMessage {
        id: op.new_id(),
        person: Some(person),
        to_name: letter.name.clone(),
        address: letter.email,
        channel: Channel::Email,
        kind,
        subject,
        body,
        campaigns,
        cause: None,
    };
    keep(op, tx, &message).await?;
    for (campaign, point) in &letter.marks {
        store::messages::mark(tx, *campaign, person, point, message.id).await?;
    }
    Ok(true)
}

/// Keeps a message for the job that sends, and its copy for the webhook where there is one. False when its cause was
/// told this person before.
pub(crate) async fn keep(op: &Op, tx: &mut Tx, message: &NewMessage) -> Result<bool> {
    let new = store::messages::insert(tx, message, op.now).await?;
    if new && op.settings().has_webhook() {
        let copy = NewMessage {
            id: op.new_id(),
            channel: Channel::Webhook,
            address: String::new(),
            ..message.clone()
        };
        store::messages::insert(tx, &copy, op.now).await?;
    }
    Ok(new)
}

/// What the job that sends did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Handed over.
    pub sent: u64,
    /// Put back for later.
    pub later: u64,
    /// Given up.
    pub failed: u64,
}

/// Hands over what waits, one message a transaction: a crash sends one again at most, and loses none.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn deliver(op: &Op, post: &dyn Post) -> Result<Sent> {
    op.require(Access::Operate)?;
    let mut done = Sent::default();
    for _ in 0..500 {
        let mut tx = op.db().begin().await?;
        let Some(message) = store::messages::claim(&mut tx, op.now).await? else {
            break;
        };
        let (state, problem) = match hand_over(op, post, &message).await {
            Posted::Taken => (MessageState::Sent, String::new()),
            Posted::NoChannel => (MessageState::NoChannel, String::new()),
            Posted::Refused(why) => (MessageState::Failed, why),
            Posted::Later(why) if message.attempts + 1 >= MOST_ATTEMPTS => {
                (MessageState::Failed, why)
            }
            Posted::Later(why) => (MessageState::Waiting, why),
        };
        match state {
            MessageState::Sent => done.sent += 1,
            MessageState::Waiting => done.later += 1,
            MessageState::Failed | MessageState::NoChannel => done.failed += 1,
        }
        let again = op.now + backoff(message.attempts);
        store::messages::tried(&mut tx, message.id, state, &problem, again, op.now).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(done)
}

async fn hand_over(op: &Op, post: &dyn Post, message: &Claimed) -> Posted {
    let letter = Letter {
        id: message.id,
        to_name: message.to_name.clone(),
        address: message.address.clone(),
        subject: message.subject.clone(),
        body: message.body.clone(),
        at: op.now,
    };
    match message.channel {
        Channel::Email => post.mail(letter).await,
        Channel::Webhook => post.webhook(letter).await,
    }
}

/// One minute, two, four … up to six hours.
fn backoff(attempts: i32) -> TimeDelta {
    TimeDelta::minutes((1_i64 << attempts.clamp(0, 9)).min(360))
}

/// Messages that speak of a campaign, oldest first: who was told, when, how, and what became of it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign.
pub async fn of_campaign(op: &Op, id: CampaignId) -> Result<Vec<MessageRow>> {
    op.require(Access::ReadEvidence)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    Ok(store::messages::of_campaign(&mut conn, id, SHOWN).await?)
}
