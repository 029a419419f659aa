//! Missing links of production deployments, over the runs of a stretch of time, as findings: one for each link.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::findings::{Confidence, Severity};
use contract::ids::EventId;

use super::rules::{moment, trail_gap};
use super::{Detected, fingerprint};
use crate::event::story::trail::{Part, Standing};

/// Runs a finding names.
const NAMED: usize = 10;

/// A link that one run lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// `owner/name#id`.
    pub run: String,
    /// Which link.
    pub part: Part,
    /// How it stands.
    pub standing: Standing,
    /// The event that deployed.
    pub event: EventId,
}

/// The findings of the gaps among so many runs.
pub fn detect(
    gaps: &[Gap],
    runs: usize,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<Detected> {
    let mut parts: BTreeMap<Part, Vec<&Gap>> = BTreeMap::new();
    for gap in gaps {
        parts.entry(gap.part).or_default().push(gap);
    }
    parts
        .into_iter()
        .map(|(part, gaps)| finding(part, &gaps, runs, (from, to)))
        .collect()
}

fn finding(
    part: Part,
    gaps: &[&Gap],
    runs: usize,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Detected {
    let rule = &trail_gap::RULE;
    let doubtful = gaps
        .iter()
        .any(|gap| matches!(gap.standing, Standing::Doubtful { .. }));
    let words = gaps.iter().find_map(|gap| match &gap.standing {
        Standing::Missing { source } => Some((*source).to_owned()),
        _ => None,
    });
    let mut evidence = vec![
        ("Runs".to_owned(), format!("{} of {runs}", gaps.len())),
        (
            "Window".to_owned(),
            format!("{} to {}", moment(from), moment(to)),
        ),
    ];
    evidence.extend(words.map(|words| ("Would have shown it".to_owned(), words)));
    for gap in gaps.iter().take(NAMED) {
        let why = match &gap.standing {
            Standing::Doubtful { why, .. } => format!("{}: {why}", gap.run),
            _ => gap.run.clone(),
        };
        evidence.push(("Run".to_owned(), why));
    }
    let name = part.as_str();
    Detected {
        rule: rule.id.to_owned(),
        identity: None,
        fingerprint: fingerprint(rule.id, None, name),
        severity: if doubtful {
            Severity::Medium
        } else {
            Severity::Low
        },
        confidence: Confidence::Certain,
        title: format!("Production deployments whose {name} no event proves"),
        detail: format!(
            "{} of {runs} production deployments between {} and {} lack it.",
            gaps.len(),
            moment(from),
            moment(to)
        ),
        fix: rule.fix.to_owned(),
        evidence,
        events: gaps.iter().take(NAMED).map(|gap| gap.event).collect(),
        at: to,
    }
}
