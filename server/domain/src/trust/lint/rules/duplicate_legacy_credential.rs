//! A name-based subject is left beside its immutable twin.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::{Look, Sub};
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
    let twins: Vec<&Sub> = subs
        .iter()
        .filter(|sub| {
            sub.is(Platform::GitHub) && sub.shape.ids && sub.shape.project.fixed().is_some()
        })
        .collect();
    if twins.is_empty() {
        return;
    }
    for old in subs
        .iter()
        .filter(|sub| sub.is(Platform::GitHub) && !sub.shape.ids)
    {
        let same =
            |new: &&Sub| new.shape.project == old.shape.project && new.shape.rest == old.shape.rest;
        if twins.iter().any(same) {
            let message = format!(
                "\u{201c}{}\u{201d} stands beside its form with ids",
                old.value.text
            );
            report.say("duplicate-legacy-credential", old.value.span, message);
        }
    }
}
