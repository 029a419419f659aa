//! The ids of an immutable subject are wildcards.

use crate::trust::admits::Ring;
use crate::trust::glob::ANY;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["immutable-id-wildcarded"],
    severity: Severity::Medium,
    why: "The id is there so that the name cannot pass to somebody else; a wildcard takes that away.",
    exploit: "The owner is renamed or deleted, an attacker registers the name, and the wildcard takes their id.",
    fix: "Write the numbers: `gh api repos/OWNER/REPO --jq '.owner.id, .id'`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        if sub.is(Platform::GitHub)
            && sub.value.shape().contains(&format!("@{ANY}"))
            && sub.rest_ring() > Ring::Repository
        {
            report.say(
                "immutable-id-wildcarded",
                sub.value.span,
                format!("\u{201c}{}\u{201d} leaves an id open", sub.value.text),
            );
        }
    }
}
