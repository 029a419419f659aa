//! A ref is bound, but not whether it is a branch or a tag.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["ref-without-ref-type"],
    severity: Severity::Medium,
    why: "In GitLab a branch and a tag can have the same name, and only one of them is protected.",
    exploit: "Somebody makes a tag of the branch's name, or the other way round.",
    fix: "Bind `ref_type` beside `ref`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer, it) in look.claims(&["ref"]) {
        if issuer.platform == Platform::GitLab
            && it.narrows
            && !grant.binds("ref_type")
            && !grant.binds("ref_path")
        {
            report.say(
                "ref-without-ref-type",
                it.span,
                "ref is bound without ref_type",
            );
        }
    }
}
