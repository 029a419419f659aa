//! A wildcard where only equality is asked.

use crate::trust::Language;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["wildcard-in-exact-operator"],
    severity: Severity::Medium,
    why: "The star is a plain character here, so no token ever matches.",
    exploit: "Every token is refused; the repair under pressure is usually too wide.",
    fix: "Write the value out, or use the operator with wildcards (StringLike, matches, glob) where the set is really wanted.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let questions = matches!(look.trust.language(), Language::Aws);
    for grant in &look.grants {
        for it in grant.all.iter().filter(|it| it.exact) {
            for value in it
                .values
                .iter()
                .filter(|value| value.text.contains('*') || questions && value.text.contains('?'))
            {
                // `${*}` is the escape for the character itself.
                if !value.text.contains("${*}") && !value.text.contains("${?}") {
                    report.say(
                        "wildcard-in-exact-operator",
                        value.span,
                        format!(
                            "\u{201c}{}\u{201d} under {} is compared character by character",
                            value.text, it.operator
                        ),
                    );
                }
            }
        }
    }
}
