//! The owner's part of the subject is a wildcard.

use crate::trust::admits::Ring;
use crate::trust::glob::Tok;
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::Part;

pub const RULE: Rule = Rule {
    ids: &["any-tenant-wildcard"],
    severity: Severity::Critical,
    why: "A wildcard where the owner stands admits every owner.",
    exploit: "An attacker makes a repository of a fitting name under their own account and takes the role.",
    fix: "Write the owner and repository out: `repo:OWNER@ID/REPO@ID:environment:NAME`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let open = sub.shape.tenant == Part::Wild && sub.value.toks.contains(&Tok::Any);
        if open && sub.rest_ring() > Ring::Organisation && !sub.issuer.tenant {
            let finding = report.say(
                "any-tenant-wildcard",
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} admits every owner on {}",
                    sub.value.text, sub.issuer.key
                ),
            );
            if !sub.issuer.shared {
                finding.severity = Severity::High;
            }
        }
    }
    for (grant, issuer, it) in look.claims(&[
        "repository",
        "project_path",
        "repository_owner",
        "repository_id",
        "repository_owner_id",
        "project_id",
        "namespace_path",
    ]) {
        let open = it
            .values
            .iter()
            .any(|value| matches!(value.toks.first(), Some(Tok::Any)));
        if it.narrows
            && !it.negated
            && open
            && rest_ring(grant, issuer, Some(it)) > Ring::Organisation
        {
            report.say(
                "any-tenant-wildcard",
                it.span,
                format!("{} begins with a wildcard and admits every owner", it.claim),
            );
        }
    }
}
