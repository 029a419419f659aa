//! Findings: a rule's judgement with evidence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::FacetValue;
use crate::ids::{EventId, FindingId, IdentityId};
use crate::people::TeamRef;

flat_enum! {
    /// How bad it is.
    Severity {
        Critical = "critical", "Critical";
        High = "high", "High";
        Medium = "medium", "Medium";
        Low = "low", "Low";
    }
}

flat_enum! {
    /// How sure the rule is.
    Confidence {
        Certain = "certain", "Certain";
        Likely = "likely", "Likely";
        Possible = "possible", "Possible";
    }
}

flat_enum! {
    /// How things are, or what just happened.
    FindingClass {
        Posture = "posture", "Posture";
        Detection = "detection", "Detection";
    }
}

flat_enum! {
    /// Where it stands.
    FindingState {
        Open = "open", "Open";
        Acknowledged = "acknowledged", "Acknowledged";
        Excepted = "excepted", "Excepted";
        Resolved = "resolved", "Resolved";
    }
}

/// A row of the findings page; evidence, why and fix included so that a row opens in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// Its id.
    pub id: FindingId,
    /// Rule id, e.g. `no_owner`.
    pub rule: String,
    /// Class.
    pub class: FindingClass,
    /// Severity.
    pub severity: Severity,
    /// Confidence.
    pub confidence: Confidence,
    /// State.
    pub state: FindingState,
    /// What is wrong, in a few words.
    pub title: String,
    /// The telling detail under the title.
    pub detail: String,
    /// Why it matters.
    pub rationale: String,
    /// What to do.
    pub fix: String,
    /// Facts it rests on: label and value.
    pub evidence: Vec<(String, String)>,
    /// The very events it was made out of, or the latest that show it, newest last; none where no event does.
    pub events: Vec<EventId>,
    /// Whether events opened it, so that it is over when somebody says so; else it is over when it is no longer so.
    pub detected: bool,
    /// OWASP NHI and control ids, e.g. `NHI1:2025`, `SOC 2 CC6.1`; a detection's ATT&CK technique comes first.
    pub controls: Vec<String>,
    /// Identity it speaks of: id and name.
    pub identity: Option<(IdentityId, String)>,
    /// Team that answers for it.
    pub team: Option<TeamRef>,
    /// First seen.
    pub opened_at: DateTime<Utc>,
    /// Last confirmed.
    pub seen_at: DateTime<Utc>,
    /// Exception's end.
    pub excepted_until: Option<DateTime<Utc>>,
    /// Note of the acknowledgement or exception.
    pub note: String,
    /// Who looks into it.
    pub assignee: Option<String>,
}

/// The findings filter, as it stands in the address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingFilter {
    /// Words searched in title and identity name.
    pub q: String,
    /// Severities.
    pub severity: Vec<Severity>,
    /// States; empty means open and acknowledged.
    pub state: Vec<FindingState>,
    /// Rule ids.
    pub rule: Vec<String>,
    /// Classes.
    pub class: Vec<FindingClass>,
    /// Team slugs.
    pub team: Vec<String>,
    /// How long they have been open.
    pub age: Vec<FindingAge>,
    /// One identity.
    pub identity: Option<IdentityId>,
}

/// A page of findings with facets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingList {
    /// The rows, worst first, then newest.
    pub page: crate::Page<FindingRow>,
    /// Facet name and its values.
    pub facets: Vec<(String, Vec<FacetValue>)>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

flat_enum! {
    /// How long ago a finding was opened.
    FindingAge {
        Day = "day", "Less than a day";
        Week = "week", "1 to 7 days";
        Month = "month", "7 to 30 days";
        Older = "older", "30 days and more";
    }
}

flat_enum! {
    /// What a person does with a finding.
    FindingAction {
        Acknowledge = "acknowledge", "Acknowledge";
        Except = "except", "Except";
        Resolve = "resolve", "Resolve";
        Assign = "assign", "Assign";
        Reopen = "reopen", "Reopen";
    }
}

/// What the finding form sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingInput {
    /// Which finding.
    pub finding: FindingId,
    /// What to do.
    pub action: FindingAction,
    /// Note or reason; an exception demands it.
    pub note: String,
    /// Days an exception lasts, 1 to 365.
    pub days: Option<i64>,
    /// What an exception covers.
    #[serde(default)]
    pub scope: ExceptionScope,
    /// E-mail address of whom it is given to.
    #[serde(default)]
    pub to: String,
}

flat_enum! {
    /// What an exception covers.
    #[derive(Default)]
    ExceptionScope {
        #[default]
        Finding = "finding", "This finding only";
        Identity = "identity", "Whatever this rule finds on this identity";
    }
}

flat_enum! {
    /// By what findings are put together.
    FindingGrouping {
        Identity = "identity", "By identity";
        Rule = "rule", "By rule";
    }
}

/// Findings of one identity, or of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// Rule id; absent where they are one identity's.
    pub rule: Option<String>,
    /// Identity: id and name; absent where they are one rule's, or nobody's.
    pub identity: Option<(IdentityId, String)>,
    /// Name of the rule or the identity.
    pub name: String,
    /// How many of each severity, worst first.
    pub severities: Vec<(Severity, i64)>,
    /// When the newest was opened.
    pub latest: DateTime<Utc>,
}

/// What happened to a finding: its events and what people did with it, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingStory {
    /// The very events.
    pub events: Vec<crate::events::EventRow>,
    /// When, who, and what in a sentence.
    pub deeds: Vec<(DateTime<Utc>, String, String)>,
}

/// What became of several findings acknowledged at once: each by itself, with its own entry in the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Acknowledged {
    /// How many were.
    pub done: i64,
    /// How many were not.
    pub left: i64,
    /// Why not, each reason once.
    pub why: Vec<String>,
}
