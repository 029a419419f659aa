//! What is done with a destination that is there: paused, put elsewhere, sent to again, removed.

use contract::destinations::DestinationState;
use contract::ids::DestinationId;
use domain::access::Access;

use super::one;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Pauses or resumes.
///
/// # Errors
/// When the actor may not, there is none, or it is so already.
pub async fn set_state(op: &Op, id: DestinationId, state: DestinationState) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    if kept.row.state == state {
        return Err(Error::Conflict(format!(
            "{} is {state} already.",
            kept.row.name
        )));
    }
    store::destinations::set_state(&mut tx, id, state).await?;
    let (action, word) = match state {
        DestinationState::Running => ("destination.resumed", "Resumed"),
        DestinationState::Paused => ("destination.paused", "Paused"),
    };
    let summary = format!("{word} the destination {}", kept.row.name);
    op.record(
        &mut tx,
        Done::new(action, "destination", &id, kept.row.name, summary),
    )
    .await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Puts its place back, or on: everything after `position` is sent, again if it was before.
///
/// # Errors
/// When the actor may not, there is none, the name is not repeated, or there is no such place.
pub async fn rewind(op: &Op, id: DestinationId, position: i64, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    if confirm != kept.row.name {
        let words = format!("Repeat its name, {}, to send rows again.", kept.row.name);
        return Err(Error::field("confirm", words));
    }
    let head = store::feed::head(&mut tx, kept.row.stream).await?;
    if !(head.earliest - 1..=head.position).contains(&position) {
        let words = format!("Choose {} to {}.", head.earliest - 1, head.position);
        return Err(Error::field("position", words));
    }
    store::destinations::rewind(&mut tx, id, head.epoch, position).await?;
    let summary = format!(
        "Put the destination {} to position {position}",
        kept.row.name
    );
    let done = Done::new(
        "destination.rewound",
        "destination",
        &id,
        kept.row.name,
        summary,
    )
    .change(
        "position",
        kept.row.position.to_string(),
        position.to_string(),
    );
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// [`rewind`] to a place as a person types it.
///
/// # Errors
/// As [`rewind`], and when the place is no number.
pub async fn rewind_typed(op: &Op, id: DestinationId, place: &str, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let position = place
        .trim()
        .parse()
        .map_err(|_| Error::field("position", "Enter a whole number."))?;
    rewind(op, id, position, confirm).await
}

/// Asks for the rows it would not take to be sent again, before anything else; how many.
///
/// # Errors
/// When the actor may not, or there is no such destination.
pub async fn redrive(op: &Op, id: DestinationId) -> Result<i64> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    let count = store::destinations::ask_again(&mut tx, id).await?;
    let summary = format!(
        "Asked for {count} rows to be sent again to {}",
        kept.row.name
    );
    let done = Done::new(
        "destination.redriven",
        "destination",
        &id,
        kept.row.name,
        summary,
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(count)
}

/// Removes a destination when its name is repeated.
///
/// # Errors
/// As [`remove`], or when the name is another.
pub async fn remove_confirmed(op: &Op, id: DestinationId, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let row = one(op, &mut *op.db().acquire().await?, id).await?.row;
    if confirm != row.name {
        let words = format!("Repeat its name, {}, to remove it.", row.name);
        return Err(Error::field("confirm", words));
    }
    remove(op, id).await
}

/// Removes a destination with what it would not take.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn remove(op: &Op, id: DestinationId) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    store::destinations::remove(&mut tx, id).await?;
    let summary = format!("Removed the destination {}", kept.row.name);
    let done = Done::new(
        "destination.removed",
        "destination",
        &id,
        kept.row.name,
        summary,
    );
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}
