//! CODEOWNERS files of an import.

use contract::imports::{ImportKind, ImportOutcome};
use domain::identity::code_owners::Rule;
use domain::import::Place;
use domain::import::plan::Changes;
use domain::import::record::CodeOwners;
use store::Tx;

use super::Run;
use super::tally::Line;
use crate::Result;

/// Takes the lines of each repository in, instead of what stood for it.
pub(super) async fn take(
    run: &mut Run<'_>,
    tx: &mut Tx,
    all: Vec<(Place, CodeOwners)>,
) -> Result<()> {
    for (place, file) in all {
        let repository = file.repository.clone();
        let standing =
            store::imports::code_owners::rules(tx, std::slice::from_ref(&repository)).await?;
        let before = standing.into_iter().next().map(|(_, rules)| rules);
        let changes = compared(before.as_deref().unwrap_or_default(), &file.rules);
        let outcome = match (&before, changes.is_empty()) {
            (None, _) => ImportOutcome::Create,
            (Some(_), true) => ImportOutcome::Unchanged,
            (Some(_), false) => ImportOutcome::Update,
        };
        if outcome != ImportOutcome::Unchanged {
            store::imports::code_owners::save(tx, &repository, &file.rules, &run.file, run.op.now)
                .await?;
        }
        run.tally.line(Line {
            place: &place,
            kind: ImportKind::CodeOwners,
            outcome,
            name: repository,
            identity: None,
            changes,
            reason: String::new(),
        });
    }
    Ok(())
}

/// Patterns whose owners changed: pattern, before, after. Where a line stands is no change.
fn compared(before: &[Rule], after: &[Rule]) -> Changes {
    let key = |rule: &Rule| match rule.section.as_str() {
        "" => rule.pattern.clone(),
        section => format!("[{section}] {}", rule.pattern),
    };
    let said = |rules: &[Rule], pattern: &str| {
        let last = rules.iter().rfind(|rule| key(rule) == pattern);
        last.map_or(String::new(), |rule| match rule.owners.as_slice() {
            [] => "nobody".to_owned(),
            owners => owners.join(" "),
        })
    };
    let mut patterns: Vec<String> = before.iter().chain(after).map(key).collect();
    patterns.sort_unstable();
    patterns.dedup();
    let changed = patterns.into_iter().filter_map(|pattern| {
        let (old, new) = (said(before, &pattern), said(after, &pattern));
        (old != new).then_some((pattern, old, new))
    });
    changed.collect()
}
