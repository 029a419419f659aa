//! A sender turned away at a source's door, as a finding.

use chrono::{DateTime, Utc};
use contract::findings::{Confidence, Severity};

use super::rules::{moment, refused_delivery};
use super::{Detected, fingerprint};

/// What happened at the door.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    /// Slug of the source.
    pub source: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Why, as its page says.
    pub why: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Refusals of this source so far.
    pub times: i64,
}

/// Reasons that only a forger gives.
const FORGED: &[&str] = &[
    "of a kind that is never taken",
    "no key of the issuer signed it",
];
/// Reasons that are no attack: nothing was shown at all.
const HARMLESS: &[&str] = &[
    "No token was sent",
    "It was not signed",
    "No token of an identity provider was sent",
];

/// The finding of a refusal; none where nothing was shown.
pub fn detect(refusal: &Refusal<'_>) -> Option<Detected> {
    let says = |reasons: &[&str]| reasons.iter().any(|reason| refusal.why.contains(reason));
    if says(HARMLESS) {
        return None;
    }
    let severity = if says(FORGED) || refusal.why.contains("delivered before") {
        Severity::High
    } else {
        Severity::Medium
    };
    // Names and claims differ from try to try; the kind of refusal does not.
    let kind = refusal
        .why
        .split([':', ';'])
        .take(2)
        .collect::<Vec<_>>()
        .join(":");
    let why = refusal.why.trim_end_matches('.');
    Some(Detected {
        rule: refused_delivery::RULE.id.to_owned(),
        identity: None,
        fingerprint: fingerprint(
            refused_delivery::RULE.id,
            None,
            &format!("{}|{kind}", refusal.source),
        ),
        severity,
        confidence: Confidence::Certain,
        title: format!("A sender was turned away from {}", refusal.name),
        detail: format!("{why}; nothing it sent was kept."),
        fix: refused_delivery::RULE.fix.to_owned(),
        evidence: vec![
            ("Source".to_owned(), refusal.name.to_owned()),
            ("Reason".to_owned(), refusal.why.to_owned()),
            ("Last time".to_owned(), moment(refusal.at)),
            (
                "Refusals of this source".to_owned(),
                refusal.times.to_string(),
            ),
        ],
        events: Vec::new(),
        at: refusal.at,
    })
}
