//! Findings: a rule's judgement with evidence, severity and confidence apart.
//!
//! One rule is one file in `finding/rules`, its id the file's name; the registry below lists them all. A rule
//! sees the [`facts::Facts`] of one identity and says that it fires, that it is clear, or that it cannot know.

pub mod action;
pub mod facts;
pub mod hook;
pub mod notify;
pub mod posture;
pub mod rules;

use contract::findings::{Confidence, FindingClass, Severity};
use contract::ids::{EventId, IdentityId};
use sha2::{Digest, Sha256};

use facts::{Credential, Facts};

/// A rule: what it is, and how it judges.
pub struct Rule {
    /// Stable id; the file's name.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// How things are, or what just happened.
    pub class: FindingClass,
    /// Why it matters.
    pub rationale: &'static str,
    /// MITRE ATT&CK technique first, where somebody acts; then OWASP NHI Top 10 (2025) and control ids.
    pub controls: &'static [&'static str],
    /// Judges one identity.
    pub judge: fn(&Facts) -> Verdict,
}

/// What a rule says of one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is so; each finding with its evidence.
    Fires(Vec<Finding>),
    /// It is not so.
    Clear,
    /// It cannot be known, and what would make it known.
    Unknown(&'static str),
}

impl Verdict {
    /// Fires when there is anything, else clear.
    pub fn of(findings: Vec<Finding>) -> Self {
        if findings.is_empty() {
            Self::Clear
        } else {
            Self::Fires(findings)
        }
    }

    /// The same of each credential; clear where it is no more, unknown where no credential is known.
    fn of_credentials(facts: &Facts, judge: impl Fn(&Credential) -> Option<Finding>) -> Self {
        if !facts.is_live() {
            return Self::Clear;
        }
        if facts.credentials.is_empty() {
            return Self::Unknown("Import or declare its credentials.");
        }
        Self::of(facts.credentials.iter().filter_map(judge).collect())
    }
}

/// Every rule, in the order of the documentation.
pub const REGISTRY: &[&Rule] = &[
    &rules::zombie_use::RULE,
    &rules::revoked_but_used::RULE,
    &rules::unregistered_identity::RULE,
    &rules::no_owner::RULE,
    &rules::inactive_owner::RULE,
    &rules::overdue_review::RULE,
    &rules::unanswered_review::RULE,
    &rules::overdue_rotation::RULE,
    &rules::retired_credential_used::RULE,
    &rules::unknown_credential_age::RULE,
    &rules::hard_coded_credential::RULE,
    &rules::static_cloud_credential::RULE,
    &rules::shared_credential::RULE,
    &rules::conflicting_selector::RULE,
    &rules::wildcard_trust::RULE,
    &rules::mutable_name_trust::RULE,
    &rules::trust_test_failed::RULE,
    &rules::persistent_runner::RULE,
    &rules::unused_identity::RULE,
    &rules::unused_credential::RULE,
    &rules::unused_permission::RULE,
    &rules::environment_mixed::RULE,
    &rules::build_and_deploy::RULE,
    &rules::break_glass_use::RULE,
    &rules::break_glass_drill::RULE,
];

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    REGISTRY.iter().copied().find(|rule| rule.id == id)
}

/// A judgement that can be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule id.
    pub rule: &'static str,
    /// Class.
    pub class: FindingClass,
    /// The same over time for the same thing, so that it is kept and not opened twice.
    pub fingerprint: [u8; 32],
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in a few words.
    pub title: String,
    /// The telling detail, in a few more.
    pub detail: String,
    /// What to do.
    pub fix: String,
    /// The facts it rests on: label and value. Never empty.
    pub evidence: Vec<(String, String)>,
    /// The latest events that show it, newest last; none where no event does.
    pub events: Vec<EventId>,
}

/// A finding being written; it cannot be finished without evidence.
pub struct Draft {
    rule: &'static Rule,
    identity: IdentityId,
    about: String,
    severity: Severity,
    confidence: Confidence,
    title: String,
    detail: String,
    fix: String,
}

/// A finding that has evidence.
pub struct Evident {
    draft: Draft,
    evidence: Vec<(String, String)>,
    events: Vec<EventId>,
}

impl Rule {
    /// Begins a finding on an identity.
    pub fn draft(
        &'static self,
        facts: &Facts,
        severity: Severity,
        title: impl Into<String>,
    ) -> Draft {
        Draft {
            rule: self,
            identity: facts.id,
            about: String::new(),
            severity,
            confidence: Confidence::Certain,
            title: title.into(),
            detail: String::new(),
            fix: String::new(),
        }
    }
}

impl Draft {
    /// The part of the identity it speaks of (a credential's id), so that two parts give two findings.
    #[must_use]
    pub fn about(mut self, part: impl Into<String>) -> Self {
        self.about = part.into();
        self
    }

    /// How sure it is; certain unless said.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The telling detail under the title.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// What to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The first fact it rests on.
    pub fn evidence(self, label: &str, value: impl Into<String>) -> Evident {
        Evident {
            draft: self,
            evidence: Vec::new(),
            events: Vec::new(),
        }
        .evidence(label, value)
    }
}

impl Evident {
    /// A further fact.
    #[must_use]
    pub fn evidence(mut self, label: &str, value: impl Into<String>) -> Self {
        self.evidence.push((label.to_owned(), value.into()));
        self
    }

    /// The latest events that show it, newest last.
    #[must_use]
    pub fn events(mut self, events: &[EventId]) -> Self {
        self.events.extend_from_slice(events);
        self
    }

    /// Finishes the finding.
    pub fn done(self) -> Finding {
        let Draft {
            rule,
            identity,
            about,
            severity,
            confidence,
            title,
            detail,
            fix,
        } = self.draft;
        Finding {
            rule: rule.id,
            class: rule.class,
            fingerprint: fingerprint(rule.id, identity, &about),
            severity,
            confidence,
            title,
            detail,
            fix,
            evidence: self.evidence,
            events: self.events,
        }
    }
}

/// Depends on what the finding is about and on nothing that changes while it stays open.
fn fingerprint(rule: &str, identity: IdentityId, about: &str) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(rule.as_bytes());
    sha.update([0]);
    sha.update(identity.0.as_bytes());
    sha.update(about.as_bytes());
    sha.finalize().into()
}

#[cfg(test)]
mod tests;
