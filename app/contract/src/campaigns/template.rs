//! Templates: a campaign as it comes again.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{CampaignPolicy, PolicyForm};
use crate::identities::IdentityFilter;
use crate::ids::TemplateId;

/// When a campaign comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Calendar rule of RFC 5545: `FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1`.
    pub rule: String,
    /// Zone its days are of, such as `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// First day it can fall on.
    pub starts_on: NaiveDate,
    /// Moved to the next working day where it falls on none.
    #[serde(default)]
    pub working_days: bool,
    /// Days nobody works, besides weekends.
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
    /// Days before, on which the draft is made.
    #[serde(default = "week")]
    pub ahead_days: i64,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn week() -> i64 {
    7
}

fn month() -> i64 {
    28
}

/// A campaign to be made again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignTemplate {
    /// Its name; campaigns made of it are called after it and their day.
    pub name: String,
    /// What reviewers should know.
    #[serde(default)]
    pub notes: String,
    /// Only identities whose review is due by then.
    #[serde(default)]
    pub only_due: bool,
    /// Further narrowing.
    #[serde(default)]
    pub filter: IdentityFilter,
    /// Days people have to answer.
    #[serde(default = "month")]
    pub days: i64,
    /// When it comes again; absent when somebody starts it by hand.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// How it is answered and what follows.
    #[serde(default)]
    pub policy: CampaignPolicy,
}

/// A row of the templates page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Id, made of the name.
    pub id: TemplateId,
    /// The template.
    pub template: CampaignTemplate,
    /// The next day it falls on.
    pub next: Option<NaiveDate>,
    /// The day the last draft was made for.
    pub last_for: Option<NaiveDate>,
    /// When it was changed.
    pub updated_at: DateTime<Utc>,
}

/// What applying a file would do to one template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateChange {
    /// Which template.
    pub name: String,
    /// Whether it is new.
    pub new: bool,
    /// What would change: field, before, after.
    pub fields: Vec<(String, String, String)>,
}

/// What the template form sends, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TemplateForm {
    /// Name.
    pub name: String,
    /// What reviewers should know.
    pub notes: String,
    /// Days people have to answer.
    pub days: String,
    /// Only identities whose review is due by then.
    pub only_due: bool,
    /// When it comes again.
    pub schedule: ScheduleForm,
    /// The population, narrowed.
    pub filter: IdentityFilter,
    /// How it is answered and what follows.
    pub policy: PolicyForm,
}

/// When a template comes again, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleForm {
    /// Calendar rule; empty when it is started by hand.
    pub rule: String,
    /// First day, `YYYY-MM-DD`.
    pub starts_on: String,
    /// Zone its days are of.
    pub time_zone: String,
    /// Days before, on which the draft is made.
    pub ahead_days: String,
    /// Moved to the next working day, where anything stands here.
    pub working_days: String,
    /// Days nobody works, besides weekends: `2027-01-01, 2027-12-25`.
    pub holidays: String,
}
