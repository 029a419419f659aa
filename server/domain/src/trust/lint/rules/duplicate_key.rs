//! A key stands twice in one object.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["duplicate-key"],
    severity: Severity::High,
    why: "Of two equal keys a decoder keeps one, and not everyone the same one.",
    exploit: "What was reviewed is not what is in force.",
    fix: "Join the two into one.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (key, span) in &look.trust.duplicates {
        report.say(
            "duplicate-key",
            *span,
            format!("\u{201c}{key}\u{201d} stands twice in one object"),
        );
    }
}
