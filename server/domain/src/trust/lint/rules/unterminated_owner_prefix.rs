//! The owner's name is only begun.

use crate::trust::admits::Ring;
use crate::trust::glob::{ANY, ONE};
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::Part;

pub const RULE: Rule = Rule {
    ids: &["unterminated-owner-prefix"],
    severity: Severity::High,
    why: "Without the delimiter behind it, a name is a beginning that other owners can have too.",
    exploit: "An attacker registers an owner whose name begins the same way, for `acme*` say `acme-labs`.",
    fix: "End the owner with its delimiter: `repo:OWNER/…`, `project_path:GROUP/…`, `organization:ORG:…`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        if let Part::Prefix(begun) = &sub.shape.tenant
            && sub.shape.known
            && !begun.ends_with('@')
            && sub.rest_ring() > Ring::Organisation
        {
            report.say("unterminated-owner-prefix", sub.value.span, format!("\u{201c}{begun}\u{201d} is not ended: every owner whose name begins so is admitted"));
        }
    }
    for (grant, issuer, it) in look.claims(&[
        "repository",
        "project_path",
        "repository_owner",
        "namespace_path",
        "terraform_organization_name",
        "organization_slug",
    ]) {
        for value in &it.values {
            let text = value.shape();
            let begun = text.split([ANY, ONE]).next().unwrap_or_default();
            let open = !value.is_exact() && !begun.is_empty() && !begun.contains('/');
            if it.narrows && open && rest_ring(grant, issuer, Some(it)) > Ring::Organisation {
                report.say(
                    "unterminated-owner-prefix",
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
