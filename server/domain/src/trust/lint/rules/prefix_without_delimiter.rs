//! The project's name is only begun.

use crate::trust::admits::Ring;
use crate::trust::glob::{ANY, ONE};
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::Part;

pub const RULE: Rule = Rule {
    ids: &["prefix-without-delimiter"],
    severity: Severity::Medium,
    why: "Without the delimiter behind it, a name is a beginning that other projects can have too.",
    exploit: "Whoever may make a project in the organisation names one so that it begins the same way.",
    fix: "End the project with its delimiter: `repo:OWNER/REPO:…`, `workspace:NAME:run_phase:…`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        if let Part::Prefix(begun) = &sub.shape.project
            && sub.shape.known
            && sub.shape.tenant.fixed().is_some()
            && sub.rest_ring() > Ring::Repository
        {
            report.say("prefix-without-delimiter", sub.value.span, format!("\u{201c}{begun}\u{201d} is not ended: every project whose name begins so is admitted"));
        }
    }
    for (grant, issuer, it) in look.claims(&[
        "repository",
        "project_path",
        "terraform_workspace_name",
        "pipeline_slug",
    ]) {
        for value in &it.values {
            let text = value.shape();
            let begun = text.split([ANY, ONE]).next().unwrap_or_default();
            let nested = begun.contains('/') || !it.claim.contains(['y', 'p']);
            let open = !value.is_exact() && !begun.is_empty() && nested && !begun.ends_with('/');
            if it.narrows && open && rest_ring(grant, issuer, Some(it)) > Ring::Repository {
                report.say(
                    "prefix-without-delimiter",
                    value.span,
                    format!(
                        "{} begins with \u{201c}{begun}\u{201d}, which is not ended",
                        it.claim
                    ),
                );
            }
        }
    }
}
