//! Results of other tools, as SARIF 2.1.0: zizmor, poutine, checkov and the like.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde::Serialize;
use serde_json::Value;

use crate::trust::lint::Severity;

/// Most results taken of a file.
const MOST: usize = 50_000;
/// Longest file read, in bytes.
const LONGEST: usize = 64 << 20;

/// A result of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The tool.
    pub tool: String,
    /// Its rule.
    pub rule: String,
    /// How bad, by its level and security score.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file.
    pub path: String,
    /// The line, from 1; 0 when none is told.
    pub line: u64,
    /// What the tool itself knows it again by, where it says.
    #[serde(skip)]
    pub fingerprint: String,
}

/// What a file of results holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Results {
    /// The tools that ran, with results or without.
    pub tools: Vec<String>,
    /// Their results.
    pub found: Vec<Imported>,
    /// What could not be taken, by its place: run and result, counted from 1.
    pub problems: Vec<String>,
}

/// Reads a SARIF file.
///
/// # Errors
/// When it is no JSON or no SARIF, or holds more than is taken. A single result that cannot be taken is told among the
/// problems.
pub fn import_sarif(text: &str) -> Result<Results, String> {
    if text.len() > LONGEST {
        return Err(format!("{} bytes are more than is read", text.len()));
    }
    let file: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let runs = file
        .get("runs")
        .and_then(Value::as_array)
        .ok_or("no SARIF: it has no runs")?;
    let mut all = Results::default();
    for (nth, run) in runs.iter().enumerate() {
        let driver = &run["tool"]["driver"];
        let Some(tool) = driver["name"].as_str().filter(|it| !it.trim().is_empty()) else {
            all.problems
                .push(format!("run {}: its tool has no name", nth + 1));
            continue;
        };
        if !all.tools.iter().any(|known| known == tool) {
            all.tools.push(tool.to_owned());
        }
        let rules = driver["rules"].as_array();
        let empty = Vec::new();
        let results = run["results"].as_array().unwrap_or(&empty);
        for (at, result) in results.iter().enumerate() {
            // What was suppressed in the tool is not raised here again.
            if result["suppressions"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
            {
                continue;
            }
            let it = imported(result, driver, rules);
            let missing = match (it.rule.is_empty(), it.message.trim().is_empty()) {
                (true, _) => Some("names no rule"),
                (_, true) => Some("has no message"),
                _ => None,
            };
            if let Some(missing) = missing {
                let place = format!("run {}, result {}", nth + 1, at + 1);
                all.problems.push(format!("{place}: {missing}"));
                continue;
            }
            all.found.push(it);
            if all.found.len() > MOST {
                return Err(format!("more than {MOST} results"));
            }
        }
    }
    Ok(all)
}

/// The stable part of a fingerprint a tool gives: the one by its rule's own name first.
fn fingerprint(result: &Value) -> String {
    let of = |key: &str| {
        let map = result[key].as_object()?;
        map.values().find_map(Value::as_str).map(str::to_owned)
    };
    of("fingerprints")
        .or_else(|| of("partialFingerprints"))
        .unwrap_or_default()
}

fn imported(result: &Value, driver: &Value, rules: Option<&Vec<Value>>) -> Imported {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = text(&result["ruleId"]);
    let by_index = result["ruleIndex"]
        .as_u64()
        .and_then(|at| rules?.get(usize::try_from(at).ok()?));
    let rule = by_index.or_else(|| rules?.iter().find(|rule| rule["id"] == result["ruleId"]));
    let level = result["level"]
        .as_str()
        .or_else(|| rule?["defaultConfiguration"]["level"].as_str())
        .unwrap_or("warning");
    let score = result["properties"]["security-severity"]
        .as_str()
        .or_else(|| rule?["properties"]["security-severity"].as_str())
        .and_then(|score| score.parse::<f64>().ok());
    let place = &result["locations"][0]["physicalLocation"];
    Imported {
        tool: text(&driver["name"]),
        rule: if id.is_empty() {
            rule.map(|rule| text(&rule["id"])).unwrap_or_default()
        } else {
            id
        },
        severity: severity(score, level),
        message: message(result, rule).chars().take(1000).collect(),
        path: text(&place["artifactLocation"]["uri"]),
        line: place["region"]["startLine"].as_u64().unwrap_or_default(),
        fingerprint: fingerprint(result),
    }
}

/// The text of a result, or of the rule's message it names by id.
fn message(result: &Value, rule: Option<&Value>) -> String {
    let own = &result["message"];
    let named = || {
        let id = own["id"].as_str()?;
        rule?["messageStrings"][id]["text"].as_str()
    };
    own["text"]
        .as_str()
        .or_else(|| own["markdown"].as_str())
        .or_else(named)
        .unwrap_or_default()
        .to_owned()
}

/// By the score as GitHub reads it, else by the level.
fn severity(score: Option<f64>, level: &str) -> Severity {
    match (score, level) {
        (Some(score), _) if score >= 9.0 => Severity::Critical,
        (Some(score), _) if score >= 7.0 => Severity::High,
        (Some(score), _) if score >= 4.0 => Severity::Medium,
        (Some(score), _) if score > 0.0 => Severity::Low,
        (_, "error") => Severity::High,
        (_, "warning") => Severity::Medium,
        (_, "note") => Severity::Low,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn results_with_rules_levels_and_places() {
        let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"zizmor","rules":[{"id":"zizmor/artipacked","properties":{"security-severity":"9.3"}}]}},"results":[
            {"ruleId":"zizmor/artipacked","level":"warning","message":{"text":"keeps credentials"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":".github/workflows/a.yml"},"region":{"startLine":7}}}]},
            {"ruleIndex":0,"message":{"text":"x"},"suppressions":[{"kind":"inSource"}]},
            {"ruleId":"other","level":"error","message":{"text":"y"}},{"ruleId":"other"}]},{"tool":{}}]}"#;
        let all = import_sarif(text).unwrap();
        assert_eq!(
            all.problems,
            [
                "run 1, result 4: has no message",
                "run 2: its tool has no name"
            ]
        );
        let found = all.found;
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].severity, found[0].line), (Severity::Critical, 7));
        assert_eq!((found[1].severity, found[1].line), (Severity::High, 0));
        assert!(import_sarif("{}").is_err() && import_sarif("[").is_err());
    }
}
