//! A binding names the whole pool, or a whole owner.

use crate::trust::language::gcp::binding::Kind;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["whole-pool-binding", "owner-attribute-binding"],
    severity: Severity::High,
    why: "A binding names the pool, not the provider: whatever any provider lets in is meant.",
    exploit: "Any project of the owner, or anybody a second provider lets in, becomes the service account.",
    fix: "Bind `attribute.repository_id/ID`, or one subject.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for binding in look
        .gcp()
        .and_then(|pool| pool.bindings.as_deref())
        .unwrap_or_default()
    {
        match &binding.kind {
            Kind::WholePool => {
                report.say(
                    "whole-pool-binding",
                    binding.span(),
                    "everybody in the pool is named",
                );
            }
            Kind::Attribute(name, _) if owner(look, name) => {
                report.say(
                    "owner-attribute-binding",
                    binding.span(),
                    format!("attribute.{name} is a whole owner"),
                );
            }
            _ => {}
        }
    }
}

fn owner(look: &Look, name: &str) -> bool {
    const OWNERS: [&str; 11] = [
        "repository_owner",
        "repository_owner_id",
        "owner",
        "owner_id",
        "org",
        "namespace_path",
        "namespace_id",
        "terraform_organization_name",
        "terraform_organization_id",
        "organization_slug",
        "organization_id",
    ];
    let claim = look.gcp().and_then(|pool| {
        pool.providers
            .iter()
            .find_map(|it| it.mapped_claim(&format!("attribute.{name}")))
    });
    OWNERS.contains(&claim.as_deref().unwrap_or(name))
}
