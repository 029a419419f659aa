//! A name-based subject is left beside its immutable twin.

use std::collections::HashSet;

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["duplicate-legacy-credential"],
    severity: Severity::Medium,
    why: "The old form keeps the door open that the new one closes.",
    exploit: "The name passes to somebody else, whose repository still emits the name-based subject.",
    fix: "Remove the name-based subject once the repository emits ids.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let subs = look.subs();
    let twins: HashSet<(&str, &str)> = subs
        .iter()
        .filter(|sub| sub.is(Platform::GitHub) && sub.shape.ids)
        .filter_map(|sub| Some((sub.shape.project.fixed()?, sub.shape.rest.as_str())))
        .collect();
    if twins.is_empty() {
        return;
    }
    for old in subs
        .iter()
        .filter(|sub| sub.is(Platform::GitHub) && !sub.shape.ids)
    {
        let place = old.shape.project.fixed();
        if place.is_some_and(|it| twins.contains(&(it, old.shape.rest.as_str()))) {
            let message = format!(
                "\u{201c}{}\u{201d} stands beside its form with ids",
                old.value.text
            );
            report.say("duplicate-legacy-credential", old.value.span, message);
        }
    }
}
