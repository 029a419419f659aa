//! Being away: reviews go to a deputy meanwhile.

use chrono::{NaiveDate, TimeDelta};
use contract::campaigns::{AbsenceInput, AbsenceView};
use domain::access::Access;
use domain::campaign::reviewer::choose;

use super::decide::take;
use super::freeze::House;
use super::life::running;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Longest absence, in days.
const LONGEST: i64 = 120;

/// The viewer's own absence, and who can stand in.
///
/// # Errors
/// [`Error::Refused`] when the actor does not review.
pub async fn absence(op: &Op) -> Result<AbsenceView> {
    op.require(Access::Review)?;
    let me = op.person()?.id;
    let mut conn = op.db().acquire().await?;
    let people = store::campaigns::reviewers(&mut conn).await?;
    Ok(AbsenceView {
        planned: store::campaigns::absence_of(&mut conn, me, op.now.date_naive()).await?,
        people: people
            .into_iter()
            .map(|(person, _)| person)
            .filter(|person| person.id != me)
            .collect(),
    })
}

/// Plans an absence; where it has begun, open items go to the deputy at once. Gives how many.
///
/// # Errors
/// [`Error::Invalid`] beside the days or the deputy.
pub async fn be_away(op: &Op, input: &AbsenceInput) -> Result<i64> {
    op.require(Access::Review)?;
    let me = op.person()?.clone();
    let (from, until) = days(op, input)?;
    let mut tx = op.db().begin().await?;
    let people = store::campaigns::reviewers(&mut tx).await?;
    let deputy = people
        .into_iter()
        .map(|(person, _)| person)
        .find(|person| person.id == input.deputy && person.id != me.id)
        .ok_or_else(|| Error::field("deputy", "Choose somebody else who may review."))?;
    let id = op.new_id();
    store::campaigns::insert_absence(&mut tx, id, me.id, deputy.id, (from, until), op.now).await?;
    let mut moved = 0;
    if from <= op.now.date_naive() {
        moved = hand_over(op, &mut tx, me.id).await?;
    }
    let done = Done::new(
        "person.away",
        "person",
        &me.id,
        me.name.clone(),
        format!(
            "{} is away until {}; {} stands in",
            me.name,
            until.format("%-d %b %Y"),
            deputy.name
        ),
    )
    .change("from", "", from.to_string())
    .change("until", "", until.to_string())
    .change("deputy", "", deputy.name)
    .change("items", "", moved.to_string());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(moved)
}

/// Ends what was planned. What the deputy has stays with them.
///
/// # Errors
/// [`Error::Conflict`] when nothing was planned.
pub async fn be_back(op: &Op) -> Result<()> {
    op.require(Access::Review)?;
    let me = op.person()?.clone();
    let mut tx = op.db().begin().await?;
    if !store::campaigns::end_absence(&mut tx, me.id, op.now).await? {
        return Err(Error::Conflict("No absence is planned.".to_owned()));
    }
    let words = format!("{} is back", me.name);
    let done = Done::new("person.back", "person", &me.id, me.name.clone(), words);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

fn days(op: &Op, input: &AbsenceInput) -> Result<(NaiveDate, NaiveDate)> {
    let read = |field: &str, text: &str| {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
            .map_err(|_| Error::field(field, "Choose a day."))
    };
    let (from, until) = (read("from", &input.from)?, read("until", &input.until)?);
    if until < from {
        return Err(Error::field("until", "The last day lies before the first."));
    }
    if until < op.now.date_naive() {
        return Err(Error::field("until", "This day has passed."));
    }
    if until - from > TimeDelta::days(LONGEST) {
        return Err(Error::field(
            "until",
            "For longer than 120 days, name another owner instead.",
        ));
    }
    Ok((from, until))
}

/// Hands the open items of somebody who is away to whom the chain finds now. The caller has authorised and records.
pub(super) async fn hand_over(
    op: &Op,
    tx: &mut store::Tx,
    person: contract::ids::PersonId,
) -> Result<i64> {
    let open = store::campaigns::open_of(tx, person).await?;
    let house = House::load(tx, op.now).await?;
    let mut moved = 0;
    for id in open {
        let (campaign, data, before) = take(tx, id).await?;
        if running(&campaign).is_err() || before.assignment.reviewer != person {
            continue;
        }
        let Some((_, chain)) = house.one(tx, data.identity).await? else {
            continue;
        };
        let asked: Vec<_> = before
            .history
            .iter()
            .map(|d| d.by)
            .chain(
                super::reroute::seated(&before)
                    .into_iter()
                    .filter(|id| *id != person),
            )
            .collect();
        let Ok(mut next) = choose(data.identity, &chain, &before.exclusions, &asked) else {
            continue;
        };
        if next.reviewer == person {
            continue;
        }
        let mut trail = before.assignment.trail.clone();
        trail.append(&mut next.trail);
        next.trail = trail;
        let after = before.reassign(next, "Its reviewer is out of the office.", false)?;
        store::campaigns::assign(tx, id, &after.assignment).await?;
        if let Some(panel) = &after.panel {
            store::campaigns::save_seats(tx, id, &panel.seats, op.now).await?;
        }
        moved += 1;
    }
    Ok(moved)
}
