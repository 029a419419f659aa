//! `google.subject` is the same for many.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["google-subject-not-unique"],
    severity: Severity::Medium,
    why: "google.subject is what the audit log and principal bindings know a caller by.",
    exploit: "Different pipelines are one subject: a binding for one is for all, and the log cannot tell them apart.",
    fix: "Map `google.subject = assertion.sub`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for provider in look
        .gcp()
        .map(|pool| pool.providers.as_slice())
        .unwrap_or_default()
    {
        let Some(claim) = provider.mapped_claim("google.subject") else {
            continue;
        };
        if [
            "repository_owner",
            "repository_owner_id",
            "actor",
            "actor_id",
            "organization_slug",
            "namespace_path",
            "namespace_id",
            "terraform_organization_name",
            "terraform_organization_id",
            "aud",
            "user_login",
            "workflow",
        ]
        .contains(&claim.as_str())
            && let Some(mapping) = provider.mapping("google.subject")
        {
            report.say(
                "google-subject-not-unique",
                mapping.expression.span,
                format!("google.subject is {claim}, which many share"),
            );
        }
    }
}
