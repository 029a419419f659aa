//! Microsoft Sentinel's ASIM (<https://learn.microsoft.com/azure/sentinel/normalization-about-schemas>): flat records of
//! the schemas Authentication, UserManagement and AuditEvent. `TimeGenerated` older than about two days is rewritten at
//! ingestion, so the times stand in `EventStartTime` too.

use contract::events::{EventKind, Outcome};
use contract::findings::Severity;
use serde_json::{Map, Value, json};

use super::vendor::{self, Verb, verb};
use super::{PlacedEntry, PlacedEvent, PlacedFinding, Row, Snapshot, exact, native};
use crate::event::sentence::sentence;

/// Writes a row.
pub fn row(row: &Row) -> Value {
    let mut record = match row {
        Row::Event(event) => self::event(event),
        Row::Finding(finding) => self::finding(finding),
        Row::Entry(entry) => self::entry(entry),
        Row::Identity(snapshot) => identity(snapshot),
    };
    let time = exact(row.happened());
    for (name, value) in [
        ("TimeGenerated", json!(time)),
        ("EventStartTime", json!(time)),
        ("EventEndTime", json!(time)),
        ("EventCount", json!(1)),
        ("EventUid", json!(row.id())),
        ("EventVendor", json!("Rollcall")),
        ("EventProduct", json!("Rollcall")),
        ("Dvc", json!("Rollcall")),
        ("EventPosition", json!(row.position())),
        ("EventPublishedTime", json!(exact(row.published()))),
    ] {
        record.insert(name.to_owned(), value);
    }
    record.retain(|_, value| !value.is_null());
    Value::Object(record)
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Schema, its version, and the event's type in its words.
fn schema(row: &PlacedEvent) -> (&'static str, &'static str, &'static str) {
    let verb = verb(&row.event.action);
    match row.event.kind {
        EventKind::CredentialAssumption | EventKind::AuthenticationFailure => {
            ("Authentication", "0.1.4", "Logon")
        }
        EventKind::CredentialChange | EventKind::TrustChange | EventKind::PermissionChange => (
            "UserManagement",
            "0.1.2",
            match verb {
                Verb::Create => "UserCreated",
                Verb::Delete => "UserDeleted",
                _ => "UserModified",
            },
        ),
        _ => (
            "AuditEvent",
            "0.1.2",
            match verb {
                Verb::Create => "Create",
                Verb::Read => "Read",
                Verb::Update => "Set",
                Verb::Delete => "Delete",
                Verb::Other => "Other",
            },
        ),
    }
}

fn event(row: &PlacedEvent) -> Map<String, Value> {
    let event = &row.event;
    let (schema, version, kind) = schema(row);
    let (vendor, product) = vendor::product(event.format);
    map([
        ("EventSchema", json!(schema)),
        ("EventSchemaVersion", json!(version)),
        ("EventType", json!(kind)),
        (
            "EventResult",
            json!(match event.outcome {
                Outcome::Success => "Success",
                Outcome::Failure => "Failure",
                Outcome::Unknown => "NA",
            }),
        ),
        ("EventMessage", json!(sentence(event))),
        ("EventOriginalType", json!(event.action)),
        ("EventOriginalUid", json!(event.vendor_id)),
        ("EventOriginalSubType", json!(event.kind.as_str())),
        ("EventReportUrl", Value::Null),
        (
            "EventSeverity",
            json!(if event.outcome == Outcome::Failure {
                "Low"
            } else {
                "Informational"
            }),
        ),
        ("ActorUsername", json!(vendor::actor(row))),
        (
            "ActorUsernameType",
            json!(vendor::actor(row).map(|_| "Simple")),
        ),
        (
            "ActorUserId",
            json!(row.identity.as_ref().map(|(id, _)| id)),
        ),
        (
            "ActorUserIdType",
            json!(row.identity.as_ref().map(|_| "Other")),
        ),
        ("ActorUserType", json!("Service")),
        ("TargetAppName", json!(format!("{vendor} {product}"))),
        ("TargetUsername", json!(event.role)),
        ("Object", json!(event.target)),
        ("Operation", json!(event.action)),
        ("SrcIpAddr", json!(event.source_address())),
        ("AdditionalFields", native::event(row)),
    ])
}

fn finding(row: &PlacedFinding) -> Map<String, Value> {
    let finding = &row.finding;
    map([
        ("EventSchema", json!("AlertEvent")),
        ("EventSchemaVersion", json!("0.1")),
        ("EventType", json!("Alert")),
        ("EventResult", json!("NA")),
        ("EventMessage", json!(finding.title)),
        ("EventSubType", json!(row.change.as_str())),
        (
            "EventSeverity",
            json!(match finding.severity {
                Severity::Low => "Low",
                Severity::Medium => "Medium",
                Severity::High | Severity::Critical => "High",
            }),
        ),
        ("AlertId", json!(finding.id.0)),
        ("AlertName", json!(finding.title)),
        ("AlertDescription", json!(finding.detail)),
        ("RuleName", json!(finding.rule)),
        (
            "Username",
            json!(finding.identity.as_ref().map(|(_, name)| name)),
        ),
        (
            "UserId",
            json!(finding.identity.as_ref().map(|(id, _)| id.0)),
        ),
        ("AdditionalFields", native::change(row)),
    ])
}

fn entry(row: &PlacedEntry) -> Map<String, Value> {
    let entry = &row.entry;
    let refused = entry.action.ends_with("refused");
    map([
        ("EventSchema", json!("AuditEvent")),
        ("EventSchemaVersion", json!("0.1.2")),
        (
            "EventType",
            json!(match entry.action.split_once('.').map(|(_, verb)| verb) {
                Some("created" | "requested" | "imported") => "Create",
                Some("removed" | "deleted" | "dismissed") => "Delete",
                Some("downloaded") => "Read",
                _ => "Set",
            }),
        ),
        (
            "EventResult",
            json!(if refused { "Failure" } else { "Success" }),
        ),
        ("EventMessage", json!(entry.summary)),
        ("EventOriginalType", json!(entry.action)),
        ("Operation", json!(entry.action)),
        ("Object", json!(entry.object_name)),
        ("ObjectType", json!("Other")),
        ("OriginalObjectType", json!(entry.object_kind)),
        ("ActorUsername", json!(entry.actor_name)),
        ("ActorUserId", json!(entry.actor_id)),
        ("ActorUserIdType", json!("Other")),
        ("TargetAppName", json!("Rollcall")),
        ("AdditionalFields", native::entry(row)),
    ])
}

fn identity(row: &Snapshot) -> Map<String, Value> {
    let identity = &row.identity;
    map([
        ("EventSchema", json!("AssetEntity")),
        ("EventSchemaVersion", json!("0.1")),
        ("EventType", json!("Inventory")),
        ("EventResult", json!("NA")),
        ("Username", json!(identity.name)),
        ("UserId", json!(identity.id.0)),
        ("AdditionalFields", json!(identity)),
    ])
}
