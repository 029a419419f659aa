//! Only the audience is bound.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["vault-audience-only"],
    severity: Severity::Critical,
    why: "Whoever asks for the token chooses its audience.",
    exploit: "Anybody with a pipeline on the shared issuer asks for this audience and logs in.",
    fix: "Bind claims that say whose token it is: `repository_id`, `project_id`, `sub`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if let Some(role) = look.vault()
        && !role.bound_audiences.is_empty()
        && role.bound_subject.is_none()
        && role.bound_claims.is_empty()
        && role.cel.is_none()
    {
        let finding = report.say(
            "vault-audience-only",
            role.bound_audiences[0].span,
            "bound_audiences is all that is bound",
        );
        match role.issuer(look.facts) {
            Some(issuer) if issuer.shared => {}
            Some(_) => finding.severity = Severity::Medium,
            None => finding.confidence = Confidence::Possible,
        }
    }
}
