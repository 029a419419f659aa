//! The form of a policy: one field for each choice, as typed.

use serde::{Deserialize, Serialize};

use super::{CampaignPolicy, Panel, PerTier};

/// A campaign's policy as its form sends it. An empty field means the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// Who answers first, a [`super::StageRule`].
    pub first: String,
    /// Who answers in the second stage; empty: there is none.
    pub second: String,
    /// Who answers in the third stage; empty: there is none.
    pub third: String,
    /// Outcomes that go on to the second stage.
    pub on_to_second: Vec<String>,
    /// Outcomes that go on to the third stage.
    pub on_to_third: Vec<String>,
    /// How many are asked and how their answers make one: `any_one:1`, `all:2`, `deny_wins:3`.
    pub panel: PerTier<String>,
    /// What silence brings, a [`super::Silence`].
    pub silence: PerTier<String>,
    /// Days a revoke or modify may take.
    pub remediation: PerTier<String>,
    /// Days after the due date before silence has consequences.
    pub grace_days: String,
    /// Most identities suspended without a second person, in percent.
    pub suspend_cap: String,
    /// Days without use that prove a revocation.
    pub silence_proves_days: String,
    /// Whether reviewers are reminded: `yes` or `no`.
    pub reminders: String,
}

impl PolicyForm {
    /// The form filled with a policy.
    pub fn of(policy: &CampaignPolicy) -> Self {
        let stage = |at: usize| {
            let stage = policy.stages.get(at);
            stage.map_or_else(String::new, |stage| stage.reviewers.as_str().to_owned())
        };
        let on = |from: usize| {
            let words = policy.stages.get(from).map(|stage| &stage.advance);
            let words = words.into_iter().flatten();
            words.map(|outcome| outcome.as_str().to_owned()).collect()
        };
        Self {
            first: stage(0),
            second: stage(1),
            third: stage(2),
            on_to_second: on(0),
            on_to_third: on(1),
            panel: text(&policy.panel, |panel: Panel| {
                format!("{}:{}", panel.quorum.as_str(), panel.reviewers)
            }),
            silence: text(&policy.silence, |silence| silence.as_str().to_owned()),
            remediation: text(&policy.remediation_days, |days: i64| days.to_string()),
            grace_days: policy.grace_days.to_string(),
            suspend_cap: policy.suspend_cap.to_string(),
            silence_proves_days: policy.silence_proves_days.to_string(),
            reminders: if policy.reminders { "yes" } else { "no" }.to_owned(),
        }
    }
}

impl Default for PolicyForm {
    fn default() -> Self {
        Self::of(&CampaignPolicy::default())
    }
}

fn text<T: Copy>(per: &PerTier<T>, say: impl Fn(T) -> String) -> PerTier<String> {
    PerTier {
        critical: say(per.critical),
        high: say(per.high),
        standard: say(per.standard),
        low: say(per.low),
    }
}
