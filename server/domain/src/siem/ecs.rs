//! Elastic Common Schema 8 (<https://www.elastic.co/guide/en/ecs/current/index.html>): nested objects; our own
//! fields under `rollcall`.

use contract::events::{EventKind, Outcome};
use contract::findings::Severity;
use serde_json::{Map, Value, json};

use super::vendor::{self, Verb, verb};
use super::{PlacedEntry, PlacedEvent, PlacedFinding, Row, Snapshot, exact, millis, native};
use crate::event::sentence::sentence;

/// The version the fields are of.
const VERSION: &str = "8.17.0";

/// Writes a row.
pub fn row(row: &Row) -> Value {
    let mut document = match row {
        Row::Event(event) => self::event(event),
        Row::Finding(finding) => self::finding(finding),
        Row::Entry(entry) => self::entry(entry),
        Row::Identity(snapshot) => identity(snapshot),
    };
    document["@timestamp"] = json!(exact(row.happened()));
    document["ecs"] = json!({ "version": VERSION });
    document["event"]["id"] = json!(row.id());
    document["event"]["created"] = json!(millis(row.published()));
    if row.position() > 0 {
        document["event"]["sequence"] = json!(row.position());
    }
    document["observer"] =
        json!({ "vendor": "Rollcall", "product": "Rollcall", "type": "governance" });
    prune(&mut document);
    document
}

/// Takes away what is nothing: a mapped field that is `null` is a conflict waiting.
fn prune(value: &mut Value) {
    if let Value::Object(map) = value {
        map.values_mut().for_each(prune);
        let empty = |value: &Value| match value {
            Value::Null => true,
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        let kept: Map<String, Value> = std::mem::take(map)
            .into_iter()
            .filter(|(_, value)| !empty(value))
            .collect();
        *map = kept;
    }
}

/// `event.category` and `event.type`: words of fixed lists.
fn categories(row: &PlacedEvent) -> (&'static [&'static str], Vec<&'static str>) {
    let event = &row.event;
    let change = match verb(&event.action) {
        Verb::Create => "creation",
        Verb::Delete => "deletion",
        Verb::Read => "access",
        Verb::Update => "change",
        Verb::Other => "info",
    };
    let (category, kind): (&[&str], &str) = match event.kind {
        EventKind::CredentialAssumption | EventKind::AuthenticationFailure => {
            (&["authentication"], "start")
        }
        EventKind::PipelineRun => (&["process"], "start"),
        EventKind::SecretAccess => (&["iam"], "access"),
        EventKind::Deployment | EventKind::DeploymentApproval => (&["configuration"], "change"),
        EventKind::CredentialChange | EventKind::TrustChange | EventKind::PermissionChange => {
            (&["iam"], change)
        }
        EventKind::ConfigurationChange => (&["configuration"], change),
        EventKind::AuthorizationFailure => (&["iam"], "denied"),
        EventKind::Other => (&[], change),
    };
    let mut kinds = vec![kind];
    if event.kind == EventKind::AuthenticationFailure {
        kinds.push("denied");
    }
    (category, kinds)
}

fn event(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let (category, kind) = categories(row);
    let actor = vendor::actor(row);
    let address = event.source_address();
    let cloud = vendor::cloud(event.format);
    let kubernetes = event.format == contract::events::EventFormat::KubernetesAudit;
    json!({
        "message": sentence(event),
        "event": {
            "kind": "event", "category": category, "type": kind, "action": event.action,
            "outcome": match event.outcome {
                Outcome::Success => "success", Outcome::Failure => "failure", Outcome::Unknown => "unknown",
            },
            "dataset": format!("rollcall.{}", event.format), "module": "rollcall", "provider": row.source,
            "ingested": exact(row.received_at), "code": event.kind.as_str(), "original": row.raw,
            "reference": event.vendor_id,
        },
        "user": { "name": actor, "id": event.principal },
        "source": { "ip": address, "address": event.source_ip },
        "cloud": cloud.map(|(_, provider)| json!({
            "provider": provider, "account": { "id": vendor::account(row) },
        })),
        "orchestrator": kubernetes.then(|| json!({ "type": "kubernetes" })),
        "related": { "user": actor.map(|name| vec![name]), "ip": address.map(|ip| vec![ip]) },
        "rollcall": {
            "kind": event.kind.as_str(), "source": row.source, "hash": hex::encode(&row.hash),
            "identity": row.identity.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
            "issuer": event.issuer, "subject": event.subject, "principal": event.principal, "role": event.role,
            "repository": event.repository, "ref": event.git_ref, "commit": event.commit, "run_id": event.run_id,
            "environment": event.environment, "target": event.target,
        },
    })
}

fn finding(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let severity = match finding.severity {
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    };
    json!({
        "message": finding.title,
        "event": {
            "kind": "alert", "category": ["iam"], "type": ["info"], "action": format!("finding.{}", row.change.as_str()),
            "dataset": "rollcall.findings", "module": "rollcall", "severity": severity, "reason": finding.detail,
        },
        "rule": { "id": finding.rule, "name": finding.rule, "description": finding.rationale },
        "user": finding.identity.as_ref().map(|(id, name)| json!({ "id": id.0, "name": name })),
        "related": { "user": finding.identity.as_ref().map(|(_, name)| vec![name]) },
        "rollcall": { "finding": native::change(row) },
    })
}

fn entry(row: &PlacedEntry) -> Value {
    let entry = &row.entry;
    let refused = entry.action.ends_with("refused");
    let signs = entry.action.contains("sign");
    json!({
        "message": entry.summary,
        "event": {
            "kind": "event", "category": [if signs { "authentication" } else { "configuration" }],
            "type": [if signs { "start" } else { "change" }], "action": entry.action,
            "outcome": if refused { "failure" } else { "success" },
            "dataset": "rollcall.activity", "module": "rollcall",
        },
        "user": { "name": entry.actor_name, "id": entry.actor_id },
        "related": { "user": [entry.actor_name] },
        "trace": { "id": entry.request_id },
        "rollcall": { "activity": native::entry(row) },
    })
}

fn identity(row: &Snapshot) -> Value {
    let identity = &row.identity;
    json!({
        "message": identity.purpose,
        "event": {
            "kind": "asset", "category": ["iam"], "type": ["info"], "action": "inventory.listed",
            "dataset": "rollcall.inventory", "module": "rollcall",
        },
        "user": { "name": identity.name, "id": identity.id.0, "risk": { "calculated_score_norm": identity.risk } },
        "rollcall": { "identity": identity },
    })
}
