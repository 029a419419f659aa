//! Runners of an import: entered, or put beside what events told of them.

use std::collections::HashMap;

use contract::imports::{ImportKind, ImportOutcome};
use domain::import::Place;
use domain::import::plan::Changes;
use domain::import::record::Runner;
use store::Tx;
use store::imports::runners::Standing;
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
    for (place, runner) in all {
        let name = runner.shown_name();
        let key = format!("{}:{}:{name}", runner.platform, runner.owner);
        // The platform's own are one for each set of labels, however many a list names.
        let one_of_many = runner.hosted == Some(true);
        if !one_of_many && !run.is_first(ImportKind::Runners, &key, &place, "name") {
            continue;
        }
        let before = standing.get(&runner.id());
        let changes = before.map_or_else(Vec::new, |before| changed(before, &runner));
        let outcome = match (before, changes.is_empty()) {
            (None, _) => ImportOutcome::Create,
            (Some(_), true) => ImportOutcome::Unchanged,
            (Some(_), false) => ImportOutcome::Update,
        };
        store::imports::runners::save(tx, &runner, run.op.now).await?;
        for one in store::imports::runners::standing(tx, &[runner.id()]).await? {
            standing.insert(one.id, one);
        }
        run.tally.line(Line {
            place: &place,
            kind: ImportKind::Runners,
            outcome,
            name: format!("{name} of {}", runner.owner),
            identity: None,
            changes,
            reason: String::new(),
        });
    }
    Ok(())
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
