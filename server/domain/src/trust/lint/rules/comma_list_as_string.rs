//! A list is written as one string with commas.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["comma-list-as-string"],
    severity: Severity::Medium,
    why: "Vault's API compares the whole string; only the Terraform provider splits it.",
    exploit: "No token matches, or more than meant once somebody writes it by another tool.",
    fix: "Write a JSON list.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for bound in look
        .vault()
        .map(|role| role.bound_claims.as_slice())
        .unwrap_or_default()
    {
        for value in bound
            .expected
            .iter()
            .filter(|it| it.text().is_some_and(|text| text.contains(',')))
        {
            report.say(
                "comma-list-as-string",
                value.span,
                format!("{} is one string with commas", bound.claim.text),
            );
        }
    }
}
