//! Rollcall's own words, version 1. Names never change their meaning; new ones may come.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PlacedEntry, PlacedEvent, PlacedFinding, Row, Snapshot, exact, millis};

/// Writes a row. `id` never changes and is what readers deduplicate on; `published` never goes back.
pub fn row(row: &Row) -> Value {
    match row {
        Row::Event(event) => self::event(event),
        Row::Finding(finding) => change(finding),
        Row::Entry(entry) => self::entry(entry),
        Row::Identity(snapshot) => identity(snapshot),
    }
}

/// An event.
pub fn event(event: &PlacedEvent) -> Value {
    let happened = exact(event.event.occurred_at);
    serde_json::to_value(Wire::of(event, &happened)).unwrap_or_default()
}

/// Appends an event without building a value first: what the export writes most.
pub fn line(event: &PlacedEvent, out: &mut Vec<u8>) {
    let happened = exact(event.event.occurred_at);
    drop(serde_json::to_writer(out, &Wire::of(event, &happened)));
}

#[derive(Serialize)]
struct Named<'a> {
    id: Uuid,
    name: &'a str,
}

/// An event on the wire, in this order; what is absent is left out.
#[derive(Serialize)]
struct Wire<'a> {
    id: Uuid,
    uuid: Uuid,
    pos: i64,
    published: String,
    event_time: &'a str,
    occurred_at: &'a str,
    received_at: String,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<Named<'a>>,
    kind: &'static str,
    outcome: &'static str,
    action: &'a str,
    format: &'static str,
    vendor_id: &'a str,
    id_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    git_ref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<&'a str>,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a RawValue>,
}

impl<'a> Wire<'a> {
    /// `happened` is the event's time as it is written; it is borrowed twice.
    fn of(row: &'a PlacedEvent, happened: &'a str) -> Self {
        let event = &row.event;
        Self {
            id: row.id.0,
            uuid: row.id.0,
            pos: row.position,
            published: millis(row.published),
            event_time: happened,
            occurred_at: happened,
            received_at: exact(row.received_at),
            source: &row.source,
            identity: row
                .identity
                .as_ref()
                .map(|(id, name)| Named { id: *id, name }),
            kind: event.kind.as_str(),
            outcome: event.outcome.as_str(),
            action: &event.action,
            format: event.format.as_str(),
            vendor_id: &event.vendor_id,
            id_kind: event.id_kind.as_str(),
            actor: event.actor.as_deref(),
            issuer: event.issuer.as_deref(),
            subject: event.subject.as_deref(),
            principal: event.principal.as_deref(),
            role: event.role.as_deref(),
            repository: event.repository.as_deref(),
            git_ref: event.git_ref.as_deref(),
            commit: event.commit.as_deref(),
            run_id: event.run_id.as_deref(),
            environment: event.environment.as_deref(),
            target: event.target.as_deref(),
            source_ip: event.source_ip.as_deref(),
            hash: hex::encode(&row.hash),
            raw: row
                .raw
                .as_deref()
                .and_then(|raw| serde_json::from_str(raw).ok()),
        }
    }
}

/// A change of a finding.
pub fn change(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let id = row.id();
    json!({
        "id": id, "uuid": id, "pos": row.position, "published": millis(row.published),
        "change": row.change.as_str(), "finding": finding.id.0, "rule": finding.rule,
        "class": finding.class.as_str(), "severity": finding.severity.as_str(),
        "confidence": finding.confidence.as_str(), "state": finding.state.as_str(),
        "title": finding.title, "detail": finding.detail, "rationale": finding.rationale, "fix": finding.fix,
        "evidence": finding.evidence.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        "controls": finding.controls,
        "identity": finding.identity.as_ref().map(|(id, name)| json!({ "id": id.0, "name": name })),
        "team": finding.team.as_ref().map(|team| json!({ "id": team.id.0, "slug": team.slug, "name": team.name })),
        "opened_at": exact(finding.opened_at), "seen_at": exact(finding.seen_at),
        "excepted_until": finding.excepted_until.map(exact), "note": finding.note,
    })
}

/// An entry of the record.
pub fn entry(row: &PlacedEntry) -> Value {
    let entry = &row.entry;
    let id = row.id();
    json!({
        "id": id, "uuid": id, "pos": entry.position, "published": millis(row.published), "at": exact(entry.at),
        "actor_kind": entry.actor_kind.as_str(), "actor_id": entry.actor_id, "actor_name": entry.actor_name,
        "action": entry.action, "object_kind": entry.object_kind, "object_id": entry.object_id,
        "object_name": entry.object_name, "summary": entry.summary,
        "changes": entry.changes.iter().map(|(field, before, after)|
            json!({ "field": field, "before": before, "after": after })).collect::<Vec<_>>(),
        "request_id": entry.request_id, "hash": hex::encode(&row.hash),
    })
}

fn identity(snapshot: &Snapshot) -> Value {
    let mut written = serde_json::to_value(&snapshot.identity).unwrap_or_default();
    written["taken_at"] = json!(exact(snapshot.taken));
    written
}
