//! Google Cloud audit logs: a `LogEntry` with `protoPayload` (`event-formats.md` §6).
//!
//! `insertId` is unique only beside the same log and time: the id is the three. Short and long method names both
//! occur. STS prints the external token's `sub` as `principalSubject`; federated calls print
//! `principal://…/subject/SUB`; calls by an impersonated account print the chain that led to it. STS, IAM
//! credentials and secret reads are Data Access logs, off by default.

mod changed;
mod kinds;
mod who;

use contract::events::{EventFormat, EventKind, Outcome};

use super::{Hints, Reject, composed, id, time_of};
use crate::event::json::Value;
use crate::event::read::{any_case, clean, get, path, text, text_any_case};
use crate::event::{Event, read, selectors};

/// Whether the record looks like an audit log entry.
pub(super) fn detect(record: &Value<'_>) -> bool {
    payload(record).is_some_and(Value::is_object)
        && record.get("eventVersion").is_none()
        && record.get("eventName").is_none()
}

/// `protoPayload`; `jsonPayload` where a sink to BigQuery or a forwarder renamed it.
fn payload<'a>(record: &'a Value<'a>) -> Option<&'a Value<'a>> {
    any_case(record, "protoPayload").or_else(|| {
        ["jsonPayload", "protopayload_auditlog"]
            .iter()
            .find_map(|key| any_case(record, key))
            .filter(|payload| get(payload, "methodName").is_some())
    })
}

/// Reads an entry.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let payload = payload(record).ok_or(Reject::Missing("protoPayload"))?;
    let request_time = path(payload, &["requestMetadata", "requestAttributes", "time"]);
    let at = time_of(
        [
            ("timestamp", get(record, "timestamp")),
            ("requestAttributes.time", request_time),
            ("receiveTimestamp", get(record, "receiveTimestamp")),
        ],
        "timestamp",
        hints,
    )?;
    let service = text(payload, &["serviceName"]).unwrap_or_default();
    let action = text(payload, &["methodName"])
        .or_else(|| (!service.is_empty()).then(|| service.clone()))
        .or_else(|| text(record, &["resource", "type"]))
        .unwrap_or_else(|| "AuditLog".to_owned());
    let vendor = composed(&[
        text(record, &["insertId"]),
        text(record, &["timestamp"]),
        text(record, &["logName"]),
    ]);
    let mut event = Event::new(EventFormat::GcpAudit, action, at, id(record, vendor));
    event.outcome = outcome(payload);
    let (method, resource) = (event.action.clone(), resource_name(payload));
    let call = kinds::Call::new(&service, &method, resource.as_deref());
    event.kind = if event.outcome == Outcome::Failure {
        call.refused(code(payload))
    } else {
        call.kind()
    };
    event.source_ip = text(payload, &["requestMetadata", "callerIp"]);
    event.joins.agent = text(payload, &["requestMetadata", "callerSuppliedUserAgent"]);
    event.joins.ticket = text(payload, &["requestMetadata", "requestAttributes", "reason"])
        .as_deref()
        .and_then(read::ticket);
    event.joins.reason = text(payload, &["status", "code"])
        .filter(|code| code != "0")
        .map(|code| format!("status {code}"));
    event.joins.account = project(record, payload);
    event.joins.permission = permission(payload);
    who::apply(payload, &mut event, call.exchanges());
    event.target = resource
        .clone()
        .or_else(|| text(record, &["resource", "type"]));
    if event.kind == EventKind::CredentialAssumption || call.impersonates() {
        event.role = account_taken(record, payload).or(event.role);
        event.target = event.role.clone().or(event.target);
    }
    selectors::apply_subject(&mut event);
    event.joins.actor_nature = who::nature(&event);
    if event.is_change() {
        event.joins.changed = changed::names(record, payload);
    }
    Ok(event)
}

fn resource_name(payload: &Value<'_>) -> Option<String> {
    text(payload, &["resourceName"])
}

fn code(payload: &Value<'_>) -> Option<i64> {
    path(payload, &["status", "code"]).and_then(Value::as_i64)
}

/// No status or an empty one is success, unless every permission asked for was refused.
fn outcome(payload: &Value<'_>) -> Outcome {
    if code(payload).is_some_and(|code| code != 0) {
        return Outcome::Failure;
    }
    let granted: Vec<Option<bool>> = get(payload, "authorizationInfo")
        .and_then(Value::as_array)
        .map(|list| {
            list.iter()
                .map(|info| any_case(info, "granted").and_then(Value::as_bool))
                .collect()
        })
        .unwrap_or_default();
    if granted.contains(&Some(false)) {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

fn permission(payload: &Value<'_>) -> Option<String> {
    let first = get(payload, "authorizationInfo")?.as_array()?.first()?;
    text_any_case(first, &["permission"])
}

fn project(record: &Value<'_>, payload: &Value<'_>) -> Option<String> {
    text(record, &["resource", "labels", "project_id"]).or_else(|| {
        let name = text(record, &["logName"]).or_else(|| resource_name(payload))?;
        let rest = name.split_once("projects/")?.1;
        rest.split('/')
            .next()
            .filter(|project| !matches!(*project, "-" | "_"))
            .map(str::to_owned)
    })
}

/// The service account whose credential was asked for: by address where the entry has it, else by number.
fn account_taken(record: &Value<'_>, payload: &Value<'_>) -> Option<String> {
    let last = |name: String| {
        name.rsplit_once("/serviceAccounts/")
            .map(|(_, account)| clean(account))
    };
    text(record, &["resource", "labels", "email_id"])
        .or_else(|| text(payload, &["request", "name"]).and_then(last))
        .or_else(|| resource_name(payload).and_then(last))
}
