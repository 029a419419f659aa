//! One answer for many items, and being away.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Advice, DecisionKind};
use crate::identities::RiskTier;
use crate::ids::{CampaignId, PersonId};
use crate::people::PersonRef;

/// One homogeneous group of a reviewer's open items: the same advice and tier, nothing changed, nothing privileged in
/// production, nothing drifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkGroup {
    /// What is advised for all of them.
    pub advice: Advice,
    /// Their tier.
    pub tier: RiskTier,
    /// How many.
    pub count: i64,
    /// Names of the first few.
    pub names: Vec<String>,
}

/// One answer for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkInput {
    /// In which campaign.
    pub campaign: CampaignId,
    /// The group's advice.
    pub advice: Advice,
    /// The group's tier.
    pub tier: RiskTier,
    /// Approve or revoke.
    pub decision: DecisionKind,
    /// One reason for all.
    pub reason: String,
    /// How many the reviewer believes they decide on.
    pub count: i64,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDone {
    /// Items decided.
    pub decided: i64,
    /// Items left out, each with why.
    pub left_out: Vec<(String, String)>,
}

/// A gap in what the sources see of a population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// What cannot be seen, in a sentence.
    pub sentence: String,
    /// Why it is accepted; absent until somebody acknowledges it.
    pub accepted: Option<(String, PersonRef, DateTime<Utc>)>,
}

/// Somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub person: PersonRef,
    /// Who answers meanwhile.
    pub deputy: PersonRef,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
}

/// What the form of an absence sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceInput {
    /// Who answers meanwhile.
    pub deputy: PersonId,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub until: String,
}

/// The viewer's own absence, and who can stand in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AbsenceView {
    /// The one that is or comes next.
    pub planned: Option<Absence>,
    /// Who can stand in.
    pub people: Vec<PersonRef>,
}

/// A gap of coverage somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedGap {
    /// What cannot be seen.
    pub sentence: String,
    /// Why that is accepted.
    pub reason: String,
    /// By whom.
    pub by: PersonRef,
    /// When.
    pub at: DateTime<Utc>,
}
