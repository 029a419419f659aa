//! Who is told of findings, and when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::findings::Severity;
use crate::ids::TeamId;
use crate::people::TeamRef;

/// When people are told of findings. Hours are of the zone of whoever is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRule {
    /// From this severity on at once; what is less waits for the digest.
    pub at_once: Severity,
    /// Hour of the daily digest, 0 to 23.
    pub digest_hour: u8,
    /// Hours in which only what is critical is told: from, to; the second may be before the first (over midnight).
    pub quiet: Option<(u8, u8)>,
    /// Whether findings go to the rule's webhook instead of to people.
    pub webhook_only: bool,
}

impl Default for NoticeRule {
    fn default() -> Self {
        Self {
            at_once: Severity::High,
            digest_hour: 8,
            quiet: None,
            webhook_only: false,
        }
    }
}

/// The webhook of a rule, as it is shown: the rest of its address may hold a token, its secret is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeHook {
    /// Its scheme and host: `https://hooks.example.com`.
    pub host: String,
    /// From this severity on.
    pub from: Severity,
    /// Whether posts are signed.
    pub signed: bool,
    /// What was said last of what could not be posted; empty when nothing waits for that.
    pub trouble: String,
}

/// A rule that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRuleRow {
    /// For which team; absent: every team without one of its own.
    pub team: Option<TeamRef>,
    /// The rule.
    pub rule: NoticeRule,
    /// Its webhook, where it has one.
    pub webhook: Option<NoticeHook>,
    /// When it was set.
    pub updated_at: DateTime<Utc>,
}

/// Every rule that was set, and what the form needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRules {
    /// The rules: everybody's first, then by team.
    pub rows: Vec<NoticeRuleRow>,
    /// Teams to choose from.
    pub teams: Vec<TeamRef>,
    /// Whether the viewer may set them.
    pub may_manage: bool,
    /// Whether a mail server is configured.
    pub mail: bool,
    /// Whether a webhook is configured.
    pub webhook: bool,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// A rule as its form sends it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeRuleInput {
    /// Team id; empty for every team without one of its own.
    pub team: String,
    /// A [`Severity`].
    pub at_once: String,
    /// Hour, 0 to 23.
    pub digest_hour: String,
    /// Hour, 0 to 23; empty with the other: never quiet.
    pub quiet_from: String,
    /// Hour, 0 to 23.
    pub quiet_to: String,
    /// Address of its webhook; empty for none.
    pub webhook: String,
    /// Secret its posts are signed with; empty with the address there is: the present one stays.
    pub webhook_secret: String,
    /// A [`Severity`]; empty for that of `at_once`.
    pub webhook_from: String,
    /// Not empty: findings go to the webhook instead of to people.
    pub webhook_only: String,
}

/// Without the webhook: its address may hold a token, and its secret is one.
impl std::fmt::Debug for NoticeRuleInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoticeRuleInput")
            .field("team", &self.team)
            .field("at_once", &self.at_once)
            .field("digest_hour", &self.digest_hour)
            .field("quiet_from", &self.quiet_from)
            .field("quiet_to", &self.quiet_to)
            .field("webhook", &!self.webhook.is_empty())
            .field("webhook_from", &self.webhook_from)
            .field("webhook_only", &self.webhook_only)
            .finish_non_exhaustive()
    }
}

impl NoticeRuleInput {
    /// The team's id, where one is named and readable.
    pub fn team_id(&self) -> Option<TeamId> {
        self.team.trim().parse().ok()
    }
}
