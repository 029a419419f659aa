//! A flexible credential for GitHub without an id.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["fic-missing-immutable-claim"],
    severity: Severity::Medium,
    why: "Entra asks a flexible credential for GitHub to match sub and repository_id or repository_owner_id.",
    exploit: "Creation is refused; an older one rests on names alone.",
    fix: "Add `and claims['repository_id'] eq 'ID'`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for credential in look.entra() {
        let Some((written, Ok(expression))) = &credential.expression else {
            continue;
        };
        let has = |claims: &[&str]| {
            expression
                .clauses
                .iter()
                .any(|it| claims.contains(&it.claim.text.as_str()))
        };
        if credential.platform().platform == Platform::GitHub
            && !(has(&["sub"]) && has(&["repository_id", "repository_owner_id"]))
        {
            report.say(
                "fic-missing-immutable-claim",
                written.span,
                "sub and one of repository_id, repository_owner_id must both be matched",
            );
        }
    }
}
