//! Break-glass identities: for the day the pipeline is down.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::IdentityId;

/// What is known of an identity as a break-glass one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassView {
    /// Since when it is one.
    pub since: DateTime<Utc>,
    /// Days it was used, newest first, 90 days back.
    pub uses: Vec<GlassUseView>,
    /// Drills, newest first.
    pub drills: Vec<DrillView>,
    /// When the next drill is due.
    pub drill_due_at: DateTime<Utc>,
}

/// One day of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassUseView {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// First use of the day.
    pub at: DateTime<Utc>,
    /// Events of the day.
    pub events: i64,
    /// The ticket it was matched to, or the drill it was; absent while nobody said.
    pub ticket: Option<String>,
    /// Until when it must be matched.
    pub due_at: DateTime<Utc>,
}

/// One drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillView {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// Whether the way out worked.
    pub worked: bool,
    /// Its ticket.
    pub ticket: String,
    /// What was learned.
    pub note: String,
    /// Who recorded it; empty when unknown.
    pub by: String,
}

/// Marks an identity as break-glass, or takes the mark away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassMark {
    /// Which identity.
    pub identity: IdentityId,
    /// What it shall be.
    pub marked: bool,
    /// Why.
    pub reason: String,
}

/// Matches a day of use to its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassMatch {
    /// Which identity.
    pub identity: IdentityId,
    /// The day, `2026-11-21`.
    pub day: String,
    /// The ticket.
    pub ticket: String,
    /// What it was used for.
    #[serde(default)]
    pub note: String,
}

/// Records a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillInput {
    /// Which identity.
    pub identity: IdentityId,
    /// The day, `2026-11-21`; empty means today.
    #[serde(default)]
    pub day: String,
    /// The ticket.
    pub ticket: String,
    /// `yes` when the way out worked, `no` when it did not.
    #[serde(default)]
    pub worked: String,
    /// What was learned.
    #[serde(default)]
    pub note: String,
}
