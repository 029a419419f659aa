//! The name of a webhook event: from its body when no header says it, and the kind each name is of.
//!
//! Bodies per event: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use contract::events::EventKind;

use crate::event::json::Value;

/// Objects that only one event has, the more particular first: a `workflow_run` also stands in a deployment.
const BY_OBJECT: &[(&[&str], &str)] = &[
    (&["zen", "hook_id"], "ping"),
    (&["deployment_status"], "deployment_status"),
    (&["deployment_callback_url"], "deployment_protection_rule"),
    (&["workflow_job_run"], "deployment_review"),
    (&["workflow_job_runs"], "deployment_review"),
    (&["reviewers", "since"], "deployment_review"),
    (&["deployment"], "deployment"),
    (&["workflow_job"], "workflow_job"),
    (&["workflow_run"], "workflow_run"),
    (&["check_run"], "check_run"),
    (&["check_suite"], "check_suite"),
    (&["repositories_added"], "installation_repositories"),
    (&["client_payload"], "repository_dispatch"),
    (
        &["personal_access_token_request"],
        "personal_access_token_request",
    ),
    (&["review", "pull_request"], "pull_request_review"),
    (&["thread", "pull_request"], "pull_request_review_thread"),
    (&["comment", "pull_request"], "pull_request_review_comment"),
    (&["comment", "issue"], "issue_comment"),
    (&["comment", "discussion"], "discussion_comment"),
    (&["comment"], "commit_comment"),
    (&["pull_request"], "pull_request"),
    (&["issue"], "issues"),
    (&["release"], "release"),
    (&["rule"], "branch_protection_rule"),
    (&["repository_ruleset"], "repository_ruleset"),
    (&["membership"], "organization"),
    (&["member", "team"], "membership"),
    (&["member"], "member"),
    (&["team", "repository"], "team_add"),
    (&["team"], "team"),
    (&["commits", "pusher"], "push"),
    (&["after", "before"], "push"),
    (&["inputs", "workflow"], "workflow_dispatch"),
    (&["forkee"], "fork"),
    (&["starred_at"], "star"),
    (&["key"], "deploy_key"),
    (&["hook"], "meta"),
    (&["master_branch"], "create"),
    (&["ref", "ref_type"], "delete"),
    (&["sha", "state"], "status"),
    (&["package"], "package"),
    (&["blocked_user"], "org_block"),
];

/// Tells the event's name from its body; `webhook` when nothing does.
pub(super) fn infer(body: &Value<'_>) -> &'static str {
    let alert = body.get("alert");
    let alert_has = |key: &str| alert.is_some_and(|alert| alert.get(key).is_some());
    if alert_has("secret_type") {
        return if body.get("location").is_some() {
            "secret_scanning_alert_location"
        } else {
            "secret_scanning_alert"
        };
    }
    if alert_has("dependency") {
        return "dependabot_alert";
    }
    if alert.is_some() {
        return "code_scanning_alert";
    }
    let has = |key: &str| body.get(key).is_some_and(|found| !found.is_null());
    if let Some((_, name)) = BY_OBJECT
        .iter()
        .find(|(keys, _)| keys.iter().all(|key| has(key)))
    {
        return name;
    }
    let repository = has("repository");
    match body.get("action").and_then(Value::as_str) {
        _ if has("installation") && !repository => "installation",
        Some(
            "created" | "deleted" | "archived" | "unarchived" | "edited" | "renamed"
            | "transferred" | "publicized" | "privatized",
        ) if repository => "repository",
        None | Some("push") if repository && has("ref") => "push",
        None if repository => "public",
        _ => "webhook",
    }
}

/// Tells the kind. A name nobody listed is `other`, never refused.
pub(super) fn kind(name: &str, verb: &str) -> EventKind {
    match name {
        "workflow_run" | "workflow_job" => EventKind::PipelineRun,
        "deployment" | "deployment_status" => EventKind::Deployment,
        "deployment_review" | "deployment_protection_rule" => EventKind::DeploymentApproval,
        "installation"
        | "installation_repositories"
        | "installation_target"
        | "member"
        | "membership"
        | "organization"
        | "team"
        | "team_add"
        | "org_block"
        | "public" => EventKind::PermissionChange,
        "repository" if matches!(verb, "publicized" | "privatized" | "transferred") => {
            EventKind::PermissionChange
        }
        "repository"
        | "branch_protection_rule"
        | "branch_protection_configuration"
        | "repository_ruleset"
        | "meta"
        | "custom_property"
        | "custom_property_values"
        | "security_and_analysis" => EventKind::ConfigurationChange,
        // A leaked secret found, revoked, resolved; a key or token made or taken away.
        "secret_scanning_alert"
        | "secret_scanning_alert_location"
        | "deploy_key"
        | "personal_access_token_request"
        | "github_app_authorization" => EventKind::CredentialChange,
        _ => EventKind::Other,
    }
}
