//! Runners of an import: entered, or put beside what events told of them. A chunk of them costs a handful of statements.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use contract::imports::{ImportKind, ImportOutcome};
use domain::import::Place;
use domain::import::plan::Changes;
use domain::import::record::Runner;
use store::Tx;
use store::imports::runners::{Listed, Standing};
use uuid::Uuid;

use super::Run;
use super::tally::Line;
use crate::Result;

/// Takes listed runners in.
pub(super) async fn take(run: &mut Run<'_>, tx: &mut Tx, all: Vec<(Place, Runner)>) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = all.iter().map(|(_, runner)| runner.id()).collect();
    let standing = store::imports::runners::standing(tx, &ids).await?;
    let mut standing: HashMap<Uuid, Standing> =
        standing.into_iter().map(|one| (one.id, one)).collect();
    // In one order for everybody: detection writes them too.
    let mut listed: BTreeMap<Uuid, Listed> = BTreeMap::new();
    for (place, runner) in all {
        let (id, name) = (runner.id(), runner.shown_name());
        let key = format!("{}:{}:{name}", runner.platform, runner.owner);
        // The platform's own are one for each set of labels, however many a list names.
        let one_of_many = runner.hosted == Some(true);
        if !one_of_many && !run.is_first(ImportKind::Runners, &key, &place, "name") {
            continue;
        }
        let before = standing.remove(&id);
        let changes = before
            .as_ref()
            .map_or_else(Vec::new, |before| changed(before, &runner));
        let outcome = match (&before, changes.is_empty()) {
            (None, _) => ImportOutcome::Create,
            (Some(_), true) => ImportOutcome::Unchanged,
            (Some(_), false) => ImportOutcome::Update,
        };
        run.tally.line(Line {
            place: &place,
            kind: ImportKind::Runners,
            outcome,
            name: format!("{name} of {}", runner.owner),
            identity: None,
            changes,
            reason: String::new(),
        });
        let one = listed.entry(id).or_insert_with(|| said(id, name, &runner));
        note(one, before.as_ref(), &runner, run.op.now);
        standing.insert(id, after(before, id, runner));
    }
    let listed: Vec<Listed> = listed.into_values().collect();
    store::imports::runners::save(tx, &listed, run.op.now).await?;
    Ok(())
}

/// A runner of which nothing but its name is said so far.
fn said(id: Uuid, name: String, runner: &Runner) -> Listed {
    Listed {
        id,
        platform: runner.platform,
        owner: runner.owner.clone(),
        name,
        hosted: None,
        ephemeral: None,
        group: None,
        labels: None,
        online: None,
        seen: None,
        repositories: Vec::new(),
    }
}

/// Adds what one more row says; the later row is right.
fn note(one: &mut Listed, before: Option<&Standing>, row: &Runner, now: DateTime<Utc>) {
    one.hosted = row.hosted.or(one.hosted);
    one.ephemeral = row.ephemeral.or(one.ephemeral);
    one.online = row.online.or(one.online);
    one.group = row.group.clone().or(one.group.take());
    one.labels = row.labels.clone().or(one.labels.take());
    if let Some(at) = row.last_seen {
        let (first, last) = one.seen.unwrap_or((at, at));
        one.seen = Some((first.min(at), last.max(at)));
    }
    let at = row.last_seen.unwrap_or(now);
    let new = row
        .repositories
        .iter()
        .filter(|name| before.is_none_or(|before| !before.repositories.contains(name)));
    one.repositories.extend(new.map(|name| (name.clone(), at)));
}

/// A runner as it stands once a row is saved, for the rows that follow.
fn after(before: Option<Standing>, id: Uuid, row: Runner) -> Standing {
    let Some(mut stands) = before else {
        return Standing {
            id,
            hosted: row.hosted,
            // The platform's own are made for one job, unless a list says otherwise.
            ephemeral: row.ephemeral.or(row.hosted.filter(|hosted| *hosted)),
            group: row.group.unwrap_or_default(),
            labels: row.labels.unwrap_or_default(),
            online: row.online,
            repositories: row.repositories,
        };
    };
    stands.hosted = row.hosted.or(stands.hosted);
    stands.ephemeral = row.ephemeral.or(stands.ephemeral);
    stands.online = row.online.or(stands.online);
    stands.group = row.group.unwrap_or(stands.group);
    stands.labels = row.labels.unwrap_or(stands.labels);
    for name in row.repositories {
        if !stands.repositories.contains(&name) {
            stands.repositories.push(name);
        }
    }
    stands
}

/// What a list says otherwise than what stands; that something was listed or seen again is no change.
fn changed(before: &Standing, listed: &Runner) -> Changes {
    let word = |flag: Option<bool>| {
        flag.map_or("", |yes| if yes { "yes" } else { "no" })
            .to_owned()
    };
    let flag = |field: &str, before: Option<bool>, after: Option<bool>| {
        after
            .filter(|_| before != after)
            .map(|_| (field.to_owned(), word(before), word(after)))
    };
    let text = |field: &str, before: String, after: Option<String>| {
        after
            .filter(|after| *after != before)
            .map(|after| (field.to_owned(), before, after))
    };
    let sorted = |labels: &[String]| {
        let mut labels = labels.to_vec();
        labels.sort_unstable();
        labels.join(", ")
    };
    let new: Vec<&str> = listed
        .repositories
        .iter()
        .filter(|one| !before.repositories.contains(one))
        .map(String::as_str)
        .collect();
    [
        flag("hosted", before.hosted, listed.hosted),
        flag("ephemeral", before.ephemeral, listed.ephemeral),
        flag("online", before.online, listed.online),
        text("group", before.group.clone(), listed.group.clone()),
        text(
            "labels",
            sorted(&before.labels),
            listed.labels.as_deref().map(sorted),
        ),
        text("repositories", String::new(), Some(new.join(", "))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
