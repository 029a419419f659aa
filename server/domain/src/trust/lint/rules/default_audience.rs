//! The audience is the platform's default.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["default-audience"],
    severity: Severity::Low,
    why: "The default audience is in every token that a step asks for without saying what it is for.",
    exploit: "A step that should talk to something else holds a token that fits here.",
    fix: "Ask for an audience of this service's own, and bind that.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (_, _, it) in look.claims(&["aud"]) {
        for value in &it.values {
            if value.text.starts_with("https://github.com/")
                || value.text.starts_with("https://buildkite.com/")
            {
                report.say(
                    "default-audience",
                    value.span,
                    format!("\u{201c}{}\u{201d} is the default audience", value.text),
                );
            }
        }
    }
}
