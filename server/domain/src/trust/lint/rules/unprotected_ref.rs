//! GitLab: nothing asks for a protected ref or environment.

use crate::trust::Language;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["unprotected-ref"],
    severity: Severity::Low,
    why: "A branch's name says nothing about who may push to it.",
    exploit: "Whoever has developer rights pushes to the branch as long as nobody protects it.",
    fix: "Bind `ref_protected` to `true`, or `environment_protected`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if matches!(look.trust.language(), Language::Entra) {
        return;
    }
    for (grant, issuer) in look.live() {
        let told = ["ref_protected", "environment_protected"]
            .iter()
            .any(|claim| grant.binds(claim));
        let exposed = look.aws().is_none() || issuer.shared;
        if issuer.platform == Platform::GitLab && !told && exposed {
            report.say(
                "unprotected-ref",
                grant.span,
                "neither ref_protected nor environment_protected is asked",
            );
        }
    }
}
