//! Figures across campaigns.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;

/// Figures of one campaign whose answers have ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The campaign: id and name.
    pub campaign: (CampaignId, String),
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When answers were due.
    pub due_at: DateTime<Utc>,
    /// When answers ended.
    pub closed_at: DateTime<Utc>,
    /// Items.
    pub items: i64,
    /// Items with a decision.
    pub decided: i64,
    /// Of these, decided before they were due.
    pub on_time: i64,
    /// Items nobody answered.
    pub not_reviewed: i64,
    /// Median seconds on an item, where known.
    pub median_seconds: Option<i64>,
    /// Median seconds from start to decision.
    pub median_wait_seconds: Option<i64>,
    /// Revokes and modifies.
    pub tasks: i64,
    /// Of these, waived: they had not to be carried out.
    pub waived: i64,
    /// Of the tasks, proven.
    pub verified: i64,
    /// Of these, proven before they were due.
    pub verified_in_time: i64,
}

/// Decisions of one team over these campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamReport {
    /// Its name as frozen.
    pub team: String,
    /// Items.
    pub items: i64,
    /// Approvals.
    pub approved: i64,
    /// Modifications.
    pub modified: i64,
    /// Revocations.
    pub revoked: i64,
    /// "Don't know" answers.
    pub unknown: i64,
    /// Items nobody answered.
    pub not_reviewed: i64,
}

/// The report page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignReport {
    /// Campaigns, newest first.
    pub campaigns: Vec<ReportRow>,
    /// Teams, most items first.
    pub teams: Vec<TeamReport>,
}
