//! Findings: 2003, 2004 and 2008.

use contract::findings::{FindingClass, FindingState, Severity};
use serde_json::{Value, json};

use super::{CRITICAL, HIGH, LOW, MEDIUM, Record, metadata, object};
use crate::siem::{Change, PlacedFinding};

const COMPLIANCE: u32 = 2003;
const DETECTION: u32 = 2004;
const IAM_ANALYSIS: u32 = 2008;

/// Rules that judge what an identity may do against what it does.
const ABOUT_USE: &[&str] = &[
    "unused_identity",
    "unused_permission",
    "unused_credential",
    "build_and_deploy",
];

/// Writes a change of a finding.
pub fn record(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let class = match finding.class {
        FindingClass::Detection => DETECTION,
        FindingClass::Posture
            if finding.identity.is_some() && ABOUT_USE.contains(&finding.rule.as_str()) =>
        {
            IAM_ANALYSIS
        }
        FindingClass::Posture => COMPLIANCE,
    };
    let activity = match row.change {
        Change::Opened => 1,
        Change::Updated => 2,
        Change::Resolved => 3,
    };
    let severity = match finding.severity {
        Severity::Low => LOW,
        Severity::Medium => MEDIUM,
        Severity::High => HIGH,
        Severity::Critical => CRITICAL,
    };
    let status = match finding.state {
        FindingState::Open => (1, "New"),
        FindingState::Acknowledged => (2, "In Progress"),
        FindingState::Excepted => (3, "Suppressed"),
        FindingState::Resolved => (4, "Resolved"),
    };
    let record = Record::begin(class, activity, severity, row.published)
        .status(status)
        .set("message", finding.title.as_str())
        .set("comment", finding.note.as_str())
        .set("finding_info", info(row))
        .set(
            "metadata",
            metadata(
                (row.id(), row.position, row.published),
                vec![("event_code", json!(finding.rule))],
            ),
        )
        .set("remediation", object([("desc", json!(finding.fix))]))
        .set("unmapped", unmapped(row));
    match class {
        COMPLIANCE => record
            .set("compliance", compliance(row))
            .set("resource", identity(row)),
        DETECTION => record.set("evidences", evidence(row)),
        _ => record
            .set("user", user(row))
            .set("applications", applications(row))
            .set("identity_activity_metrics", metrics(row))
            .set("permission_analysis_results", permissions(row)),
    }
    .end()
}

fn info(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    json!({
        "uid": finding.id.0, "title": finding.title, "desc": finding.detail,
        "types": [finding.class.as_str()],
        "analytic": { "uid": finding.rule, "name": finding.rule, "type_id": 1, "type": "Rule" },
        "created_time": finding.opened_at.timestamp_millis(),
        "first_seen_time": finding.opened_at.timestamp_millis(),
        "last_seen_time": finding.seen_at.timestamp_millis(),
        "modified_time": row.published.timestamp_millis(),
    })
}

/// The controls the rule maps to, e.g. `OWASP NHI5:2025`: the standard is what stands before the first number.
fn compliance(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let status = match finding.state {
        FindingState::Resolved => (1, "Pass"),
        FindingState::Excepted => (2, "Warning"),
        FindingState::Open | FindingState::Acknowledged => (3, "Fail"),
    };
    let mut standards: Vec<&str> = finding
        .controls
        .iter()
        .filter_map(|control| control.split_whitespace().next())
        .collect();
    standards.dedup();
    object([
        ("control", json!(finding.rule)),
        ("desc", json!(finding.rationale)),
        ("requirements", json!(finding.controls)),
        ("standards", json!(standards)),
        ("status_id", json!(status.0)),
        ("status", json!(status.1)),
    ])
}

fn identity(row: &PlacedFinding) -> Value {
    row.finding.identity.as_ref().map_or(
        Value::Null,
        |(id, name)| json!({ "uid": id.0, "name": name, "type": "identity" }),
    )
}

fn user(row: &PlacedFinding) -> Value {
    row.finding.identity.as_ref().map_or(
        Value::Null,
        |(id, name)| json!({ "uid": id.0, "name": name, "type_id": 4, "type": "Service" }),
    )
}

fn applications(row: &PlacedFinding) -> Value {
    row.finding
        .identity
        .as_ref()
        .map_or(Value::Null, |(id, name)| {
            let team = row.finding.team.as_ref();
            let owner = team.map(|team| json!({ "uid": team.id.0, "name": team.name }));
            json!([object([
                ("uid", json!(id.0)),
                ("name", json!(name)),
                ("type", json!("pipeline identity")),
                ("group", owner.unwrap_or_default()),
            ])])
        })
}

fn metrics(row: &PlacedFinding) -> Value {
    object([(
        "last_seen_time",
        json!(row.last_used_at.map(|at| at.timestamp_millis())),
    )])
}

fn permissions(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    if finding.rule != "unused_permission" {
        return Value::Null;
    }
    let unused: Vec<String> = finding
        .evidence
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    json!([{ "granted_privileges": unused, "unused_privileges_count": unused.len() }])
}

fn evidence(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let data: serde_json::Map<String, Value> = finding
        .evidence
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    json!([object([("data", Value::Object(data)), ("user", user(row))])])
}

fn unmapped(row: &PlacedFinding) -> Value {
    let finding = &row.finding;
    let evidence: Vec<Value> = finding
        .evidence
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    object([
        ("confidence", json!(finding.confidence.as_str())),
        ("state", json!(finding.state.as_str())),
        ("team", json!(finding.team.as_ref().map(|team| &team.slug))),
        ("evidence", json!(evidence)),
        (
            "excepted_until",
            json!(finding.excepted_until.map(|at| at.timestamp_millis())),
        ),
    ])
}
