//! When a webhook event happened and what it was done to.

use crate::event::Event;
use crate::event::json::Value;
use crate::event::read::{path, text};

type Times<'a> = Vec<(&'static str, Option<&'a Value<'a>>)>;

/// The event's own times, most telling first.
pub(super) fn times<'a>(name: &str, verb: &str, body: &'a Value<'a>) -> Times<'a> {
    let at = |label: &'static str, keys: &[&str]| (label, path(body, keys));
    match (name, verb) {
        // `created_at` stays that of the first attempt.
        ("workflow_run", _) => vec![
            at("workflow_run.updated_at", &["workflow_run", "updated_at"]),
            at(
                "workflow_run.run_started_at",
                &["workflow_run", "run_started_at"],
            ),
            at("workflow_run.created_at", &["workflow_run", "created_at"]),
        ],
        ("workflow_job", "completed") => vec![
            at(
                "workflow_job.completed_at",
                &["workflow_job", "completed_at"],
            ),
            at("workflow_job.started_at", &["workflow_job", "started_at"]),
        ],
        ("workflow_job", "in_progress") => vec![
            at("workflow_job.started_at", &["workflow_job", "started_at"]),
            at("workflow_job.created_at", &["workflow_job", "created_at"]),
        ],
        ("workflow_job", _) => vec![
            at("workflow_job.created_at", &["workflow_job", "created_at"]),
            at("workflow_job.started_at", &["workflow_job", "started_at"]),
        ],
        ("deployment_status", _) => vec![
            at(
                "deployment_status.created_at",
                &["deployment_status", "created_at"],
            ),
            at(
                "deployment_status.updated_at",
                &["deployment_status", "updated_at"],
            ),
        ],
        ("deployment" | "deployment_protection_rule", _) => {
            vec![at("deployment.created_at", &["deployment", "created_at"])]
        }
        ("deployment_review", "requested") => vec![
            at("since", &["since"]),
            at("workflow_run.updated_at", &["workflow_run", "updated_at"]),
        ],
        ("deployment_review", _) => vec![
            at("workflow_run.updated_at", &["workflow_run", "updated_at"]),
            at("since", &["since"]),
        ],
        ("push", _) => vec![
            at("repository.pushed_at", &["repository", "pushed_at"]),
            at("head_commit.timestamp", &["head_commit", "timestamp"]),
        ],
        ("ping", _) => vec![
            at("hook.updated_at", &["hook", "updated_at"]),
            at("hook.created_at", &["hook", "created_at"]),
        ],
        ("installation", "suspend") => {
            vec![at(
                "installation.suspended_at",
                &["installation", "suspended_at"],
            )]
        }
        ("installation", "created") => vec![
            at("installation.created_at", &["installation", "created_at"]),
            at("installation.updated_at", &["installation", "updated_at"]),
        ],
        ("secret_scanning_alert" | "code_scanning_alert" | "dependabot_alert", _) => vec![
            at("alert.resolved_at", &["alert", "resolved_at"]),
            at("alert.updated_at", &["alert", "updated_at"]),
            at("alert.created_at", &["alert", "created_at"]),
        ],
        ("repository", "created") => {
            vec![at("repository.created_at", &["repository", "created_at"])]
        }
        _ => OBJECTS
            .iter()
            .flat_map(|object| {
                [
                    at("updated_at", &[object, "updated_at"]),
                    at("submitted_at", &[object, "submitted_at"]),
                    at("created_at", &[object, "created_at"]),
                ]
            })
            .chain([
                at("updated_at", &["updated_at"]),
                at("created_at", &["created_at"]),
            ])
            .collect(),
    }
}

/// Objects whose change the remaining events tell.
const OBJECTS: &[&str] = &[
    "check_run",
    "check_suite",
    "comment",
    "review",
    "rule",
    "repository_ruleset",
    "release",
    "pull_request",
    "issue",
    "key",
    "personal_access_token_request",
];

/// Times of what the event happened to: near it, but not its own.
pub(super) fn weak_times<'a>(body: &'a Value<'a>) -> Times<'a> {
    [
        ("installation.updated_at", ["installation", "updated_at"]),
        ("repository.updated_at", ["repository", "updated_at"]),
        ("organization.updated_at", ["organization", "updated_at"]),
    ]
    .iter()
    .map(|(label, keys)| (*label, path(body, keys)))
    .collect()
}

/// Names what it was done to.
pub(super) fn target(name: &str, body: &Value<'_>, event: &Event) -> Option<String> {
    let at: &[&[&str]] = match name {
        "workflow_run" => &[&["workflow_run", "name"], &["workflow", "name"]],
        "workflow_job" => &[&["workflow_job", "name"]],
        "installation" | "installation_repositories" | "installation_target" => &[
            &["installation", "app_slug"],
            &["installation", "account", "login"],
            &["account", "login"],
        ],
        "secret_scanning_alert" | "secret_scanning_alert_location" => &[
            &["alert", "secret_type_display_name"],
            &["alert", "secret_type"],
        ],
        "member" | "membership" => &[&["member", "login"]],
        "organization" => &[&["membership", "user", "login"], &["organization", "login"]],
        "team" | "team_add" => &[&["team", "name"]],
        "branch_protection_rule" => &[&["rule", "name"]],
        "repository_ruleset" => &[&["repository_ruleset", "name"]],
        "deploy_key" => &[&["key", "title"]],
        "personal_access_token_request" => &[
            &["personal_access_token_request", "token_name"],
            &["personal_access_token_request", "owner", "login"],
        ],
        "push" | "create" | "delete" => &[&["ref"]],
        "ping" | "meta" => &[&["hook", "config", "url"], &["hook_id"]],
        "release" => &[&["release", "tag_name"]],
        "check_run" => &[&["check_run", "name"]],
        "status" => &[&["context"]],
        _ => &[],
    };
    at.iter()
        .find_map(|keys| text(body, keys))
        .or_else(|| event.repository.clone())
        .or_else(|| event.joins.account.clone())
}
