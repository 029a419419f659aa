//! Break-glass identities: mark them, match their uses to tickets, record their drills.

use contract::identities::{DrillInput, GlassMark, GlassMatch, GlassView, IdentityState};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::identity::break_glass::{self, Record, Refused};
use store::identities::write::Locked;
use store::{Conn, Tx};

use crate::op::Done;
use crate::{Error, Op, Result};

/// Marks an identity as break-glass, or takes the mark away.
///
/// # Errors
/// [`Error::Refused`] for owners and auditors, [`Error::Invalid`] beside the reason, [`Error::Conflict`] when it is so
/// already or the identity cannot act.
pub async fn mark(op: &Op, input: &GlassMark) -> Result<()> {
    op.require(Access::MarkBreakGlass)?;
    let mut tx = op.db().begin().await?;
    let there = lock(&mut tx, input.identity).await?;
    let reason = break_glass::reason(&input.reason).map_err(|why| refused(&why))?;
    let is = store::break_glass::since(&mut tx, input.identity)
        .await?
        .is_some();
    if is == input.marked {
        let word = if is { "is one" } else { "is none" };
        return Err(Error::Conflict(format!("{} {word} already.", there.name)));
    }
    if input.marked
        && !matches!(
            there.state,
            IdentityState::Active | IdentityState::Suspended
        )
    {
        return Err(Error::Conflict(format!(
            "{} is {}; only what was approved can be a way out.",
            there.name,
            there.state.label().to_lowercase()
        )));
    }
    store::break_glass::mark(&mut tx, input.identity, input.marked, op.now).await?;
    crate::posture::refresh(op, &mut tx, &[input.identity.0]).await?;
    let (action, words) = if input.marked {
        (
            "identity.break_glass_marked",
            format!("Marked {} as break-glass", there.name),
        )
    } else {
        (
            "identity.break_glass_unmarked",
            format!("{} is break-glass no more", there.name),
        )
    };
    let word = |marked: bool| if marked { "yes" } else { "no" };
    let done = Done::new(action, "identity", &input.identity, there.name, words)
        .change("break-glass", word(is), word(input.marked))
        .change("reason", "", reason.to_string());
    finish(op, tx, done).await
}

/// Matches a day of use to the ticket it belongs to.
///
/// # Errors
/// [`Error::Forbidden`] when it is another team's, [`Error::Invalid`] beside what is missing, [`Error::Conflict`] when
/// it is no break-glass identity or was not used that day.
pub async fn explain(op: &Op, input: &GlassMatch) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let there = marked(op, &mut tx, input.identity).await?;
    let record = break_glass::matched(&input.day, &input.ticket, &input.note, op.now)
        .map_err(|why| refused(&why))?;
    if !store::break_glass::used_on(&mut tx, input.identity, record.day).await? {
        return Err(Error::field("day", "No event tells of a use on this day."));
    }
    let before = keep(op, &mut tx, input.identity, &record).await?;
    let day = record.day.format("%-d %b %Y");
    let done = Done::new(
        "identity.break_glass_use_matched",
        "identity",
        &input.identity,
        there.name.clone(),
        format!(
            "Matched the use of {} on {day} to {}",
            there.name, record.ticket
        ),
    )
    .change("ticket of the use", before, record.ticket.to_string());
    finish(op, tx, note(done, &record)).await
}

/// Records a drill with its outcome.
///
/// # Errors
/// [`Error::Forbidden`] when it is another team's, [`Error::Invalid`] beside what is missing, [`Error::Conflict`] when
/// it is no break-glass identity.
pub async fn drill(op: &Op, input: &DrillInput) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let there = marked(op, &mut tx, input.identity).await?;
    let record = break_glass::drill(
        &input.day,
        &input.ticket,
        &input.worked,
        &input.note,
        op.now,
    )
    .map_err(|why| refused(&why))?;
    keep(op, &mut tx, input.identity, &record).await?;
    let outcome = if record.worked == Some(true) {
        "it worked"
    } else {
        "it did not work"
    };
    let done = Done::new(
        "identity.break_glass_drilled",
        "identity",
        &input.identity,
        there.name.clone(),
        format!("Drilled {}: {outcome}", there.name),
    )
    .change(
        "drill",
        "",
        format!("{}, {outcome}", record.day.format("%-d %b %Y")),
    )
    .change("ticket of the drill", "", record.ticket.to_string());
    finish(op, tx, note(done, &record)).await
}

/// What is known of a break-glass identity; nothing when it is none. The caller has authorised.
pub(crate) async fn view(op: &Op, conn: &mut Conn, id: IdentityId) -> Result<Option<GlassView>> {
    let Some(since) = store::break_glass::since(conn, id).await? else {
        return Ok(None);
    };
    let drills = store::break_glass::drills(conn, id).await?;
    let last = drills.first().map(|(drill, at)| (*at, drill.worked));
    Ok(Some(GlassView {
        since,
        uses: store::break_glass::uses(conn, id, since, op.now).await?,
        drill_due_at: break_glass::drill_due(since, last),
        drills: drills.into_iter().map(|(drill, _)| drill).collect(),
    }))
}

async fn lock(tx: &mut Tx, id: IdentityId) -> Result<Locked> {
    store::identities::write::lock(tx, id)
        .await?
        .ok_or(Error::NotFound("identity"))
}

/// Locks a break-glass identity that is this person's to answer for.
async fn marked(op: &Op, tx: &mut Tx, id: IdentityId) -> Result<Locked> {
    let there = crate::identities::lock_own(op, tx, id).await?;
    if store::break_glass::since(tx, id).await?.is_none() {
        return Err(Error::Conflict(format!(
            "{} is no break-glass identity.",
            there.name
        )));
    }
    Ok(there)
}

async fn keep(op: &Op, tx: &mut Tx, id: IdentityId, record: &Record) -> Result<String> {
    let by = op.actor.person().map(|person| person.id);
    let before = store::break_glass::keep(tx, op.new_id(), id, record, by, op.now).await?;
    crate::posture::refresh(op, tx, &[id.0]).await?;
    Ok(before.unwrap_or_default())
}

fn note(done: Done, record: &Record) -> Done {
    if record.note.is_empty() {
        done
    } else {
        done.change("note", "", record.note.clone())
    }
}

async fn finish(op: &Op, mut tx: Tx, done: Done) -> Result<()> {
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

fn refused(why: &Refused) -> Error {
    Error::field(why.field(), why.to_string())
}
