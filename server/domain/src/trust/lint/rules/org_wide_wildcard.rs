//! Every project of an organisation is let in.

use crate::trust::admits::Ring;
use crate::trust::glob::Tok;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Confidence, Report, Rule, Severity};
use crate::trust::subject::Part;

pub const RULE: Rule = Rule {
    ids: &["org-wide-wildcard", "tenant-wide-wildcard", "group-wide"],
    severity: Severity::High,
    why: "Every project of the organisation, present and future, can become this identity.",
    exploit: "One weak repository, or one member's test project, is enough.",
    fix: "List the projects that need it, or give each its own identity.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let wide = sub.shape.known
            && sub.shape.tenant.fixed().is_some()
            && matches!(sub.shape.project, Part::Wild | Part::Missing)
            && sub.value.toks.contains(&Tok::Any);
        let begun_id = matches!(&sub.shape.tenant, Part::Prefix(begun) if begun.ends_with('@'));
        let whole_issuer = sub.issuer.tenant
            && sub.shape.tenant == Part::Wild
            && sub.value.toks.contains(&Tok::Any);
        if (wide || begun_id || whole_issuer)
            && !sub.is(Platform::Kubernetes)
            && sub.rest_ring() > Ring::Repository
        {
            report.say(
                id(sub.issuer.platform),
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} admits every project of the organisation",
                    sub.value.text
                ),
            );
        }
    }
    for (grant, issuer) in look.live() {
        let bound = grant.on("sub").next().is_some() || issuer.platform == Platform::Kubernetes;
        if bound || rest_ring(grant, issuer, None) != Ring::Organisation {
            continue;
        }
        let finding = report.say(
            id(issuer.platform),
            grant.span,
            "only the organisation is bound, no project of it",
        );
        finding.confidence = Confidence::Likely;
    }
    // An issuer of one organisation without any subject is the organisation.
    for (grant, issuer) in look.live() {
        if issuer.tenant
            && grant.on("sub").next().is_none()
            && rest_ring(grant, issuer, None) > Ring::Organisation
        {
            report.say(
                id(issuer.platform),
                grant.span,
                format!("nothing but the issuer {} is bound", issuer.key),
            );
        }
    }
}

fn id(platform: Platform) -> &'static str {
    match platform {
        Platform::GitLab => "group-wide",
        Platform::GitHub | Platform::AzureDevOps => "org-wide-wildcard",
        _ => "tenant-wide-wildcard",
    }
}
