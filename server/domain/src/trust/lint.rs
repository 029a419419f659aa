//! Lint of trusts. One rule (or one family of the reference's table) is one file in `lint/`; the registry lists
//! them, and a finding says where, how bad, how sure, why, how it is abused and what to write instead.

mod look;
mod rules;

pub use contract::findings::Confidence;
use serde::Serialize;

use super::Trust;
use super::facts::Facts;
use super::source::{Position, Span};
use look::Look;

/// How bad it is. One step worse for a privileged role, one better for one that only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hygiene.
    Low,
    /// Wider than needed, or broken.
    Medium,
    /// Outsiders or the wrong insiders get in under conditions they can bring about.
    High,
    /// Outsiders get in.
    Critical,
}

impl Severity {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    const fn raised(self) -> Self {
        match self {
            Self::Info => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }

    const fn lowered(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

/// A rule: its ids, and what is always true of its findings.
pub struct Rule {
    /// Ids of the reference's table; a family has several.
    pub ids: &'static [&'static str],
    /// Severity unless a case says otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// How it is abused, or how it fails, in a sentence.
    pub exploit: &'static str,
    /// What to write instead.
    pub fix: &'static str,
    check: fn(&Look, &mut Report),
}

/// Every rule, in the order of the reference.
pub const REGISTRY: &[&Rule] = rules::REGISTRY;

/// A flaw and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong here.
    pub message: String,
    /// Where.
    pub position: Position,
    /// Why it matters.
    pub why: &'static str,
    /// How it is abused, or how it fails.
    pub exploit: &'static str,
    /// What to write instead.
    pub fix: String,
}

/// What a rule says, before severities are fitted to the role.
struct Report<'a> {
    rule: &'static Rule,
    trust: &'a Trust,
    found: Vec<Finding>,
}

impl Report<'_> {
    /// Reports one of the rule's ids at the rule's severity, certain.
    fn say(&mut self, id: &str, span: Span, message: impl Into<String>) -> &mut Finding {
        let place = self.trust.source.position(span);
        self.found.push(Finding {
            rule: id.to_owned(),
            severity: self.rule.severity,
            confidence: Confidence::Certain,
            message: super::hole::shown(&message.into()).into_owned(),
            position: place,
            why: self.rule.why,
            exploit: self.rule.exploit,
            fix: self.rule.fix.to_owned(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// Every finding, in the order of the document.
pub fn lint(trust: &Trust, facts: &Facts) -> Vec<Finding> {
    let look = Look::new(trust, facts);
    let mut found: Vec<Finding> = Vec::new();
    let mut said = std::collections::HashSet::new();
    for rule in REGISTRY {
        let mut report = Report {
            rule,
            trust,
            found: Vec::new(),
        };
        (rule.check)(&look, &mut report);
        for mut finding in report.found {
            if facts.privileged() && finding.severity > Severity::Info {
                finding.severity = finding.severity.raised();
            } else if facts.read_only() {
                finding.severity = finding.severity.lowered();
            }
            // Several ways in may share a condition; it is said once.
            if said.insert((
                finding.rule.clone(),
                finding.position,
                finding.message.clone(),
            )) {
                found.push(finding);
            }
        }
    }
    found.sort_by_key(|finding| (finding.position, std::cmp::Reverse(finding.severity)));
    found
}
