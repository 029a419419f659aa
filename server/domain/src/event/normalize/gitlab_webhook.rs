//! GitLab webhooks: pipelines, jobs, deployments and the rest (`event-formats.md` §3).
//!
//! CI runs are no audit events: these hooks are where GitLab tells them. Bodies:
//! <https://docs.gitlab.com/user/project/integrations/webhook_events/>. The delivery's id is in the header
//! `X-Gitlab-Event-UUID` (one per event) or `Idempotency-Key`; a body alone gets a derived one.

use contract::events::{EventFormat, EventKind, IdKind, Outcome};

use super::{Hints, Reject, conclusion, id, time_of};
use crate::event::json::Value;
use crate::event::read::{clean, get, path, scalar, text};
use crate::event::{ActorNature, Event, Runner};

/// Whether the record looks like a GitLab hook: `object_kind`, or `event_name` of a system hook.
pub(super) fn detect(record: &Value<'_>) -> bool {
    record.get("object_kind").is_some_and(Value::is_string)
        || record.get("event_name").is_some_and(Value::is_string)
            && [
                "project_id",
                "project",
                "group_id",
                "user_id",
                "path_with_namespace",
            ]
            .iter()
            .any(|key| record.get(key).is_some())
}

/// Reads a hook.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let name = text(record, &["object_kind"])
        .or_else(|| text(record, &["event_name"]))
        .ok_or(Reject::Missing("object_kind"))?;
    let state = state(&name, record);
    let action = match &state {
        Some(state) => clean(&format!("{name}.{state}")),
        None => name.clone(),
    };
    let at = time_of(times(&name, record), "created_at", hints)?;
    let id = match hints.delivery_id {
        Some(delivery) => (IdKind::Vendor, clean(delivery)),
        None => id(record, None),
    };
    let mut event = Event::new(EventFormat::GitlabWebhook, action, at, id);
    event.kind = kind(&name);
    event.outcome = match event.kind {
        EventKind::PipelineRun | EventKind::Deployment => {
            state.as_deref().map_or(Outcome::Unknown, conclusion)
        }
        EventKind::DeploymentApproval => match state.as_deref() {
            Some("approved") => Outcome::Success,
            Some("rejected") => Outcome::Failure,
            _ => Outcome::Unknown,
        },
        _ => Outcome::Success,
    };
    event.actor = ["username", "name"]
        .iter()
        .find_map(|key| text(record, &["user", key]))
        .or_else(|| text(record, &["user_username"]))
        .or_else(|| text(record, &["user_name"]));
    event.repository = repository(record);
    what(&name, record, &mut event);
    event.target = target(&name, record, &event);
    event.joins.runner = runner(record);
    event.joins.job = job(&name, record);
    event.joins.actor_nature = match event.kind {
        EventKind::PipelineRun | EventKind::Deployment => ActorNature::Pipeline,
        _ if event
            .actor
            .as_deref()
            .is_some_and(|actor| actor.contains("_bot_") || actor.ends_with("-bot")) =>
        {
            ActorNature::Bot
        }
        _ if event.actor.is_some() => ActorNature::Person,
        _ => ActorNature::Unknown,
    };
    Ok(event)
}

/// The job a hook is of, or that deployed: a deployment's hook has no pipeline, only its job's id or the address of its page.
fn job(name: &str, record: &Value<'_>) -> Option<String> {
    match name {
        "build" | "job" => text(record, &["build_id"]),
        "deployment" => text(record, &["deployable_id"]).or_else(|| {
            let page = text(record, &["deployable_url"])?;
            let (_, id) = page.split_once("/-/jobs/")?;
            let id = id.split(['/', '?', '#']).next()?;
            (!id.is_empty()).then(|| id.to_owned())
        }),
        _ => None,
    }
}

/// The runner of a job. Shared ones of the instance are the platform's; a project's or group's are somebody's own.
fn runner(record: &Value<'_>) -> Option<Runner> {
    let runner = get(record, "runner")?;
    let shared = get(runner, "is_shared").and_then(Value::as_bool);
    Some(Runner {
        name: text(runner, &["description"]).or_else(|| text(runner, &["id"]))?,
        hosted: match text(runner, &["runner_type"]).as_deref() {
            Some("instance_type") => Some(true),
            Some(_) => Some(false),
            None => shared,
        },
        ephemeral: None,
        group: text(runner, &["runner_type"]),
        labels: get(runner, "tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(scalar)
            .collect(),
    })
}

/// Where the thing stands: a pipeline's or job's status, a merge request's action.
fn state(name: &str, record: &Value<'_>) -> Option<String> {
    let keys: &[&[&str]] = match name {
        "pipeline" => &[&["object_attributes", "status"]],
        "build" | "job" => &[&["build_status"]],
        "deployment" | "deployment_approval" => &[&["status"]],
        "push" | "tag_push" => return None,
        _ => &[
            &["object_attributes", "action"],
            &["action"],
            &["event_name"],
        ],
    };
    keys.iter()
        .find_map(|keys| text(record, keys))
        .filter(|state| state != name)
}

fn times<'a>(name: &str, record: &'a Value<'a>) -> Vec<(&'static str, Option<&'a Value<'a>>)> {
    let at = |label: &'static str, keys: &[&str]| (label, path(record, keys));
    match name {
        "pipeline" => vec![
            at("finished_at", &["object_attributes", "finished_at"]),
            at("created_at", &["object_attributes", "created_at"]),
        ],
        "build" | "job" => vec![
            at("build_finished_at", &["build_finished_at"]),
            at("build_started_at", &["build_started_at"]),
            at("build_created_at", &["build_created_at"]),
        ],
        "deployment" => vec![at("status_changed_at", &["status_changed_at"])],
        _ => {
            let commits = get(record, "commits").and_then(Value::as_array);
            vec![
                at("updated_at", &["object_attributes", "updated_at"]),
                at("created_at", &["object_attributes", "created_at"]),
                at("updated_at", &["updated_at"]),
                at("created_at", &["created_at"]),
                (
                    "commits.timestamp",
                    commits
                        .and_then(|commits| commits.last())
                        .and_then(|commit| get(commit, "timestamp")),
                ),
            ]
        }
    }
}

fn kind(name: &str) -> EventKind {
    match name {
        "pipeline" | "build" | "job" => EventKind::PipelineRun,
        "deployment" => EventKind::Deployment,
        "deployment_approval" => EventKind::DeploymentApproval,
        "access_token" | "key_create" | "key_destroy" => EventKind::CredentialChange,
        "user_add_to_team"
        | "user_remove_from_team"
        | "user_update_for_team"
        | "user_add_to_group"
        | "user_remove_from_group"
        | "user_update_for_group"
        | "member"
        | "user_create"
        | "user_destroy" => EventKind::PermissionChange,
        "project_create" | "project_destroy" | "project_rename" | "project_transfer"
        | "project_update" | "group_create" | "group_destroy" | "group_rename" | "feature_flag"
        | "project" | "subgroup" => EventKind::ConfigurationChange,
        _ => EventKind::Other,
    }
}

fn repository(record: &Value<'_>) -> Option<String> {
    text(record, &["project", "path_with_namespace"])
        .or_else(|| text(record, &["path_with_namespace"]))
        .or_else(|| text(record, &["project_path_with_namespace"]))
        // Job hooks before 15.0 have no `project`; the clone address holds the path.
        .or_else(|| {
            let home = text(record, &["repository", "homepage"])?;
            let path = home.split_once("://")?.1.split_once('/')?.1.to_owned();
            Some(path)
        })
        .filter(|path| path.contains('/'))
}

fn what(name: &str, record: &Value<'_>, event: &mut Event) {
    let any = |found: &[&[&str]]| found.iter().find_map(|keys| text(record, keys));
    event.run_id = match name {
        "pipeline" => any(&[&["object_attributes", "id"]]),
        _ => any(&[&["pipeline_id"]]),
    };
    event.commit = any(&[
        &["object_attributes", "sha"],
        &["commit", "sha"],
        &["sha"],
        &["checkout_sha"],
        &["after"],
    ])
    .or_else(|| {
        let url = any(&[&["commit_url"]])?;
        url.rsplit_once("/commit/").map(|(_, sha)| sha.to_owned())
    })
    .or_else(|| any(&[&["short_sha"]]))
    .filter(|commit| commit.bytes().any(|byte| byte != b'0'));
    event.environment = any(&[&["environment", "name"], &["environment"]]);
    event.git_ref = any(&[&["object_attributes", "ref"], &["ref"]]).map(|name| {
        let tag = any(&[&["object_attributes", "tag"], &["tag"]]).as_deref() == Some("true");
        if name.starts_with("refs/") {
            name
        } else if tag {
            format!("refs/tags/{name}")
        } else {
            format!("refs/heads/{name}")
        }
    });
    event.joins.repository_id = any(&[&["project", "id"], &["project_id"]]);
    event.joins.workflow = any(&[&["object_attributes", "name"], &["build_name"]]);
    event.joins.instance = any(&[&["project", "web_url"], &["project", "homepage"]])
        .or_else(|| any(&[&["repository", "homepage"]]))
        .and_then(|url| {
            let (scheme, rest) = url.split_once("://")?;
            Some(format!("{scheme}://{}", rest.split('/').next()?))
        });
}

fn target(name: &str, record: &Value<'_>, event: &Event) -> Option<String> {
    let at: &[&[&str]] = match name {
        "pipeline" | "access_token" | "feature_flag" => &[&["object_attributes", "name"]],
        "build" | "job" => &[&["build_name"]],
        "push" | "tag_push" => &[&["ref"]],
        "deployment" => &[],
        _ => &[
            &["user_username"],
            &["object_attributes", "title"],
            &["name"],
        ],
    };
    at.iter()
        .find_map(|keys| text(record, keys))
        .or_else(|| event.repository.clone())
}
