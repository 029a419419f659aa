//! A sender turned away at a source's door, as a finding.

use chrono::{DateTime, Utc};
use contract::findings::{Confidence, Severity};

use super::rules::refused_delivery;
use super::{Detected, fingerprint};

/// Begins the reason of a token that the source's rule does not admit; what it said follows.
const NOT_OURS: &str = "The token is not one of this source";
/// Begins the reason of somebody else's certificate.
const OTHER_CERTIFICATE: &str = "The certificate is of";

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

/// The kind of a refusal. Names and claims differ from try to try, and a sender chooses them: the kind does not.
fn kind(why: &str) -> String {
    if why.starts_with(OTHER_CERTIFICATE) {
        return OTHER_CERTIFICATE.to_owned();
    }
    let parts: Vec<&str> = why.split([':', ';']).take(2).collect();
    let kind = parts.join(":");
    match kind
        .strip_prefix(NOT_OURS)
        .and_then(|said| said.split_once(" is "))
    {
        Some((said, _)) => format!("{NOT_OURS}{said}"),
        None => kind,
    }
}

/// How many, told so that it changes seldom: a flood is no new finding with each refusal.
fn about(times: i64) -> String {
    match times.max(1).ilog10() {
        0 => "fewer than 10".to_owned(),
        digits => format!("{} or more", 10_i64.pow(digits)),
    }
}

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
    let why = refusal.why.trim_end_matches('.');
    Some(Detected {
        rule: refused_delivery::RULE.id.to_owned(),
        identity: None,
        fingerprint: fingerprint(
            refused_delivery::RULE.id,
            None,
            &format!("{}|{}", refusal.source, kind(refusal.why)),
        ),
        severity,
        confidence: Confidence::Certain,
        title: format!("A sender was turned away from {}", refusal.name),
        detail: format!("{why}; nothing it sent was kept."),
        fix: refused_delivery::RULE.fix.to_owned(),
        evidence: vec![
            ("Source".to_owned(), refusal.name.to_owned()),
            ("Reason".to_owned(), refusal.why.to_owned()),
            ("Refusals of this source".to_owned(), about(refusal.times)),
        ],
        events: Vec::new(),
        at: refusal.at,
    })
}
