//! The entity is named after a person, or after what an attacker can name.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &[
        "user-claim-actor",
        "user-claim-email",
        "user-claim-workflow",
    ],
    severity: Severity::Medium,
    why: "Vault merges logins with the same alias into one entity, and policies are templated from it.",
    exploit: "Somebody names a workflow, or uses an account, so that their login becomes another's entity.",
    fix: "Use an id that cannot change: `repository_id`, `project_id`, `terraform_workspace_id`, or `sub`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let Some(claim) = look.vault().and_then(|role| role.user_claim.as_ref()) else {
        return;
    };
    let id = match claim.text.trim_start_matches('/') {
        "actor" | "actor_id" | "user_login" | "user_id" | "user" | "preferred_username" => {
            "user-claim-actor"
        }
        "user_email" | "email" => "user-claim-email",
        "workflow" | "job_workflow_ref" | "ref" | "head_ref" | "environment" | "branchName"
        | "step_key" => "user-claim-workflow",
        _ => return,
    };
    report.say(id, claim.span, format!("user_claim is {}", claim.text));
}
