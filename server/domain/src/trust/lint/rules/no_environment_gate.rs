//! A deploying role is bound to a branch, not to an environment.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["no-environment-gate"],
    severity: Severity::Low,
    why: "A branch has no reviewers at the moment of deployment; an environment has.",
    exploit: "Whoever gets a change merged deploys it, with no second pair of eyes on the deployment.",
    fix: "Name a protected environment in the job and bind `…:environment:NAME`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if !look.facts.privileged() {
        return;
    }
    for sub in look.subs() {
        let by_ref = sub.is(Platform::GitHub) && sub.shape.rest.starts_with("ref:");
        if by_ref && !sub.grant.binds("environment") {
            let finding = report.say(
                "no-environment-gate",
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} is a branch or tag, not an environment",
                    sub.value.text
                ),
            );
            finding.confidence = Confidence::Likely;
        }
    }
}
