//! GitHub audit log, REST and streaming (`event-formats.md` §1).
//!
//! Two layouts: flat (today's) and with a nested `data` object (older REST); every field is looked up in both. The
//! log has no outcome: an entry means it happened, except that a completed run has a conclusion.

mod kinds;

use contract::events::{EventFormat, EventKind, Outcome};

use super::{Hints, Reject, conclusion, id};
use crate::event::json::Value;
use crate::event::{ActorNature, Event, Runner, read};

/// Whether the record looks like an audit-log entry: a `category.verb` action and one of the log's own fields.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let Some(action) = record.get("action").and_then(Value::as_str) else {
        return false;
    };
    if record.get("_document_id").is_some()
        || record.get("@timestamp").is_some()
        || record.get("at_sign_timestamp").is_some()
    {
        return true;
    }
    // A webhook body has an action too, but its repository is an object.
    let named = ["repo", "org", "business", "repository"]
        .iter()
        .any(|key| record.get(key).is_some_and(Value::is_string));
    let plain = action
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    plain
        && named
        && record.get("occurred_at").is_none()
        && (action.contains('.') || record.get("actor").is_some())
}

/// Reads a record.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let action = match record.get("action") {
        Some(Value::String(text)) if !text.trim().is_empty() => read::clean(text.trim()),
        None | Some(Value::Null) => return Err(Reject::Missing("action")),
        Some(_) => {
            return Err(Reject::field(
                "action",
                "must be text such as `workflows.created_workflow_run`",
            ));
        }
    };
    // `created_at` is older or absent on git events: `@timestamp` orders the log.
    let data = record.get("data").unwrap_or(&Value::Null);
    let at = super::time_of(
        [
            ("@timestamp", record.get("@timestamp")),
            ("at_sign_timestamp", record.get("at_sign_timestamp")),
            ("created_at", record.get("created_at")),
            ("@timestamp", data.get("@timestamp")),
            ("created_at", data.get("created_at")),
        ],
        "@timestamp",
        hints,
    )?;
    let vendor = field(record, "_document_id");
    let mut event = Event::new(EventFormat::GithubAudit, action, at, id(record, vendor));
    who(record, &mut event);
    what(record, &mut event);
    event.kind = kinds::kind(&event.action, passes_secrets(record), agentless(record));
    event.outcome = outcome(record, &event);
    event.joins.actor_nature = nature(record, &event);
    event.target = target(record, &event);
    Ok(event)
}

/// A field of the entry or of its `data`.
fn field(record: &Value<'_>, key: &str) -> Option<String> {
    record
        .get(key)
        .and_then(read::scalar)
        .or_else(|| record.get("data")?.get(key).and_then(read::scalar))
}

fn any(record: &Value<'_>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| field(record, key))
}

fn who(record: &Value<'_>, event: &mut Event) {
    event.actor = field(record, "actor");
    event.principal = any(
        record,
        &["external_identity_nameid", "external_identity_username"],
    );
    event.source_ip = field(record, "actor_ip");
    event.joins.token_id = field(record, "token_id");
    event.joins.agent = field(record, "user_agent");
}

fn what(record: &Value<'_>, event: &mut Event) {
    event.repository = any(record, &["repo", "repository"]).filter(|name| name.contains('/'));
    event.run_id = field(record, "workflow_run_id");
    event.commit = any(record, &["head_sha", "deployment_sha"]);
    event.environment = any(record, &["environment_name", "environment"]);
    event.git_ref = git_ref(record);
    event.joins.repository_id = field(record, "repo_id").or_else(|| field(record, "repository_id"));
    event.joins.owner_id = field(record, "org_id");
    event.joins.account = any(record, &["org", "business"]);
    event.joins.runner = runner(record);
    if event.action.starts_with("workflows.") {
        event.joins.workflow =
            field(record, "name").or_else(|| any(record, &["job_workflow_ref", "job_name"]));
    }
}

/// The branch of a run, or the ref its calling workflow came from (a job of a reusable workflow has only that).
fn git_ref(record: &Value<'_>) -> Option<String> {
    if let Some(branch) = any(record, &["ref", "head_branch", "branch"]) {
        let full = branch.starts_with("refs/") || field(record, "head_branch").is_none();
        return Some(if full {
            branch
        } else {
            format!("refs/heads/{branch}")
        });
    }
    let callers = record
        .get("calling_workflow_refs")
        .or_else(|| record.get("data")?.get("calling_workflow_refs"));
    let caller = callers
        .and_then(Value::as_array)
        .and_then(|refs| refs.first())
        .and_then(read::scalar);
    let from = caller.or_else(|| field(record, "job_workflow_ref"))?;
    from.rsplit_once('@')
        .map(|(_, git_ref)| git_ref.to_owned())
        .filter(|git_ref| git_ref.starts_with("refs/"))
}

/// The runner of a prepared job, or the one that was registered.
fn runner(record: &Value<'_>) -> Option<Runner> {
    let name = field(record, "runner_name")?;
    let labels = record
        .get("runner_labels")
        .or_else(|| record.get("data")?.get("runner_labels"))
        .and_then(Value::as_array);
    let flag = |key: &str| field(record, key).map(|word| word == "true");
    Some(Runner {
        name,
        hosted: flag("is_hosted_runner"),
        ephemeral: flag("ephemeral"),
        group: field(record, "runner_group_name"),
        labels: labels
            .into_iter()
            .flatten()
            .filter_map(read::scalar)
            .collect(),
    })
}

/// Names of the secrets handed to a job; `None` when the entry has no such list.
fn secrets(record: &Value<'_>) -> Option<Vec<String>> {
    let list = record
        .get("secrets_passed")
        .or_else(|| record.get("data")?.get("secrets_passed"))?;
    Some(list.as_array()?.iter().filter_map(read::scalar).collect())
}

fn passes_secrets(record: &Value<'_>) -> bool {
    secrets(record).is_some_and(|names| !names.is_empty())
}

/// Whether the entry was made by an app or token rather than in a browser session.
fn agentless(record: &Value<'_>) -> bool {
    field(record, "programmatic_access_type").is_some()
}

fn outcome(record: &Value<'_>, event: &Event) -> Outcome {
    if let Some(word) = field(record, "conclusion") {
        return conclusion(&word);
    }
    match event.kind {
        EventKind::AuthenticationFailure | EventKind::AuthorizationFailure => Outcome::Failure,
        EventKind::DeploymentApproval if event.action.contains("reject") => Outcome::Failure,
        // Nobody approved and nobody refused: the question was not asked.
        EventKind::DeploymentApproval if event.goes_round_approval() => Outcome::Unknown,
        _ => Outcome::Success,
    }
}

fn nature(record: &Value<'_>, event: &Event) -> ActorNature {
    let bot = field(record, "actor_is_bot").as_deref() == Some("true")
        || event
            .actor
            .as_deref()
            .is_some_and(|actor| actor.ends_with("[bot]"));
    let runs = matches!(event.kind, EventKind::PipelineRun | EventKind::SecretAccess);
    if event.repository.is_some() && (runs || event.actor.as_deref() == Some("github-actions[bot]"))
    {
        return ActorNature::Pipeline;
    }
    match event.actor.as_deref() {
        // Acts for whichever workflow runs: no identity of its own.
        Some("github-actions[bot]" | "github" | "github-staff") => ActorNature::Platform,
        _ if bot => ActorNature::Bot,
        Some(_) if field(record, "programmatic_access_type").is_none() => ActorNature::Person,
        _ => ActorNature::Unknown,
    }
}

fn target(record: &Value<'_>, event: &Event) -> Option<String> {
    if event.kind == EventKind::SecretAccess {
        return secrets(record).map(|names| read::clean(&names.join(", ")));
    }
    let category = event.action.split('.').next().unwrap_or_default();
    let named: &[&str] = match category {
        "workflows" => &["name", "job_name", "workflow_id"],
        "environment" => &["environment_name", "name", "environment"],
        "protected_branch" | "repository_branch_protection_evaluation" => &["branch", "name"],
        "repository_ruleset" => &["ruleset_name"],
        "integration_installation" | "integration" | "oauth_application" => {
            &["integration", "name", "application_name"]
        }
        "team" => &["team", "name"],
        "hook" => &["hook_id", "name"],
        "personal_access_token" => &["token_name", "token_id", "user"],
        "public_key" | "deploy_key" => &["title", "fingerprint"],
        _ if event.kind == EventKind::CredentialChange => &["key", "name", "secret_name"],
        _ => &["user", "team", "name"],
    };
    any(record, named)
        .or_else(|| event.repository.clone())
        .or_else(|| any(record, &["org", "business"]))
}
