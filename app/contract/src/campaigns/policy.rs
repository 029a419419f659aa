//! How a campaign is answered, and what follows when it is not.

use serde::{Deserialize, Serialize};

use super::ItemOutcome;
use crate::identities::RiskTier;

flat_enum! {
    /// How the answers of several reviewers make one outcome.
    Quorum {
        AnyOne = "any_one", "The first answer decides";
        All = "all", "Everybody answers, the strictest answer stands";
        DenyWins = "deny_wins", "The first refusal decides, approval needs everybody";
    }
}

flat_enum! {
    /// What happens to an item nobody answered, besides being counted as not reviewed.
    Silence {
        Escalate = "escalate", "Tell the lead and Security";
        Finding = "finding", "Raise a finding";
        Suspend = "suspend", "Suspend the identity";
    }
}

flat_enum! {
    /// Who answers in a stage.
    StageRule {
        Chain = "chain", "Owner, backup, team, lead, Security";
        TeamLead = "team_lead", "Team lead, else Security";
        Security = "security", "Security";
    }
}

/// One value for each risk tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PerTier<T> {
    /// Critical.
    pub critical: T,
    /// High.
    pub high: T,
    /// Standard.
    pub standard: T,
    /// Low.
    pub low: T,
}

impl<T: Copy> PerTier<T> {
    /// The same for every tier.
    pub const fn all(value: T) -> Self {
        Self {
            critical: value,
            high: value,
            standard: value,
            low: value,
        }
    }

    /// The value of a tier.
    pub const fn of(&self, tier: RiskTier) -> T {
        match tier {
            RiskTier::Critical => self.critical,
            RiskTier::High => self.high,
            RiskTier::Standard => self.standard,
            RiskTier::Low => self.low,
        }
    }
}

/// How many are asked about one item, and how their answers make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// Reviewers asked, 1 to 3.
    pub reviewers: u8,
    /// How their answers make one.
    pub quorum: Quorum,
}

impl Panel {
    /// One reviewer.
    pub const ONE: Self = Self {
        reviewers: 1,
        quorum: Quorum::AnyOne,
    };
}

/// One stage of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagePlan {
    /// Who answers.
    pub reviewers: StageRule,
    /// Which outcomes of this stage go on to the next one; empty in the last.
    #[serde(default)]
    pub advance: Vec<ItemOutcome>,
}

/// How a campaign is answered and what follows. Every part has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignPolicy {
    /// The stages, 1 to 3.
    pub stages: Vec<StagePlan>,
    /// How many are asked, by tier.
    pub panel: PerTier<Panel>,
    /// What silence brings, by tier.
    pub silence: PerTier<Silence>,
    /// Days after the due date before silence has consequences.
    pub grace_days: i64,
    /// Most identities suspended without a second person's word, in percent of the population.
    pub suspend_cap: i64,
    /// Days a revoke or modify may take, by tier.
    pub remediation_days: PerTier<i64>,
    /// Days without use that prove a revocation, where a source covers the platform.
    pub silence_proves_days: i64,
    /// Whether reviewers are reminded.
    pub reminders: bool,
}

impl Default for CampaignPolicy {
    fn default() -> Self {
        Self {
            stages: vec![StagePlan {
                reviewers: StageRule::Chain,
                advance: Vec::new(),
            }],
            panel: PerTier::all(Panel::ONE),
            silence: PerTier::all(Silence::Finding),
            grace_days: 7,
            suspend_cap: 10,
            remediation_days: PerTier {
                critical: 3,
                high: 7,
                standard: 14,
                low: 30,
            },
            silence_proves_days: 14,
            reminders: true,
        }
    }
}
