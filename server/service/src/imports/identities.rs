//! Identities of an import: which of the roll each row is, and what it changes.

use std::collections::{HashMap, HashSet};

use contract::identities::IdentityState;
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::imports::{ImportKind, ImportOutcome};
use domain::event::selectors::{Selector, key, same};
use domain::identity::lifecycle::{Lifecycle, Mark, StateFacts};
use domain::identity::reason::Reason;
use domain::identity::review;
use domain::import::Place;
use domain::import::plan::{self, Changes, Resolved, Row};
use domain::import::record::Identity;
use serde_json::json;
use store::Tx;
use store::imports::write::Saved;
use store::selectors::Registered;
use uuid::Uuid;

use super::Run;
use super::people::{Directory, find_people, find_teams, one};
use super::tally::Line;
use crate::Result;

/// What the roll knows of a chunk's names.
struct Known {
    external: HashMap<(String, String), Uuid>,
    external_of: HashMap<Uuid, Vec<(String, String)>>,
    names: HashMap<String, Uuid>,
    selectors: Vec<Registered>,
    values: HashSet<(Uuid, String)>,
    rows: HashMap<Uuid, Row>,
    people: Directory<PersonId>,
    teams: Directory<TeamId>,
}

/// What a chunk will save.
#[derive(Default)]
struct Batch {
    enter: Vec<Saved>,
    change: Vec<Saved>,
    external: Vec<(IdentityId, &'static str, String)>,
    selectors: Vec<(Uuid, IdentityId, Selector)>,
    conflicts: Vec<(IdentityId, IdentityId, Selector)>,
    /// Who claims a name within this chunk.
    claims: HashMap<(&'static str, String, String), (IdentityId, String)>,
    /// Names taken within this chunk.
    names: HashMap<String, IdentityId>,
}

pub(super) async fn take(
    run: &mut Run<'_>,
    tx: &mut Tx,
    all: Vec<(Place, Identity)>,
) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let known = lookup(tx, &all).await?;
    let mut batch = Batch::default();
    for (place, record) in all {
        if is_repeated(run, &place, &record) {
            continue;
        }
        one_row(run, tx, &known, &mut batch, &place, record).await?;
    }
    let now = run.op.now;
    store::imports::write::enter(tx, &batch.enter, now).await?;
    store::imports::write::change(tx, &batch.change, now).await?;
    store::imports::write::external_ids(tx, &batch.external).await?;
    store::imports::write::selectors(tx, &batch.selectors, now).await?;
    store::imports::write::conflicts(tx, &batch.conflicts, now).await?;
    Ok(())
}

/// Whether another row spoke of it. A vendor's list may name one thing twice; a person's may not.
fn is_repeated(run: &mut Run<'_>, place: &Place, record: &Identity) -> bool {
    let id = record
        .external_id
        .as_ref()
        .map(|id| format!("{}\u{0}{}", id.space, id.value));
    if record.guessed {
        return id.is_some_and(|id| {
            run.seen
                .insert((ImportKind::Identities, id), place.row)
                .is_some()
        });
    }
    let fresh = record
        .external_id
        .as_ref()
        .is_none_or(|id| run.is_first(ImportKind::Identities, &id.value, place, "external_id"));
    !(fresh && run.is_first(ImportKind::Identities, &record.name, place, "name"))
}

async fn lookup(tx: &mut Tx, all: &[(Place, Identity)]) -> Result<Known> {
    use store::imports::lookup as find;
    let records = || all.iter().map(|(_, record)| record);
    let (spaces, values): (Vec<String>, Vec<String>) = records()
        .filter_map(|record| record.external_id.as_ref())
        .map(|id| (id.space.to_owned(), id.value.clone()))
        .unzip();
    let external: HashMap<(String, String), Uuid> = find::by_external_id(tx, &spaces, &values)
        .await?
        .into_iter()
        .map(|(space, value, id)| ((space, value), id))
        .collect();
    let names: Vec<String> = records().map(|record| record.name.clone()).collect();
    let names = find::by_name(tx, &names).await?;
    let offered: Vec<Selector> = records()
        .flat_map(|record| &record.selectors)
        .map(of)
        .collect();
    let numbers: Vec<String> = offered
        .iter()
        .filter_map(|name| key(name.0, &name.1, &name.2).ids)
        .collect();
    let selectors = store::selectors::candidates(tx, &offered, &numbers).await?;
    // An export carries the roll's own ids.
    let own = values
        .iter()
        .filter_map(|value| Uuid::parse_str(value).ok());
    let mut ids: Vec<Uuid> = external
        .values()
        .chain(names.values())
        .copied()
        .chain(own)
        .collect();
    ids.extend(selectors.iter().map(|registered| registered.identity.0));
    ids.sort_unstable();
    ids.dedup();
    let mut external_of: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for (id, space, value) in find::external_ids(tx, &ids).await? {
        external_of.entry(id).or_default().push((space, value));
    }
    let values = find::selector_values(tx, &ids).await?;
    let words = records().flat_map(|record| {
        record
            .owner
            .iter()
            .chain(&record.backup_owner)
            .map(String::as_str)
    });
    let teams = records().filter_map(|record| record.team.as_deref());
    Ok(Known {
        rows: find::rows(tx, &ids).await?,
        people: find_people(tx, words.collect()).await?,
        teams: find_teams(tx, teams.collect()).await?,
        values: values
            .into_iter()
            .map(|(id, value)| (id.0, value))
            .collect(),
        external,
        external_of,
        names,
        selectors,
    })
}

fn of(selector: &domain::identity::selector::NewSelector) -> Selector {
    (
        selector.kind,
        selector.issuer.clone(),
        selector.value.clone(),
    )
}

/// Which identity of the roll a record is.
enum Match {
    /// None: it is new.
    New,
    /// This one.
    Known(Uuid),
    /// It contradicts the roll; the sentence says how.
    Conflict(String),
}

impl Known {
    /// Whether the system that gave the record its id knows this identity by another one.
    fn is_another(&self, id: Uuid, record: &Identity) -> bool {
        record.external_id.as_ref().is_some_and(|own| {
            let ids = self.external_of.get(&id).into_iter().flatten();
            let mut same_space = ids.filter(|(space, _)| space == own.space).peekable();
            same_space.peek().is_some() && !same_space.any(|(_, value)| *value == own.value)
        })
    }

    fn name(&self, id: Uuid) -> &str {
        self.rows.get(&id).map_or("", |row| row.name.as_str())
    }

    /// By external id, else by a name of the outside world, else by its own name.
    fn find(&self, record: &Identity) -> Match {
        if let Some(own) = &record.external_id {
            if let Some(id) = self
                .external
                .get(&(own.space.to_owned(), own.value.clone()))
            {
                return Match::Known(*id);
            }
            if let Ok(id) = Uuid::parse_str(&own.value)
                && own.space == "own"
                && self.rows.contains_key(&id)
            {
                return Match::Known(id);
            }
        }
        let mut holders: Vec<Uuid> = record
            .selectors
            .iter()
            .flat_map(|offered| self.holders(&of(offered)))
            .filter(|id| !self.is_another(*id, record))
            .collect();
        holders.sort_unstable();
        holders.dedup();
        match holders.as_slice() {
            [] => {}
            [id] => return Match::Known(*id),
            [first, second, ..] => {
                return Match::Conflict(format!(
                    "its selectors belong to two identities of the roll, {} and {}; merge those first",
                    self.name(*first),
                    self.name(*second)
                ));
            }
        }
        match self.names.get(&record.name) {
            Some(_) if record.guessed => Match::New,
            Some(id) if self.is_another(*id, record) => Match::Conflict(format!(
                "{} is in the roll under another external id ({})",
                record.name,
                self.external_of[id]
                    .iter()
                    .map(|(_, value)| value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
            Some(id) => Match::Known(*id),
            None => Match::New,
        }
    }

    fn holders(&self, offered: &Selector) -> Vec<Uuid> {
        let registered = self.selectors.iter();
        registered
            .filter(|one| same(&one.selector, offered))
            .map(|one| one.identity.0)
            .collect()
    }
}

async fn one_row(
    run: &mut Run<'_>,
    tx: &mut Tx,
    known: &Known,
    batch: &mut Batch,
    place: &Place,
    mut record: Identity,
) -> Result<()> {
    let Some(resolved) = resolve(run, known, place, &record) else {
        return Ok(());
    };
    let standing = match known.find(&record) {
        Match::New => None,
        Match::Known(id) => known.rows.get(&id).map(|row| (IdentityId(id), row)),
        Match::Conflict(why) => {
            conflict(run, place, &record.name, None, why);
            return Ok(());
        }
    };
    if record.guessed && standing.is_none() {
        record.name = free_name(tx, batch, &record.name).await?;
    }
    let judged = match standing {
        Some((_, row)) => plan::change(row, &record, &resolved),
        None => plan::enter(&record, &resolved),
    };
    let row = match judged {
        Ok(row) => row,
        Err(why) => {
            conflict(
                run,
                place,
                &record.name,
                standing.map(|(id, _)| id),
                why.to_string(),
            );
            return Ok(());
        }
    };
    let id = standing.map_or_else(|| IdentityId(run.op.new_id()), |(id, _)| id);
    let other = known
        .names
        .get(&row.name)
        .copied()
        .map(IdentityId)
        .or_else(|| batch.names.get(&row.name).copied());
    if other.is_some_and(|other| other != id) {
        conflict(
            run,
            place,
            &record.name,
            Some(id),
            format!("another identity is called {} already", row.name),
        );
        return Ok(());
    }
    batch.names.insert(row.name.clone(), id);
    let mut changes = plan::diff(standing.map(|(_, row)| row), &row);
    let claimed = claim(
        run,
        known,
        batch,
        place,
        id,
        &row,
        &record,
        standing.is_none(),
    );
    changes.extend(claimed);
    keep_external_id(known, batch, id, &record);
    save(
        run,
        batch,
        place,
        standing.map(|(_, row)| row),
        id,
        row,
        &record,
        changes,
    );
    Ok(())
}

/// Who the words mean; absent when one of them means nobody, which is a problem of the row.
fn resolve(run: &mut Run<'_>, known: &Known, place: &Place, record: &Identity) -> Option<Resolved> {
    let before = run.tally.progress().problems;
    let mut person = |field: &str, word: &Option<String>| {
        word.as_ref()
            .and_then(|word| one(run, place, field, word, &known.people, "e-mail address"))
    };
    let (owner, backup_owner) = (
        person("owner", &record.owner),
        person("backup_owner", &record.backup_owner),
    );
    let team = record
        .team
        .as_ref()
        .and_then(|word| one(run, place, "team", word, &known.teams, "slug"));
    (run.tally.progress().problems == before).then_some(Resolved {
        team,
        owner,
        backup_owner,
    })
}

fn conflict(
    run: &mut Run<'_>,
    place: &Place,
    name: &str,
    identity: Option<IdentityId>,
    reason: String,
) {
    run.tally.line(Line {
        place,
        kind: ImportKind::Identities,
        outcome: ImportOutcome::Conflict,
        name: name.to_owned(),
        identity,
        changes: Vec::new(),
        reason,
    });
}

/// A vendor's name, numbered when something else has it.
async fn free_name(tx: &mut Tx, batch: &Batch, wanted: &str) -> Result<String> {
    let mut name = wanted.to_owned();
    for place in 2.. {
        if !batch.names.contains_key(&name)
            && !store::identities::write::name_taken(tx, &name).await?
        {
            break;
        }
        name = format!("{wanted} #{place}");
    }
    Ok(name)
}

/// Registers its names. One that another identity holds is left out and told with both names.
fn claim(
    run: &mut Run<'_>,
    known: &Known,
    batch: &mut Batch,
    place: &Place,
    id: IdentityId,
    row: &Row,
    record: &Identity,
    new: bool,
) -> Changes {
    let mut changes = Vec::new();
    for selector in &record.selectors {
        let name = of(selector);
        if known.values.contains(&(id.0, name.2.clone())) {
            continue;
        }
        let holders = known.holders(&name);
        if holders.contains(&id.0) {
            continue;
        }
        let claims = (name.0.as_str(), name.1.clone(), name.2.clone());
        let holder = holders
            .first()
            .map(|holder| (IdentityId(*holder), known.name(*holder).to_owned()))
            .or_else(|| {
                batch
                    .claims
                    .get(&claims)
                    .filter(|(holder, _)| *holder != id)
                    .cloned()
            });
        if let Some((holder, held_by)) = holder {
            let why = format!(
                "“{}” is claimed by {held_by} already: events can name only one identity. {} was taken without it",
                domain::import::fields::cut(&name.2),
                row.name
            );
            conflict(run, place, &row.name, (!new).then_some(id), why);
            batch.conflicts.push((id, holder, name));
            continue;
        }
        if batch
            .claims
            .insert(claims, (id, row.name.clone()))
            .is_none()
        {
            changes.push((
                "selector".to_owned(),
                String::new(),
                format!("{} {}", name.0, name.2),
            ));
            batch.selectors.push((run.op.new_id(), id, name));
        }
    }
    changes
}

fn keep_external_id(known: &Known, batch: &mut Batch, id: IdentityId, record: &Identity) {
    if let Some(own) = &record.external_id
        && !known
            .external
            .contains_key(&(own.space.to_owned(), own.value.clone()))
        && own.value != id.to_string()
    {
        batch.external.push((id, own.space, own.value.clone()));
    }
}

fn save(
    run: &mut Run<'_>,
    batch: &mut Batch,
    place: &Place,
    before: Option<&Row>,
    id: IdentityId,
    row: Row,
    record: &Identity,
    changes: Changes,
) {
    let outcome = match (before, changes.is_empty()) {
        (None, _) => ImportOutcome::Create,
        (Some(_), true) => ImportOutcome::Unchanged,
        (Some(_), false) => ImportOutcome::Update,
    };
    run.tally.line(Line {
        place,
        kind: ImportKind::Identities,
        outcome,
        name: row.name.clone(),
        identity: before.map(|_| id),
        changes: changes.clone(),
        reason: String::new(),
    });
    let saved = Saved {
        id,
        facts: facts(run, row.state),
        discovery: (row.state == IdentityState::Discovered).then(|| evidence(run, record)),
        next_review_at: (row.state == IdentityState::Active)
            .then(|| review::next(None, run.op.now)),
        last_used_at: record.last_used_at,
        row,
    };
    match outcome {
        ImportOutcome::Create => {
            run.entered.insert(id.0);
            batch.enter.push(saved);
        }
        // A later use is no change of what somebody decided, so the record stays silent; the roll does not.
        ImportOutcome::Unchanged if record.last_used_at.is_none() => return,
        _ => batch.change.push(saved),
    }
    run.touched.insert(id.0);
    if !changes.is_empty() {
        run.change(id.0, changes);
    }
}

fn facts(run: &Run<'_>, state: IdentityState) -> StateFacts {
    let mark = Mark {
        by: run.op.actor.person().map(|person| person.id),
        at: run.op.now,
    };
    match state {
        IdentityState::Requested => Lifecycle::Requested {
            by: mark.by,
            at: mark.at,
        },
        IdentityState::Suspended => Lifecycle::Suspended {
            mark,
            reason: Reason::kept(&format!("Imported as suspended from {}", run.file)),
        },
        IdentityState::Active => Lifecycle::Active { since: mark.at },
        _ => Lifecycle::Discovered { since: mark.at },
    }
    .facts()
}

fn evidence(run: &Run<'_>, record: &Identity) -> serde_json::Value {
    let evidence = if record.evidence.is_empty() {
        "Row of an imported file"
    } else {
        record.evidence.as_str()
    };
    json!({
        "evidence": evidence,
        "source": run.file,
        "imported_at": run.op.now,
        "suggested_owner": record.suggested_owner.as_ref().map(|(who, _)| who),
        "suggested_by": record.suggested_owner.as_ref().map(|(_, source)| source),
    })
}
