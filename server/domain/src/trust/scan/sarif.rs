//! SARIF 2.1.0. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::{Issue, REGISTRY};
use crate::trust::lint::Severity;

/// The issues as one SARIF run.
pub fn sarif(issues: &[Issue], version: &str) -> Value {
    let rules: Vec<Value> = REGISTRY
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": {"text": rule.why},
                "help": {"text": rule.fix},
                "defaultConfiguration": {"level": level(rule.severity)},
                "properties": {"security-severity": score(rule.severity), "tags": ["security"]},
            })
        })
        .collect();
    let results: Vec<Value> = issues
        .iter()
        .map(|issue| {
            json!({
                "ruleId": issue.rule,
                "ruleIndex": REGISTRY.iter().position(|rule| rule.id == issue.rule),
                "level": level(issue.severity),
                "message": {"text": issue.message},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": issue.path.replace('\\', "/")},
                    "region": {"startLine": issue.position.line, "startColumn": issue.position.column},
                }}],
                "properties": {"confidence": issue.confidence.as_str(), "severity": issue.severity.as_str()},
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "rollcall", "version": version, "rules": rules}},
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}
