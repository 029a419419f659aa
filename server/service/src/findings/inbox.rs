//! The inbox: findings put together, what happened to one, and what an action does beside its state.

use chrono::{DateTime, Utc};
use contract::findings::{
    ExceptionScope, FindingAction, FindingFilter, FindingGroup, FindingGrouping, FindingInput,
    FindingStory,
};
use contract::ids::FindingId;
use domain::access::Access;
use domain::activity::Entry;
use domain::finding::action::Acted;
use store::findings::Locked;
use store::{Conn, Tx};

use crate::{Error, Op, Result};

/// Entries of a finding's record that are told.
const DEEDS: i64 = 50;

/// Findings under a filter, put together by identity or rule, the worst first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see findings.
pub async fn grouped(
    op: &Op,
    filter: &FindingFilter,
    by: FindingGrouping,
) -> Result<Vec<FindingGroup>> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let mut groups = store::findings::list::grouped(&mut conn, filter, by, op.now).await?;
    for group in &mut groups {
        if let Some(id) = group.rule.as_deref() {
            rule_name(id).clone_into(&mut group.name);
        }
    }
    Ok(groups)
}

/// What people call a rule; its id where it has no name.
pub(crate) fn rule_name(id: &str) -> &str {
    let posture = domain::finding::rule(id).map(|rule| rule.name);
    let name = posture.or_else(|| domain::detect::rule(id).map(|rule| rule.name));
    name.unwrap_or(id)
}

/// What happened to a finding: its events, and what people did with it.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see findings.
pub async fn story(op: &Op, id: FindingId) -> Result<FindingStory> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let row = super::seen(op, &mut conn, id).await?;
    let events = store::events::explore::some(&mut conn, &row.events).await?;
    Ok(FindingStory {
        events: events.iter().map(crate::events::row).collect(),
        deeds: recorded(&mut conn, id).await?,
    })
}

/// When, who, and what in a sentence.
type Deed = (DateTime<Utc>, String, String);

/// What people and machines did with a finding, newest first: when, who, and what in a sentence.
///
/// # Errors
/// As [`story`].
pub async fn deeds(op: &Op, id: FindingId) -> Result<Vec<Deed>> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    super::seen(op, &mut conn, id).await?;
    recorded(&mut conn, id).await
}

async fn recorded(conn: &mut Conn, id: FindingId) -> Result<Vec<Deed>> {
    let entries = store::activity::of_object(conn, "finding", &id.to_string(), DEEDS).await?;
    let deed = |(entry, _): (Entry, Vec<u8>)| (entry.at, entry.actor_name, entry.summary);
    Ok(entries.into_iter().map(deed).collect())
}

/// What an action does beside the finding's state: gives it to somebody, or excepts the rule on the identity. Returns
/// what is to be told of it in the record: field and value.
pub(super) async fn more(
    op: &Op,
    tx: &mut Tx,
    input: &FindingInput,
    locked: &Locked,
    acted: &Acted,
) -> Result<Option<(&'static str, String)>> {
    if input.action == FindingAction::Assign {
        let found = store::findings::person(tx, input.to.trim()).await?;
        let (id, name) =
            found.ok_or_else(|| Error::field("to", "Nobody here has this e-mail address."))?;
        store::findings::assign(tx, input.finding, id).await?;
        return Ok(Some(("assigned_to", name)));
    }
    let wide = input.action == FindingAction::Except && input.scope == ExceptionScope::Identity;
    let (Some(until), true) = (acted.excepted_until, wide) else {
        return Ok(None);
    };
    let Some((identity, name)) = &locked.identity else {
        return Err(Error::field(
            "scope",
            "This finding is on no identity; except it alone.",
        ));
    };
    let by = op.actor.person().map(|person| person.id);
    let what = (locked.rule.as_str(), *identity);
    store::findings::except_rule(tx, what, &acted.note, until, by, op.now).await?;
    Ok(Some(("scope", format!("every {} on {name}", locked.rule))))
}
