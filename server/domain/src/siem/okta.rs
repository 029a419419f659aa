//! Okta's system log (<https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/>): what
//! `/api/v1/logs` answers, so that a poller of Okta reads it with the parser it has. Our own fields stand in
//! `debugContext.debugData`, which holds text only.

use contract::events::Outcome;
use contract::findings::Severity;
use serde_json::{Map, Value, json};

use super::{Row, millis, native, vendor};
use crate::event::sentence::sentence;

/// Writes a row.
pub fn row(row: &Row) -> Value {
    let (kind, severity, message, actor, outcome, target) = match row {
        Row::Event(placed) => {
            let event = &placed.event;
            let failed = event.outcome == Outcome::Failure;
            let outcome = match event.outcome {
                Outcome::Success => "SUCCESS",
                Outcome::Failure => "FAILURE",
                Outcome::Unknown => "UNKNOWN",
            };
            let id = placed.identity.as_ref().map(|(id, _)| id.to_string());
            (
                format!("rollcall.{}", event.kind),
                if failed { "WARN" } else { "INFO" },
                sentence(event),
                (id, vendor::actor(placed).map(str::to_owned)),
                outcome,
                event
                    .target
                    .clone()
                    .map(|name| (None, name, event.kind.as_str().to_owned())),
            )
        }
        Row::Finding(placed) => {
            let finding = &placed.finding;
            let severe = matches!(finding.severity, Severity::High | Severity::Critical);
            let about = finding.identity.as_ref();
            (
                format!("rollcall.finding.{}", placed.change.as_str()),
                if severe { "ERROR" } else { "WARN" },
                finding.title.clone(),
                (None, Some("Rollcall".to_owned())),
                "SUCCESS",
                about.map(|(id, name)| (Some(id.to_string()), name.clone(), "identity".to_owned())),
            )
        }
        Row::Entry(placed) => {
            let entry = &placed.entry;
            let refused = entry.action.ends_with("refused");
            (
                format!("rollcall.{}", entry.action),
                if refused { "WARN" } else { "INFO" },
                entry.summary.clone(),
                (Some(entry.actor_id.clone()), Some(entry.actor_name.clone())),
                if refused { "FAILURE" } else { "SUCCESS" },
                Some((
                    Some(entry.object_id.clone()),
                    entry.object_name.clone(),
                    entry.object_kind.clone(),
                )),
            )
        }
        Row::Identity(snapshot) => (
            "rollcall.inventory".to_owned(),
            "INFO",
            snapshot.identity.purpose.clone(),
            (None, Some("Rollcall".to_owned())),
            "SUCCESS",
            Some((
                Some(snapshot.identity.id.to_string()),
                snapshot.identity.name.clone(),
                "identity".to_owned(),
            )),
        ),
    };
    let address = match row {
        Row::Event(placed) => placed.event.source_address(),
        _ => None,
    };
    let run = match row {
        Row::Event(placed) => placed.event.run_id.clone(),
        _ => None,
    };
    let targets: Vec<Value> = target
        .into_iter()
        .map(|(id, name, kind)| json!({ "id": id.unwrap_or_else(|| name.clone()), "type": kind, "alternateId": name, "displayName": name }))
        .collect();
    let name = actor.1.unwrap_or_else(|| "unknown".to_owned());
    json!({
        "uuid": row.id(), "published": millis(row.published()), "eventType": kind, "version": "0",
        "severity": severity, "displayMessage": message, "legacyEventType": null,
        "actor": { "id": actor.0.unwrap_or_else(|| name.clone()), "type": "Service", "alternateId": name, "displayName": name },
        "client": { "ipAddress": address, "userAgent": null },
        "outcome": { "result": outcome, "reason": null },
        "target": targets,
        "transaction": { "id": run.unwrap_or_else(|| row.id().to_string()), "type": "JOB", "detail": {} },
        "debugContext": { "debugData": flat(native::row(row)) },
    })
}

/// Members as text.
fn flat(value: Value) -> Value {
    let Value::Object(map) = value else {
        return Value::Object(Map::new());
    };
    let text = |value: Value| match value {
        Value::String(text) => Value::String(text),
        other => Value::String(other.to_string()),
    };
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name, text(value)))
        .collect::<Map<_, _>>()
        .into()
}
