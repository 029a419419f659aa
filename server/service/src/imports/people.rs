//! Teams and people of an import.

use std::collections::HashMap;

use contract::access::Role;
use contract::ids::{PersonId, TeamId};
use contract::imports::{ImportKind, ImportOutcome};
use contract::people::TeamRef;
use domain::import::Place;
use domain::import::plan::Changes;
use domain::import::record::{Person, Team};
use store::Tx;
use store::people::NewPerson;

use super::Run;
use super::tally::Line;
use crate::Result;

/// Words that turned out to be somebody: the word in lower case, id and name.
pub(super) type Directory<T> = HashMap<String, Vec<(T, String)>>;

fn directory<T: PartialEq>(found: Vec<(String, T, String)>) -> Directory<T> {
    let mut all: Directory<T> = HashMap::new();
    for (word, id, name) in found {
        let known = all.entry(word).or_default();
        if !known.iter().any(|(other, _)| *other == id) {
            known.push((id, name));
        }
    }
    all
}

/// People of these words.
pub(super) async fn find_people(tx: &mut Tx, words: Vec<&str>) -> Result<Directory<PersonId>> {
    let mut words: Vec<String> = words.into_iter().map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    Ok(directory(store::imports::lookup::people(tx, &words).await?))
}

/// Teams of these words.
pub(super) async fn find_teams(tx: &mut Tx, words: Vec<&str>) -> Result<Directory<TeamId>> {
    let mut words: Vec<String> = words.into_iter().map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    Ok(directory(store::imports::lookup::teams(tx, &words).await?))
}

/// The one a word means, or a problem beside the field.
pub(super) fn one<T: Copy>(
    run: &mut Run<'_>,
    place: &Place,
    field: &str,
    word: &str,
    all: &Directory<T>,
    what: &str,
) -> Option<(T, String)> {
    let word_shown = domain::import::fields::cut(word);
    match all.get(&word.to_lowercase()).map(Vec::as_slice) {
        Some([(id, name)]) => Some((*id, name.clone())),
        Some([(_, first), (_, second), ..]) => {
            run.tally.problem(place.problem(
                field,
                format!("“{word_shown}” could be {first} or {second}; give the {what}"),
            ));
            None
        }
        _ => {
            let kind = if what == "slug" { "team" } else { "person" };
            run.tally.problem(place.problem(
                field,
                format!("there is no {kind} “{word_shown}” in the roll; import it first, or give the {what}"),
            ));
            None
        }
    }
}

fn outcome(new: bool, changes: &Changes) -> ImportOutcome {
    match (new, changes.is_empty()) {
        (true, _) => ImportOutcome::Create,
        (false, true) => ImportOutcome::Unchanged,
        (false, false) => ImportOutcome::Update,
    }
}

fn text(field: &str, before: &str, after: &str) -> Option<(String, String, String)> {
    (before != after).then(|| (field.to_owned(), before.to_owned(), after.to_owned()))
}

pub(super) async fn teams(run: &mut Run<'_>, tx: &mut Tx, all: Vec<(Place, Team)>) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut words: Vec<&str> = Vec::new();
    for (_, team) in &all {
        words.extend(team.lead.as_deref());
        words.extend(team.members.iter().map(String::as_str));
    }
    let people = find_people(tx, words).await?;
    for (place, team) in all {
        if !run.is_first(ImportKind::Teams, &team.slug, &place, "slug") {
            continue;
        }
        let before = run.tally.progress().problems;
        let lead = match &team.lead {
            Some(word) => one(run, &place, "lead", word, &people, "e-mail address"),
            None => None,
        };
        let mut members = Vec::new();
        for word in &team.members {
            members.extend(one(run, &place, "members", word, &people, "e-mail address"));
        }
        if run.tally.progress().problems == before {
            team_row(run, tx, &place, team, lead, members).await?;
        }
    }
    Ok(())
}

async fn team_row(
    run: &mut Run<'_>,
    tx: &mut Tx,
    place: &Place,
    team: Team,
    lead: Option<(PersonId, String)>,
    members: Vec<(PersonId, String)>,
) -> Result<()> {
    let standing = store::imports::people::team(tx, &team.slug).await?;
    let old_name = standing
        .as_ref()
        .map(|team| team.name.clone())
        .unwrap_or_default();
    let old_lead = standing
        .as_ref()
        .and_then(|team| team.lead_name.clone())
        .unwrap_or_default();
    let name = team.name.clone().unwrap_or_else(|| {
        if old_name.is_empty() {
            team.slug.clone()
        } else {
            old_name.clone()
        }
    });
    let lead_name = lead
        .as_ref()
        .map_or_else(|| old_lead.clone(), |(_, name)| name.clone());
    let ids: Vec<PersonId> = members.iter().map(|(id, _)| *id).collect();
    let new = standing.is_none();
    let id = if let Some(known) = &standing {
        let lead = lead.map(|(id, _)| id.0).or(known.lead);
        store::imports::people::save_team(tx, known.id, &name, lead).await?;
        TeamId(known.id)
    } else {
        let id = TeamId(run.op.new_id());
        let made = TeamRef {
            id,
            slug: team.slug.clone(),
            name: name.clone(),
        };
        store::teams::insert(tx, &made, lead.map(|(id, _)| id), &[], run.op.now).await?;
        id
    };
    let joined = store::imports::people::join(tx, id, &ids).await?;
    let joined: Vec<String> = members
        .into_iter()
        .filter(|(id, _)| joined.contains(&id.0))
        .map(|(_, name)| name)
        .collect();
    let changes: Changes = [
        text("name", &old_name, &name),
        text("lead", &old_lead, &lead_name),
        text("members", "", &joined.join(", ")),
    ]
    .into_iter()
    .flatten()
    .collect();
    run.tally.line(Line {
        place,
        kind: ImportKind::Teams,
        outcome: outcome(new, &changes),
        name,
        identity: None,
        changes,
        reason: String::new(),
    });
    Ok(())
}

pub(super) async fn people(
    run: &mut Run<'_>,
    tx: &mut Tx,
    all: Vec<(Place, Person)>,
) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut words: Vec<&str> = Vec::new();
    for (_, person) in &all {
        words.extend(person.teams.iter().map(String::as_str));
    }
    let teams = find_teams(tx, words).await?;
    // Whoever may import is not thereby somebody who gives out roles.
    let gives_roles = run
        .op
        .actor
        .person()
        .is_none_or(|person| person.any(&[Role::Admin]));
    for (place, person) in all {
        if !run.is_first(ImportKind::People, &person.email, &place, "email") {
            continue;
        }
        let before = run.tally.progress().problems;
        if person.roles.is_some() && !gives_roles {
            run.tally
                .problem(place.problem("roles", "only an administrator may give roles"));
        }
        let mut joins = Vec::new();
        for word in &person.teams {
            joins.extend(one(run, &place, "teams", word, &teams, "slug"));
        }
        if run.tally.progress().problems == before {
            person_row(run, tx, &place, person, joins).await?;
        }
    }
    Ok(())
}

async fn person_row(
    run: &mut Run<'_>,
    tx: &mut Tx,
    place: &Place,
    person: Person,
    joins: Vec<(TeamId, String)>,
) -> Result<()> {
    let standing = store::imports::people::person(tx, &person.email).await?;
    let new = standing.is_none();
    let (id, mut changes) = match standing {
        Some(known) => {
            let mut next = known.clone();
            if let Some(name) = &person.name {
                next.name.clone_from(name);
            }
            if let Some(roles) = &person.roles {
                next.roles = roles.iter().map(|role| role.as_str().to_owned()).collect();
            }
            next.active = person.active.unwrap_or(known.active);
            if let Some(zone) = &person.time_zone {
                next.time_zone.clone_from(zone);
            }
            let mut held = known.roles.clone();
            held.sort_unstable();
            let mut holds = next.roles.clone();
            holds.sort_unstable();
            let word = |active: bool| if active { "yes" } else { "no" };
            let changes: Changes = [
                text("name", &known.name, &next.name),
                text("roles", &held.join(", "), &holds.join(", ")),
                text("active", word(known.active), word(next.active)),
                text("time_zone", &known.time_zone, &next.time_zone),
            ]
            .into_iter()
            .flatten()
            .collect();
            if !changes.is_empty() {
                store::imports::people::save_person(tx, &next).await?;
            }
            if known.active != next.active {
                run.left.push(PersonId(known.id));
            }
            (PersonId(known.id), changes)
        }
        None => (insert(run, tx, &person).await?, Vec::new()),
    };
    let mut joined = Vec::new();
    for (team, name) in joins {
        if !store::imports::people::join(tx, team, &[id])
            .await?
            .is_empty()
        {
            joined.push(name);
        }
    }
    changes.extend(text("teams", "", &joined.join(", ")));
    run.tally.line(Line {
        place,
        kind: ImportKind::People,
        outcome: outcome(new, &changes),
        name: person.name.unwrap_or(person.email),
        identity: None,
        changes,
        reason: String::new(),
    });
    Ok(())
}

async fn insert(run: &Run<'_>, tx: &mut Tx, person: &Person) -> Result<PersonId> {
    let id = PersonId(run.op.new_id());
    let made = NewPerson {
        id,
        name: person.name.clone().unwrap_or_else(|| person.email.clone()),
        email: person.email.clone(),
        roles: person.roles.clone().unwrap_or_default(),
        active: person.active.unwrap_or(true),
        time_zone: person.time_zone.clone().unwrap_or_else(|| "UTC".to_owned()),
        demo_story: None,
    };
    store::people::insert(tx, &made, run.op.now).await?;
    Ok(id)
}
