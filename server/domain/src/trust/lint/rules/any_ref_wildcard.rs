//! Any branch, tag, environment or pull request of a project.

use crate::trust::admits::Ring;
use crate::trust::glob::ANY;
use crate::trust::grant::Grant;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject;

pub const RULE: Rule = Rule {
    ids: &["any-ref-wildcard"],
    severity: Severity::Medium,
    why: "Whatever runs in the project gets in: every branch, tag, pull request and environment.",
    exploit: "Anybody who can push a branch edits the workflow on it and takes the role, without review.",
    fix: "Bind an environment with reviewers, or the protected branch.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let fixed = sub.shape.known && sub.shape.project.fixed().is_some();
        let rest = sub.shape.rest.as_str();
        let free = rest.starts_with(ANY) && rest.chars().all(|c| c == ANY || c == ':')
            || rest == format!("environment:{ANY}")
            || sub.is(Platform::AzureDevOps) && rest.starts_with(ANY);
        let user = sub.is(Platform::CircleCi)
            && rest.starts_with("user/")
            && !rest.contains("vcs-ref/")
            && subject::is_wild(rest);
        let unavoidable = user || sub.is(Platform::Bitbucket);
        if fixed && (free || user) && !sub.is(Platform::HcpTerraform) && !pinned(sub.grant) {
            let finding = report.say(
                "any-ref-wildcard",
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} admits every ref of the project",
                    sub.value.text
                ),
            );
            if unavoidable {
                finding.severity = Severity::Low;
                "The subject cannot say the branch; gate with deployment environments or the platform's own restrictions.".clone_into(&mut finding.fix);
            }
        }
    }
    for (grant, issuer) in look.live() {
        let by_claim =
            grant.on("sub").next().is_none() && rest_ring(grant, issuer, None) == Ring::Repository;
        if by_claim && !pinned(grant) && issuer.platform != Platform::HcpTerraform {
            report.say(
                "any-ref-wildcard",
                grant.span,
                "only the project is bound, no ref or environment of it",
            );
        }
    }
}

fn pinned(grant: &Grant) -> bool {
    [
        "ref",
        "environment",
        "ref_path",
        "build_branch",
        "workflow_ref",
        "ref_protected",
        "environment_protected",
    ]
    .iter()
    .any(|claim| grant.binds(claim))
}
