//! Only claims are bound that anybody can make true.

use crate::trust::admits::Ring;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["environment-without-repo", "actor-only", "workflow-only"],
    severity: Severity::Critical,
    why: "An environment, a workflow's name, a branch or a person is the same word in everybody's repository.",
    exploit: "An attacker makes an environment, workflow or branch of that name in their own repository.",
    fix: "Bind the repository too, best by id.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer) in look.live() {
        if rest_ring(grant, issuer, None) < Ring::Provider
            || grant.on("sub").next().is_some()
            || issuer.tenant
        {
            continue;
        }
        for it in grant.all.iter().filter(|it| it.narrows && !it.negated) {
            if let Some(id) = id(&it.claim.to_ascii_lowercase()) {
                report.say(
                    id,
                    it.span,
                    format!("{} is bound, but no repository", it.claim),
                );
            }
        }
    }
    for sub in look.subs() {
        let first = sub.value.text.split(':').next().unwrap_or_default();
        if sub.is(Platform::GitHub)
            && !sub.shape.known
            && sub.rest_ring() > Ring::Repository
            && let Some(id) = id(first)
        {
            report.say(
                id,
                sub.value.span,
                format!("the subject begins with {first} and names no repository"),
            );
        }
    }
}

fn id(claim: &str) -> Option<&'static str> {
    Some(match claim {
        "actor" | "actor_id" | "user_login" | "user_id" | "user_email" => "actor-only",
        "workflow" | "workflow_ref" => "workflow-only",
        "environment"
        | "ref"
        | "ref_type"
        | "ref_protected"
        | "head_ref"
        | "base_ref"
        | "event_name"
        | "runner_environment"
        | "build_branch"
        | "terraform_workspace_name" => "environment-without-repo",
        _ => return None,
    })
}
