//! Findings: a rule's judgement with evidence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::FacetValue;
use crate::ids::{FindingId, IdentityId};
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
    /// OWASP NHI and control ids, e.g. `NHI1:2025`, `SOC 2 CC6.1`.
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
