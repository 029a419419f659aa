//! Identities of an import: which of the roll each row is, and what it changes.

mod known;
mod names;

use std::collections::HashMap;

use contract::identities::IdentityState;
use contract::ids::IdentityId;
use contract::imports::{ImportKind, ImportOutcome};
use domain::event::selectors::Selector;
use domain::identity::lifecycle::{Lifecycle, Mark, StateFacts};
use domain::identity::reason::Reason;
use domain::identity::review;
use domain::import::Place;
use domain::import::plan::{self, Changes, Resolved, Row};
use domain::import::record::Identity;
use serde_json::json;
use store::Tx;
use store::imports::write::Saved;
use uuid::Uuid;

use super::Run;
use super::people::one;
use super::tally::Line;
use crate::Result;
use known::{Known, Match, lookup};
use names::{claim, keep_external_id};

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
