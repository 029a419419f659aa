//! A flexible credential is written as a regular expression.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["fic-regex-metachar"],
    severity: Severity::Medium,
    why: "`matches` knows `*` and `?` only; everything else is a plain character.",
    exploit: "No token matches what was meant.",
    fix: "Write one credential for each alternative, with `*` where a run is meant.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for credential in look.entra() {
        let Some((_, Ok(expression))) = &credential.expression else {
            continue;
        };
        for clause in expression
            .clauses
            .iter()
            .filter(|it| it.operator.text == "matches")
        {
            let text = &clause.value.text;
            if text.contains(['|', '(', ')', '[', ']', '^', '$', '\\', '+']) || text.contains(".*")
            {
                report.say(
                    "fic-regex-metachar",
                    clause.value.span,
                    format!("\u{201c}{text}\u{201d} is no regular expression here"),
                );
            }
        }
    }
}
