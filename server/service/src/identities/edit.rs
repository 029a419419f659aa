//! Editing what an identity says of itself, with a reason. The judgement is `domain::identity::edit`'s.

use std::collections::HashMap;

use contract::access::Role;
use contract::identities::EditInput;
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::access::Access;
use domain::identity::edit::{Fields, Names, differences, parse};
use domain::identity::lifecycle::offered::{Standing, may_change};
use domain::identity::selector::NewSelector;
use store::Tx;
use store::identities::edit::selector_row;
use store::identities::write::SelectorRow;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Changes an identity's own fields.
///
/// # Errors
/// [`Error::Forbidden`] when it is another team's, [`Error::Invalid`] with every wrong field, [`Error::Conflict`] when
/// somebody changed it meanwhile or nothing differs.
pub async fn edit(op: &Op, input: &EditInput) -> Result<IdentityId> {
    op.require(Access::ChangeIdentity)?;
    let id: IdentityId = input
        .identity
        .parse()
        .map_err(|_| Error::NotFound("identity"))?;
    let mut tx = op.db().begin().await?;
    let there = store::identities::edit::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("identity"))?;
    allow(op, &there)?;
    if there.version != input.version {
        return Err(Error::Conflict(
            "Somebody changed this identity since the form was opened. Nothing was saved; open it again.".to_owned(),
        ));
    }
    let before = there.fields;
    let (after, reason) = parse(input, &before, there.state).map_err(Error::Invalid)?;
    let names = check(op, &mut tx, &before, &after).await?;
    let changes = differences(&before, &after, &names);
    if changes.is_empty() {
        return Err(Error::Conflict(
            "Nothing differs from what stood there before.".to_owned(),
        ));
    }
    save(op, &mut tx, id, &before, &after).await?;
    crate::posture::refresh(op, &mut tx, &[id.0]).await?;
    let fields: Vec<&str> = changes.iter().map(|(field, ..)| field.as_str()).collect();
    let mut done = Done::new(
        "identity.edited",
        "identity",
        &id,
        after.name.clone(),
        format!("Changed {} of {}", listed(&fields), after.name),
    );
    done.changes = changes;
    op.record(&mut tx, done.change("reason", "", reason.to_string()))
        .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(id)
}

fn allow(op: &Op, there: &store::identities::edit::Standing) -> Result<()> {
    let Some(person) = op.actor.person() else {
        return Ok(());
    };
    let standing = Standing {
        state: there.state,
        requested_by: there.requested_by,
        team: there.fields.team,
        owner: there.fields.owner,
        backup_owner: there.fields.backup_owner,
        watch_until: None,
    };
    if may_change(person, &standing) {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "{} belongs to another team. Its owner or security can do this.",
        there.fields.name
    )))
}

/// Names of the people and teams an edit speaks of.
#[derive(Default)]
struct Known {
    teams: HashMap<TeamId, String>,
    people: HashMap<PersonId, String>,
}

impl Names for Known {
    fn team(&self, id: TeamId) -> String {
        self.teams.get(&id).cloned().unwrap_or_default()
    }

    fn person(&self, id: PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_default()
    }
}

/// What only the database knows: that team and people exist, and that names are free.
async fn check(op: &Op, tx: &mut Tx, before: &Fields, after: &Fields) -> Result<Known> {
    let mut known = Known::default();
    for team in [before.team, after.team].into_iter().flatten() {
        let name = store::teams::name(tx, team).await?;
        let gone = || Error::field("team", "There is no such team any more. Choose another.");
        known.teams.insert(team, name.ok_or_else(gone)?);
    }
    if let (Some(person), Some(team)) = (op.actor.person(), after.team)
        && before.team != after.team
        && !person.any(&[Role::Admin, Role::Security])
        && !person.teams.contains(&team)
    {
        return Err(Error::field(
            "team",
            "Choose one of your own teams, or ask security to do it.",
        ));
    }
    for (field, was, is) in [
        ("owner", before.owner, after.owner),
        ("backup_owner", before.backup_owner, after.backup_owner),
    ] {
        for person in [was, is].into_iter().flatten() {
            let name = store::identities::edit::person_name(tx, person).await?;
            known.people.insert(person, name.unwrap_or_default());
        }
        // Who stood there may stay, gone or not; who is new must be here.
        if let Some(new) = is.filter(|_| was != is)
            && store::people::active_name(tx, new).await?.is_none()
        {
            return Err(Error::field(
                field,
                "This person is not here any more. Choose somebody else.",
            ));
        }
    }
    if before.name != after.name && store::identities::write::name_taken(tx, &after.name).await? {
        return Err(Error::field(
            "name",
            "Another identity has this name. Names are unique in the roll.",
        ));
    }
    let rows = added(op, before, after);
    if let Some((value, name)) = store::identities::write::claimed(tx, &rows).await? {
        return Err(Error::field(
            "selectors",
            format!("“{value}” is claimed by {name} already: events can name only one identity."),
        ));
    }
    Ok(known)
}

async fn save(op: &Op, tx: &mut Tx, id: IdentityId, before: &Fields, after: &Fields) -> Result<()> {
    store::identities::edit::save(tx, id, after, op.now).await?;
    let gone: Vec<NewSelector> = without(&before.selectors, &after.selectors);
    store::identities::edit::drop_selectors(tx, id, &gone).await?;
    store::identities::write::insert_selectors(tx, id, &added(op, before, after), op.now).await?;
    Ok(())
}

fn added(op: &Op, before: &Fields, after: &Fields) -> Vec<SelectorRow> {
    without(&after.selectors, &before.selectors)
        .iter()
        .map(|selector| selector_row(op.new_id(), selector))
        .collect()
}

fn without(all: &[NewSelector], others: &[NewSelector]) -> Vec<NewSelector> {
    all.iter()
        .filter(|one| !others.contains(one))
        .cloned()
        .collect()
}

/// `name`, `name and tier`, `name, tier and tags`.
fn listed(fields: &[&str]) -> String {
    match fields {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
