//! HCP Terraform plan and apply share the trust.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["run-phase-wildcard"],
    severity: Severity::Medium,
    why: "A plan runs before anybody approved anything, and speculatively for pull requests.",
    exploit: "Whoever can start a plan runs code of the configuration with the rights meant for apply.",
    fix: "Bind `…:run_phase:apply`, and give plan a role that only reads.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let open = sub.is(Platform::HcpTerraform)
            && !sub.is_exact()
            && !sub.value.text.ends_with(":apply")
            && !sub.value.text.ends_with(":plan");
        if open && !sub.grant.binds("terraform_run_phase") {
            report.say(
                "run-phase-wildcard",
                sub.value.span,
                format!("\u{201c}{}\u{201d} admits plan and apply", sub.value.text),
            );
        }
    }
    for (grant, issuer) in look.live() {
        if issuer.platform == Platform::HcpTerraform
            && grant.on("sub").next().is_none()
            && !grant.binds("terraform_run_phase")
        {
            report.say(
                "run-phase-wildcard",
                grant.span,
                "no run phase is bound: plan and apply share the trust",
            );
        }
    }
}
