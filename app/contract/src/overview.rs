//! The overview's five answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::campaigns::{CampaignView, TeamProgress};
use crate::findings::{FindingRow, Severity};
use crate::people::TeamRow;

/// One month of the credential trend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The day the figures were taken.
    pub day: NaiveDate,
    /// Identities in use.
    pub identities: i64,
    /// Held by federation.
    pub federated: i64,
    /// Held by dynamic credentials.
    pub dynamic: i64,
    /// Held by a secret that its platform makes and rotates.
    pub platform_managed: i64,
    /// Held by a static credential.
    pub static_: i64,
    /// Held by a secret that stands in code.
    pub hard_coded: i64,
    /// Unknown.
    pub unknown: i64,
    /// Overdue reviews.
    pub reviews_overdue: i64,
    /// Overdue rotations.
    pub rotations_overdue: i64,
    /// Open critical findings.
    pub critical: i64,
    /// Open high findings.
    pub high: i64,
    /// Without a valid owner.
    pub unowned: i64,
    /// Sum of all risk scores; absent for days before it was kept.
    pub risk: Option<i64>,
}

/// One thing that is overdue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueRow {
    /// `review` or `rotation`.
    pub what: String,
    /// Identity name.
    pub name: String,
    /// Link target: the identity's id.
    pub identity: crate::ids::IdentityId,
    /// Owning team.
    pub team: Option<String>,
    /// Since when.
    pub due_at: DateTime<Utc>,
}

/// One source's coverage, newest days last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageRow {
    /// Source name.
    pub name: String,
    /// Source slug.
    pub slug: String,
    /// Last event.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Events on each of the last 30 days.
    pub days: Vec<i64>,
}

/// The five answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Figures of today, from live rows.
    pub today: TrendPoint,
    /// Twelve monthly points, oldest first, ending today.
    pub trend: Vec<TrendPoint>,
    /// By team, most identities first.
    pub teams: Vec<TeamRow>,
    /// Most overdue first, at most ten.
    pub overdue: Vec<OverdueRow>,
    /// Due within 14 days: reviews and rotations together.
    pub due_soon: i64,
    /// Open findings by severity.
    pub severities: Vec<(Severity, i64)>,
    /// Findings opened per day, last 30 days, oldest first: (critical, high, medium and low).
    pub opened: Vec<(i64, i64, i64)>,
    /// Most alarming open findings, at most six.
    pub findings: Vec<FindingRow>,
    /// The running campaign that is due first.
    pub campaign: Option<CampaignView>,
    /// Its teams, most open first.
    pub campaign_teams: Vec<TeamProgress>,
    /// What the sources see.
    pub coverage: Vec<CoverageRow>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// One thing a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// What it is: `identity`, `campaign`, `team` or `person`.
    pub kind: String,
    /// Its id, or slug for a team.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A line that tells it from others.
    pub detail: String,
}
