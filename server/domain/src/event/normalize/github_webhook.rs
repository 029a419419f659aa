//! GitHub webhook deliveries (`event-formats.md` §2).
//!
//! The body says only `action`; the event's name is in the header `X-GitHub-Event`. Without the header the name is
//! told from what the body speaks of. The delivery's id is in `X-GitHub-Delivery` and stays the same on manual
//! redelivery; a body alone gets a derived id. What `GET /repos/…/hooks/…/deliveries/…` prints is read too.

mod names;
mod review;
mod what;

use contract::events::{EventFormat, EventKind, IdKind, Outcome};

use super::{Hints, Reject, conclusion, id, time_of};
use crate::event::json::Value;
use crate::event::read::{clean, get, path, scalar, text};
use crate::event::{ActorNature, Event, Runner};

/// Whether the record looks like a webhook body: objects where the audit log has names.
pub(super) fn detect(record: &Value<'_>) -> bool {
    if record.get("object_kind").is_some() || record.get("protoPayload").is_some() {
        return false;
    }
    let object = |key: &str| record.get(key).is_some_and(Value::is_object);
    let repository = ["full_name", "node_id"]
        .iter()
        .any(|key| path(record, &["repository", key]).is_some());
    let sender = path(record, &["sender", "login"]).is_some();
    repository
        || sender
            && (record.get("action").is_some()
                || ["installation", "organization", "hook", "enterprise"]
                    .iter()
                    .any(|key| object(key)))
        || record.get("zen").is_some() && record.get("hook_id").is_some()
        || stored(record).is_some()
}

/// The body inside a delivery as GitHub's REST API lists it.
fn stored<'a>(record: &'a Value<'a>) -> Option<&'a Value<'a>> {
    record.get("guid")?;
    path(record, &["request", "payload"]).filter(|body| body.is_object())
}

/// Reads a delivery.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let body = stored(record).unwrap_or(record);
    let listed = |key: &str| {
        stored(record)
            .and_then(|_| record.get(key))
            .and_then(Value::as_str)
    };
    let name = hints
        .event_name
        .or_else(|| listed("event"))
        .unwrap_or_else(|| names::infer(body));
    let name = clean(name.trim());
    let verb = text(body, &["action"]).unwrap_or_default();
    let action = if verb.is_empty() || verb == name {
        name.clone()
    } else {
        clean(&format!("{name}.{verb}"))
    };
    let delivery = hints.delivery_id.or_else(|| listed("guid"));
    let at = time_of(
        what::times(&name, &verb, body)
            .into_iter()
            .chain([(
                "delivered_at",
                stored(record).and(record.get("delivered_at")),
            )])
            // Better the receipt than a time that only the repository has.
            .chain(
                hints
                    .received_at
                    .is_none()
                    .then(|| what::weak_times(body))
                    .into_iter()
                    .flatten(),
            ),
        "created_at",
        hints,
    )?;
    let id = match delivery {
        Some(delivery) => (IdKind::Vendor, clean(delivery)),
        None => id(body, None),
    };
    let mut event = Event::new(EventFormat::GithubWebhook, action, at, id);
    event.kind = names::kind(&name, &verb);
    event.outcome = outcome(&name, &verb, body);
    event.actor = actor(&name, body);
    where_(body, &mut event);
    run(&name, body, &mut event);
    if name == "deployment_review" {
        review::apply(body, &mut event);
    }
    event.joins.runner = runner(body);
    event.target = what::target(&name, body, &event);
    event.joins.actor_nature = nature(&name, body, &event);
    Ok(event)
}

fn outcome(name: &str, verb: &str, body: &Value<'_>) -> Outcome {
    let word = |keys: &[&str]| text(body, keys).unwrap_or_default();
    match name {
        // A conclusion counts once the run has ended; a rerun still carries its last one.
        "workflow_run" | "workflow_job" | "check_run" | "check_suite" => {
            if verb == "completed" {
                conclusion(&word(&[name, "conclusion"]))
            } else {
                Outcome::Unknown
            }
        }
        "deployment_status" => conclusion(&word(&["deployment_status", "state"])),
        "status" => conclusion(&word(&["state"])),
        "deployment"
        | "deployment_protection_rule"
        | "workflow_dispatch"
        | "repository_dispatch" => Outcome::Unknown,
        "deployment_review" => match verb {
            "approved" => Outcome::Success,
            "rejected" => Outcome::Failure,
            _ => Outcome::Unknown,
        },
        // It was sent because it happened.
        _ => Outcome::Success,
    }
}

/// Who did it: the one who started the run or made the deployment; otherwise the sender.
fn actor(name: &str, body: &Value<'_>) -> Option<String> {
    let special: &[&[&str]] = match name {
        "workflow_run" => &[
            &["workflow_run", "triggering_actor", "login"],
            &["workflow_run", "actor", "login"],
        ],
        "deployment_status" => &[&["deployment_status", "creator", "login"]],
        "deployment" => &[&["deployment", "creator", "login"]],
        "deployment_review" => &[&["approver", "login"], &["requestor", "login"]],
        _ => &[],
    };
    special
        .iter()
        .find_map(|keys| text(body, keys))
        .or_else(|| text(body, &["sender", "login"]))
        .or_else(|| text(body, &["pusher", "name"]))
        .or_else(|| {
            ["comment", "review"]
                .iter()
                .find_map(|key| text(body, &[key, "user", "login"]))
        })
}

fn where_(body: &Value<'_>, event: &mut Event) {
    event.repository = text(body, &["repository", "full_name"]);
    event.joins.repository_id = text(body, &["repository", "id"]);
    event.joins.owner_id = text(body, &["repository", "owner", "id"]);
    event.joins.account = text(body, &["organization", "login"])
        .or_else(|| text(body, &["repository", "owner", "login"]))
        .or_else(|| text(body, &["installation", "account", "login"]));
}

/// Run, commit, ref and environment, from whichever object carries them.
fn run(name: &str, body: &Value<'_>, event: &mut Event) {
    let any = |found: &[&[&str]]| found.iter().find_map(|keys| text(body, keys));
    event.run_id = any(&[&["workflow_run", "id"], &["workflow_job", "run_id"]]);
    event.commit = any(&[
        &["deployment", "sha"],
        &["workflow_run", "head_sha"],
        &["workflow_job", "head_sha"],
        &["check_run", "head_sha"],
        &["check_suite", "head_sha"],
        &["after"],
        &["sha"],
    ])
    // A deleted ref points nowhere.
    .filter(|commit| commit.bytes().any(|byte| byte != b'0'));
    event.environment = any(&[
        &["deployment_status", "environment"],
        &["deployment", "environment"],
        &["environment"],
        &["workflow_job_run", "environment"],
    ]);
    event.joins.workflow = any(&[
        &["workflow_run", "path"],
        &["workflow", "path"],
        &["workflow_run", "name"],
        &["workflow_job", "workflow_name"],
    ]);
    let branch = any(&[
        &["workflow_run", "head_branch"],
        &["workflow_job", "head_branch"],
        &["check_suite", "head_branch"],
        &["check_run", "check_suite", "head_branch"],
    ]);
    let deployed = text(body, &["deployment", "ref"]);
    event.git_ref = match (deployed, branch) {
        (Some(deployed), Some(branch)) if deployed == branch => Some(full(&branch)),
        (Some(deployed), _) => Some(deployed),
        (None, Some(branch)) => Some(full(&branch)),
        // `create` and `delete` name a branch or a tag and say which.
        (None, None) => {
            text(body, &["ref"]).map(|name| match text(body, &["ref_type"]).as_deref() {
                Some("tag") if !name.starts_with("refs/") => format!("refs/tags/{name}"),
                Some("branch") => full(&name),
                _ => name,
            })
        }
    };
    if name == "repository_dispatch" {
        event.git_ref = any(&[&["branch"]]).map(|branch| full(&branch));
    }
}

/// The runner of a job; none before one took it. GitHub's own stand in a group of their own.
fn runner(body: &Value<'_>) -> Option<Runner> {
    let job = get(body, "workflow_job")?;
    let labels: Vec<String> = get(job, "labels")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(scalar)
        .collect();
    let group = text(job, &["runner_group_name"]);
    let own = labels.iter().any(|label| label == "self-hosted");
    let hosted = match group.as_deref() {
        Some("GitHub Actions") => Some(true),
        _ if own => Some(false),
        _ => None,
    };
    Some(Runner {
        name: text(job, &["runner_name"])?,
        hosted,
        ephemeral: None,
        group,
        labels,
    })
}

fn full(branch: &str) -> String {
    if branch.starts_with("refs/") {
        branch.to_owned()
    } else {
        format!("refs/heads/{branch}")
    }
}

fn nature(name: &str, body: &Value<'_>, event: &Event) -> ActorNature {
    let runs = event.kind == EventKind::PipelineRun
        || event.kind == EventKind::Deployment && event.run_id.is_some();
    let actor = event.actor.as_deref().unwrap_or_default();
    if event.repository.is_some() && (runs || actor == "github-actions[bot]") {
        return ActorNature::Pipeline;
    }
    if actor == "github-actions[bot]" {
        return ActorNature::Platform;
    }
    let bot = actor.ends_with("[bot]")
        || get(body, "sender")
            .and_then(|sender| text(sender, &["type"]))
            .is_some_and(|kind| kind == "Bot");
    match (bot, event.actor.is_some()) {
        (true, _) => ActorNature::Bot,
        (false, true) if name != "ping" => ActorNature::Person,
        _ => ActorNature::Unknown,
    }
}
