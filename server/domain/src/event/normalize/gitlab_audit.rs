//! GitLab audit events: streamed, from the REST API, and the file `audit_json.log` (`event-formats.md` §3).
//!
//! `id` is a number for stored events and a UUID for streaming-only ones: kept as text. The file has none. A
//! negative `author_id` is no user: -1 unauthenticated, -2 a deploy token, -3 a deploy key. There is no outcome.

use contract::events::{EventFormat, EventKind, Outcome};

use super::verbs::{has, writes};
use super::{Hints, Reject, id, time_of};
use crate::event::json::Value;
use crate::event::read::{clean, get, path, text};
use crate::event::{ActorNature, Event};

/// Whether the record looks like a GitLab audit event.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let has = |key: &str| record.get(key).is_some();
    let details = details(record);
    has("author_id") && (has("entity_id") || has("entity_path") || has("entity_type"))
        || has("event_type") && has("author_name") && has("target_details")
        || details.is_some_and(|details| {
            details.get("custom_message").is_some()
                && (has("author_id") || record.get("detail").is_some())
        })
}

/// `details`, or `detail` as some forwarders have it.
fn details<'a>(record: &'a Value<'a>) -> Option<&'a Value<'a>> {
    ["details", "detail"]
        .iter()
        .find_map(|key| record.get(key))
        .filter(|details| details.is_object())
}

/// A field of the event or of its details.
fn field(record: &Value<'_>, key: &str) -> Option<String> {
    text(record, &[key]).or_else(|| text(details(record)?, &[key]))
}

/// Reads an event.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let at = time_of(
        [
            ("created_at", get(record, "created_at")),
            ("time", get(record, "time")),
        ],
        "created_at",
        hints,
    )?;
    let action = action(record).ok_or(Reject::Missing("event_type"))?;
    let vendor = text(record, &["id"]);
    let mut event = Event::new(EventFormat::GitlabAudit, action, at, id(record, vendor));
    event.kind = kind(record, &event.action);
    event.outcome = if event.kind == EventKind::AuthenticationFailure
        || has(&event.action.to_lowercase(), &["failed", "denied"])
    {
        Outcome::Failure
    } else {
        Outcome::Success
    };
    event.actor = field(record, "author_name").or_else(|| field(record, "author_email"));
    event.principal = principal(record);
    event.repository = repository(record);
    event.target = field(record, "target_details")
        .or_else(|| field(record, "entity_path"))
        .or_else(|| field(record, "target_id"));
    event.source_ip = field(record, "ip_address")
        .or_else(|| text(record, &["meta", "remote_ip"]))
        .or_else(|| text(record, &["meta.remote_ip"]));
    event.joins.account = field(record, "entity_path")
        .map(|path| path.split('/').next().unwrap_or_default().to_owned());
    event.joins.actor_nature = nature(record, &event);
    Ok(event)
}

/// `event_type`; without it the message, or what was added, changed or removed.
fn action(record: &Value<'_>) -> Option<String> {
    field(record, "event_type")
        .or_else(|| text(record, &["event_name"]))
        .or_else(|| message(record))
        .or_else(|| {
            ["add", "change", "remove", "delete", "with"]
                .iter()
                .find_map(|verb| {
                    let what = field(record, verb)?;
                    Some(clean(&format!("{verb}_{what}")))
                })
        })
}

/// `custom_message`: a sentence, or an object such as `{"protocol":"ssh","action":"git-upload-pack"}`.
fn message(record: &Value<'_>) -> Option<String> {
    let message = details(record)
        .and_then(|details| get(details, "custom_message"))
        .or_else(|| get(record, "custom_message"))?;
    crate::event::read::scalar(message).or_else(|| text(message, &["action"]))
}

/// The author's class with its id, where it is not an ordinary user.
fn principal(record: &Value<'_>) -> Option<String> {
    let class = field(record, "author_class").filter(|class| class != "User");
    let id = text(record, &["author_id"]);
    match (class, id.as_deref()) {
        (Some(class), Some(id)) => Some(format!("{class}:{id}")),
        (None, Some("-1")) => Some("unauthenticated".to_owned()),
        (None, Some("-2")) => Some("DeployToken:-2".to_owned()),
        (None, Some("-3")) => Some("DeployKey:-3".to_owned()),
        _ => None,
    }
}

fn repository(record: &Value<'_>) -> Option<String> {
    if field(record, "entity_type").as_deref() != Some("Project") {
        return None;
    }
    field(record, "entity_path")
        .or_else(|| field(record, "target_details"))
        .filter(|path| path.contains('/'))
}

/// Words that tell the kind, in this order.
const WORDS: &[(&[&str], EventKind)] = &[
    (
        &[
            "login_failed",
            "failed_login",
            "failed login",
            "failed to login",
            "authentication_failed",
            "two_factor_failed",
        ],
        EventKind::AuthenticationFailure,
    ),
    (&["git_operation"], EventKind::Other),
    (
        &[
            "job_token_scope",
            "saml",
            "identity_provider",
            "omniauth",
            "oidc",
        ],
        EventKind::TrustChange,
    ),
    (
        &["deployment_approv", "deployment_reject"],
        EventKind::DeploymentApproval,
    ),
    (
        &[
            "access_token",
            "deploy_token",
            "deploy_key",
            "personal_token",
            "ssh_key",
            "gpg_key",
            "ci_variable",
            "agent_token",
            "runner_token",
            "registration_token",
            "secret",
            "password",
            "certificate",
            "trigger_token",
            "feed_token",
            "two_factor",
        ],
        EventKind::CredentialChange,
    ),
    (
        &[
            "member",
            "user_access",
            "access_level",
            "group_link",
            "invite",
            "permission",
            "role",
            "visibility",
            "user_admin",
            "add_user",
            "remove_user",
        ],
        EventKind::PermissionChange,
    ),
    (
        &[
            "protected_branch",
            "protected_environment",
            "approval_rule",
            "push_rule",
            "webhook",
            "runner",
            "project",
            "group",
            "setting",
            "policy",
            "stream",
            "feature_flag",
            "merge_request_approval",
            "pipeline",
            "environment",
        ],
        EventKind::ConfigurationChange,
    ),
];

fn kind(record: &Value<'_>, action: &str) -> EventKind {
    let lower = action.to_lowercase();
    if let Some((_, kind)) = WORDS.iter().find(|(words, _)| has(&lower, words)) {
        return *kind;
    }
    let changed = ["add", "change", "remove"]
        .iter()
        .any(|verb| field(record, verb).is_some())
        || lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(writes);
    if changed {
        EventKind::ConfigurationChange
    } else {
        EventKind::Other
    }
}

fn nature(record: &Value<'_>, event: &Event) -> ActorNature {
    let class = field(record, "author_class").unwrap_or_default();
    let negative = path(record, &["author_id"])
        .and_then(Value::as_i64)
        .is_some_and(|id| id < 0);
    if has(&class, &["Bot", "DeployKey", "DeployToken"]) {
        ActorNature::Bot
    } else if negative || event.actor.is_none() {
        ActorNature::Unknown
    } else {
        ActorNature::Person
    }
}
