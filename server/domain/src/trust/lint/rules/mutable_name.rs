//! Only names are bound, which can pass to somebody else.

use crate::trust::Language;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::shape;

pub const RULE: Rule = Rule {
    ids: &["mutable-name"],
    severity: Severity::Low,
    why: "A name can be given up and taken by somebody else; an id cannot.",
    exploit: "The owner is renamed or deleted, an attacker registers the name and gets the same subject.",
    fix: "Bind the ids: `repo:OWNER@OWNER_ID/REPO@REPO_ID:…`, `repository_id`, `project_id`, or the workspace's id.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer) in look.live() {
        let sub = grant
            .on("sub")
            .flat_map(|it| &it.values)
            .map(|value| (value, shape(issuer, value)))
            .find(|(_, shape)| shape.known && shape.tenant.fixed().is_some());
        let ids_exist = match issuer.platform {
            Platform::GitHub => issuer.shared,
            Platform::GitLab => true,
            // Of Buildkite and HCP Terraform, Entra sees the subject only, and AWS no id of a workspace.
            Platform::Buildkite => !matches!(look.trust.language(), Language::Entra),
            Platform::HcpTerraform => {
                !matches!(look.trust.language(), Language::Entra | Language::Aws)
            }
            _ => false,
        };
        let ids = [
            "repository_id",
            "repository_owner_id",
            "project_id",
            "namespace_id",
            "organization_id",
            "pipeline_id",
            "terraform_workspace_id",
            "terraform_organization_id",
            "enterprise_id",
            "aws:requesttag/organization_id",
            "aws:requesttag/pipeline_id",
        ];
        if !ids_exist || ids.iter().any(|claim| grant.binds(claim)) {
            continue;
        }
        let by_claim = grant.all.iter().find(|it| {
            it.narrows
                && [
                    "repository",
                    "repository_owner",
                    "project_path",
                    "namespace_path",
                ]
                .contains(&it.claim.as_str())
        });
        let (span, name, repository) = match (&sub, by_claim) {
            (Some((value, shape)), _)
                if !shape.ids
                    && !value.text.starts_with("project_id:")
                    && !value.text.contains("_id:") =>
            {
                (value.span, value.text.as_str(), look.repository(shape))
            }
            (None, Some(it)) => (
                it.span,
                it.values.first().map_or("", |value| value.text.as_str()),
                it.values
                    .first()
                    .and_then(|value| look.facts.repository(&value.text)),
            ),
            _ => continue,
        };
        let finding = report.say(
            "mutable-name",
            span,
            format!("\u{201c}{name}\u{201d} is a name, no id"),
        );
        if repository.is_some_and(|it| it.gone || it.public == Some(true)) {
            finding.severity = Severity::Medium;
        }
    }
}
