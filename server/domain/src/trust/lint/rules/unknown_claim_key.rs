//! The claim never reaches the evaluation.

use crate::trust::exposed;
use crate::trust::hole;
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::language::aws::lower::claim_of;
use crate::trust::language::aws::provider;
use crate::trust::lint::look::{Look, is_token_key};
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["unknown-claim-key"],
    severity: Severity::High,
    why: "The claim is not in the tokens, or the cloud does not turn it into a key: positive conditions always fail, others always hold.",
    exploit: "Either nobody gets in, or the condition guards nothing.",
    fix: "Bind a claim that is evaluated; what the platform cannot say belongs into the subject.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for statement in look
        .aws()
        .map(|policy| policy.statements.as_slice())
        .unwrap_or_default()
    {
        let issuers: Vec<Issuer> = statement
            .principal
            .federated
            .iter()
            .filter_map(|it| provider(&it.text))
            .map(Issuer::of)
            .collect();
        for condition in statement
            .conditions
            .iter()
            .filter(|it| is_token_key(it) && !hole::has(&it.key.text))
        {
            let key = condition.key.text.as_str();
            let owner = issuers
                .iter()
                .find(|issuer| claim_of(key, Some(issuer)).is_some());
            let effect = if condition.operator.true_if_absent() {
                "so the condition always holds"
            } else {
                "so the condition always fails"
            };
            match owner {
                Some(issuer) => {
                    let claim = claim_of(key, Some(issuer)).unwrap_or_default();
                    if !exposed::is(&issuer.key, claim, look.facts.date) {
                        report.say(
                            "unknown-claim-key",
                            condition.key.span,
                            format!(
                                "AWS does not expose {claim} of {} (it has {}), {effect}",
                                issuer.key,
                                exposed::names(&issuer.key)
                            ),
                        );
                    }
                }
                None if !issuers.is_empty() && key.contains('.') => {
                    report.say(
                        "unknown-claim-key",
                        condition.key.span,
                        format!("{key} belongs to another issuer than the principal's, {effect}"),
                    );
                }
                None => {}
            }
        }
    }
    if look.aws().is_some() {
        return;
    }
    for (grant, issuer) in look
        .grants
        .iter()
        .filter_map(|grant| Some((grant, grant.issuer.as_ref()?)))
    {
        for it in &grant.all {
            if let Some(known) = claims(issuer.platform)
                && !known.contains(&it.claim.as_str())
                && !it.claim.starts_with("repo_property_")
            {
                let finding = report.say(
                    "unknown-claim-key",
                    it.span,
                    format!("tokens of {} have no claim {}", issuer.key, it.claim),
                );
                finding.confidence = Confidence::Likely;
            }
        }
    }
}

/// The claims of a platform's tokens, where the list is closed.
/// <https://docs.github.com/actions/reference/security/oidc>, <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
fn claims(platform: Platform) -> Option<&'static [&'static str]> {
    match platform {
        Platform::GitHub => Some(&[
            "actor",
            "actor_id",
            "aud",
            "base_ref",
            "check_run_id",
            "enterprise",
            "enterprise_id",
            "environment",
            "event_name",
            "exp",
            "head_ref",
            "iat",
            "iss",
            "job_workflow_ref",
            "job_workflow_sha",
            "jti",
            "nbf",
            "ref",
            "ref_protected",
            "ref_type",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repository_visibility",
            "run_attempt",
            "run_id",
            "run_number",
            "runner_environment",
            "sha",
            "sub",
            "workflow",
            "workflow_ref",
            "workflow_sha",
            "environment_node_id",
            "issuer_scope",
        ]),
        Platform::GitLab => Some(&[
            "namespace_id",
            "namespace_path",
            "project_id",
            "project_path",
            "project_visibility",
            "user_id",
            "user_login",
            "user_email",
            "user_identities",
            "user_access_level",
            "groups_direct",
            "pipeline_id",
            "pipeline_source",
            "job_id",
            "ref",
            "ref_type",
            "ref_path",
            "ref_protected",
            "environment",
            "environment_protected",
            "environment_action",
            "deployment_tier",
            "runner_id",
            "runner_environment",
            "sha",
            "ci_config_ref_uri",
            "ci_config_sha",
            "jti",
            "iss",
            "iat",
            "nbf",
            "exp",
            "sub",
            "aud",
            "root_namespace_id",
            "root_namespace_path",
            "job_namespace_id",
            "job_namespace_path",
            "job_project_id",
            "job_project_path",
            "project_namespace_id",
            "job_source",
            "job_config",
        ]),
        _ => None,
    }
}
