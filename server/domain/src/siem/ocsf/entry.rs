//! Our own record: sign-ins are 3002, what was only read is 6003, everything else 3004.

use contract::activity::ActorKind;
use serde_json::{Value, json};

use super::{FAILURE, INFORMATIONAL, LOW, MEDIUM, Record, SUCCESS, metadata, object};
use crate::siem::{PlacedEntry, exact};

const AUTHENTICATION: u32 = 3002;
const ENTITY: u32 = 3004;
const API: u32 = 6003;

/// Writes an entry.
pub fn record(row: &PlacedEntry) -> Value {
    let entry = &row.entry;
    let (class, activity) = class(&entry.action);
    let refused = entry.action.ends_with("refused");
    let severity = match () {
        () if refused => MEDIUM,
        () if class == ENTITY => LOW,
        () => INFORMATIONAL,
    };
    let record = Record::begin(class, activity, severity, entry.at)
        .status(if refused { FAILURE } else { SUCCESS })
        .set("message", entry.summary.as_str())
        .set(
            "metadata",
            metadata(
                (row.id(), entry.position, row.published),
                vec![
                    ("event_code", json!(entry.action)),
                    ("log_name", json!("activity")),
                    ("correlation_uid", json!(entry.request_id)),
                    ("original_time", json!(exact(entry.at))),
                ],
            ),
        )
        .set("unmapped", unmapped(row));
    match class {
        AUTHENTICATION => record
            .set("user", user(row))
            .set("service", json!({ "name": "Rollcall" })),
        API => record
            .set("actor", json!({ "user": user(row) }))
            .set(
                "api",
                json!({ "operation": entry.action, "service": { "name": "Rollcall" } }),
            )
            .set("src_endpoint", json!({ "name": "Rollcall" }))
            .set("resources", json!([entity(row)])),
        _ => record
            .set("actor", json!({ "user": user(row) }))
            .set("entity", managed(row)),
    }
    .end()
}

/// Class and activity of one of our verbs, `object.participle`.
fn class(action: &str) -> (u32, u32) {
    let verb = action.split_once('.').map_or(action, |(_, verb)| verb);
    match verb {
        "signed_in" | "sign_in_refused" => (AUTHENTICATION, 1),
        "signed_out" | "signed_out_everywhere" => (AUTHENTICATION, 2),
        "downloaded" | "tested" | "replayed" | "uploaded" | "redelivered" => (API, 2),
        "created" | "requested" | "discovered" | "imported" | "adopted" | "begun" | "set" => {
            (ENTITY, 1)
        }
        "removed" | "deleted" | "dismissed" | "discarded" | "ended" => (ENTITY, 4),
        "approved" | "reactivated" | "started" | "resumed" | "returned" => (ENTITY, 8),
        "suspended" | "revoked" | "rejected" | "decommissioned" | "cancelled" | "closed"
        | "sealed" | "left" | "paused" | "stopped" | "refused" => (ENTITY, 9),
        _ => (ENTITY, 3),
    }
}

fn user(row: &PlacedEntry) -> Value {
    let entry = &row.entry;
    let kind = match entry.actor_kind {
        ActorKind::Person => (1, "User"),
        ActorKind::System => (3, "System"),
        _ => (4, "Service"),
    };
    object([
        ("name", json!(entry.actor_name)),
        ("uid", json!(entry.actor_id)),
        ("type_id", json!(kind.0)),
        ("type", json!(kind.1)),
    ])
}

/// What it was done to; the record always names a kind.
fn entity(row: &PlacedEntry) -> Value {
    let entry = &row.entry;
    let name = if entry.object_name.is_empty() {
        &entry.object_kind
    } else {
        &entry.object_name
    };
    object([
        ("name", json!(name)),
        ("uid", json!(entry.object_id)),
        ("type", json!(entry.object_kind)),
    ])
}

fn managed(row: &PlacedEntry) -> Value {
    let mut entity = entity(row);
    entity["type_id"] = json!(99);
    entity
}

fn unmapped(row: &PlacedEntry) -> Value {
    let changes: Vec<Value> = row
        .entry
        .changes
        .iter()
        .map(|(field, before, after)| json!({ "field": field, "before": before, "after": after }))
        .collect();
    object([
        ("changes", json!(changes)),
        ("actor_kind", json!(row.entry.actor_kind.as_str())),
        ("hash", json!(hex::encode(&row.hash))),
    ])
}
