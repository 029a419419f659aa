//! `head_ref` or `base_ref` serves as a gate.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["head-ref-misuse"],
    severity: Severity::High,
    why: "The author of a pull request names `head_ref`; on a push both are empty.",
    exploit: "An attacker names their branch as the gate wants it.",
    fix: "Bind `ref` or an environment.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for grant in &look.grants {
        for it in grant
            .all
            .iter()
            .filter(|it| ["head_ref", "base_ref"].contains(&it.claim.to_ascii_lowercase().as_str()))
        {
            report.say(
                "head-ref-misuse",
                it.span,
                format!("{} is no gate", it.claim),
            );
        }
    }
}
