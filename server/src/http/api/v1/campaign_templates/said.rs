//! What is said of templates, and what is sent.

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::{CampaignPolicy, Schedule, TemplateChange as Changed, TemplateRow};
use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityKind, IdentityState, Platform,
    ReviewState, RiskTier, RotationState,
};
use contract::ids::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::wire::{policy, words};

/// Whom a campaign is about: the names of the inventory's own filter. Several values of one are alternatives.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TemplatePopulation {
    /// Words searched in name, purpose and names outside.
    pub(super) q: String,
    /// Kinds.
    #[schema(schema_with = words::kinds)]
    pub(super) kind: Vec<IdentityKind>,
    /// States; empty means everything that is neither rejected nor removed.
    #[schema(schema_with = words::states)]
    pub(super) state: Vec<IdentityState>,
    /// Platforms.
    #[schema(schema_with = words::platforms)]
    pub(super) platform: Vec<Platform>,
    /// Environments.
    #[schema(schema_with = words::environments)]
    pub(super) environment: Vec<Environment>,
    /// Slugs of teams; `none` is whatever no team answers for.
    pub(super) team: Vec<String>,
    /// Classes of credentials.
    #[schema(schema_with = words::credentials)]
    pub(super) credential: Vec<CredentialClass>,
    /// States of rotation.
    #[schema(schema_with = words::rotations)]
    pub(super) rotation: Vec<RotationState>,
    /// States of review.
    #[schema(schema_with = words::reviews)]
    pub(super) review: Vec<ReviewState>,
    /// Tiers.
    #[schema(schema_with = words::tiers)]
    pub(super) tier: Vec<RiskTier>,
    /// Only privileged ones, or only others.
    pub(super) privileged: Option<bool>,
    /// Only what was not used for so many days, 1 to 3650.
    pub(super) unused_days: Option<i64>,
    /// Only what is overdue.
    pub(super) overdue: bool,
    /// Only what this person answers for.
    pub(super) owner: Option<Uuid>,
}

impl From<IdentityFilter> for TemplatePopulation {
    fn from(filter: IdentityFilter) -> Self {
        Self {
            q: filter.q,
            kind: filter.kind,
            state: filter.state,
            platform: filter.platform,
            environment: filter.environment,
            team: filter.team,
            credential: filter.credential,
            rotation: filter.rotation,
            review: filter.review,
            tier: filter.tier,
            privileged: filter.privileged,
            unused_days: filter.unused_days,
            overdue: filter.overdue,
            owner: filter.owner.map(|person| person.0),
        }
    }
}

impl From<TemplatePopulation> for IdentityFilter {
    fn from(of: TemplatePopulation) -> Self {
        Self {
            q: of.q,
            kind: of.kind,
            state: of.state,
            platform: of.platform,
            environment: of.environment,
            team: of.team,
            credential: of.credential,
            rotation: of.rotation,
            review: of.review,
            tier: of.tier,
            privileged: of.privileged,
            unused_days: of.unused_days,
            overdue: of.overdue,
            owner: of.owner.map(PersonId),
        }
    }
}

/// When a campaign comes again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateSchedule {
    /// Calendar rule of RFC 5545; empty: it does not come again by itself.
    #[schema(example = "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1")]
    pub(super) rule: String,
    /// Zone its days are of.
    #[serde(default = "utc")]
    #[schema(example = "Europe/Berlin")]
    pub(super) time_zone: String,
    /// First day it can fall on, `YYYY-MM-DD`.
    #[serde(default)]
    #[schema(example = "2027-01-01")]
    pub(super) starts_on: String,
    /// Moved to the next working day where it falls on none.
    #[serde(default)]
    pub(super) working_days: bool,
    /// Days nobody works, besides weekends, each `YYYY-MM-DD`.
    #[serde(default)]
    pub(super) holidays: Vec<String>,
    /// Days before, on which the draft is made, 0 to 60.
    #[serde(default = "week")]
    pub(super) ahead_days: i64,
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

impl From<Schedule> for TemplateSchedule {
    fn from(schedule: Schedule) -> Self {
        Self {
            rule: schedule.rule,
            time_zone: schedule.time_zone,
            starts_on: schedule.starts_on.to_string(),
            working_days: schedule.working_days,
            holidays: schedule.holidays.iter().map(ToString::to_string).collect(),
            ahead_days: schedule.ahead_days,
        }
    }
}

/// A campaign that comes again.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignTemplate {
    /// Id, made of the name.
    pub(super) id: Uuid,
    /// Its name: campaigns made of it are called after it and their day.
    pub(super) name: String,
    /// What reviewers should know.
    pub(super) notes: String,
    /// Days people have to answer.
    pub(super) days: i64,
    /// Only identities whose review is due by then.
    pub(super) only_due: bool,
    /// Whom it is about.
    pub(super) filter: TemplatePopulation,
    /// When it comes again; absent: when somebody asks for it.
    pub(super) schedule: Option<TemplateSchedule>,
    /// How it is answered and what follows.
    #[schema(schema_with = policy::policy_or_none)]
    pub(super) policy: CampaignPolicy,
    /// The next day it falls on.
    pub(super) next_on: Option<NaiveDate>,
    /// The day the last draft was made for.
    pub(super) last_for: Option<NaiveDate>,
    /// When it was changed.
    pub(super) updated_at: DateTime<Utc>,
}

impl From<TemplateRow> for CampaignTemplate {
    fn from(row: TemplateRow) -> Self {
        let kept = row.template;
        Self {
            id: row.id.0,
            name: kept.name,
            notes: kept.notes,
            days: kept.days,
            only_due: kept.only_due,
            filter: kept.filter.into(),
            schedule: kept.schedule.map(Into::into),
            policy: kept.policy,
            next_on: row.next,
            last_for: row.last_for,
            updated_at: row.updated_at,
        }
    }
}

/// A template to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// Name, at most 80 characters.
    #[schema(example = "Quarterly review")]
    pub(super) name: String,
    /// What reviewers should know.
    #[serde(default)]
    pub(super) notes: String,
    /// Days people have to answer, 1 to 180; 28 when absent.
    #[serde(default = "month")]
    pub(super) days: i64,
    /// Only identities whose review is due by then.
    #[serde(default)]
    pub(super) only_due: bool,
    /// Whom it is about; everybody when absent.
    #[serde(default)]
    pub(super) filter: TemplatePopulation,
    /// When it comes again; absent: when somebody asks for it.
    #[serde(default)]
    pub(super) schedule: Option<TemplateSchedule>,
    /// How it is answered and what follows; the usual policy when absent.
    #[serde(default)]
    #[schema(schema_with = policy::policy_or_none)]
    pub(super) policy: Option<CampaignPolicy>,
}

/// What changes in a template; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TemplateChange {
    /// What reviewers should know.
    pub(super) notes: Option<String>,
    /// Days people have to answer, 1 to 180.
    #[schema(example = 21)]
    pub(super) days: Option<i64>,
    /// Only identities whose review is due by then.
    pub(super) only_due: Option<bool>,
    /// Whom it is about, in place of what it was.
    pub(super) filter: Option<TemplatePopulation>,
    /// When it comes again, in place of what it was; with an empty rule: no more by itself.
    pub(super) schedule: Option<TemplateSchedule>,
    /// How it is answered, in place of what it was; what is left out of it is as usual.
    #[schema(schema_with = policy::policy_or_none)]
    pub(super) policy: Option<CampaignPolicy>,
}

/// Templates to apply, or only to plan. Those it does not name stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateFile {
    /// At most 500; one of the same name is replaced.
    #[schema(example = json!([{ "name": "Quarterly review", "days": 28 }]))]
    pub(super) templates: Vec<NewTemplate>,
    /// Whether only to say what would change; nothing is saved then.
    #[serde(default)]
    #[schema(example = true)]
    pub(super) plan: bool,
}

/// What changed, or would change, in one template.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateDifference {
    /// Its name.
    pub(super) name: String,
    /// Whether it is new.
    pub(super) new: bool,
    /// What is different.
    pub(super) fields: Vec<FieldDifference>,
}

/// A field before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldDifference {
    /// Its path.
    pub(super) field: String,
    /// Before; empty where there was nothing.
    pub(super) before: String,
    /// After; empty where there is nothing.
    pub(super) after: String,
}

impl From<Changed> for TemplateDifference {
    fn from(change: Changed) -> Self {
        let field = |(field, before, after)| FieldDifference {
            field,
            before,
            after,
        };
        Self {
            name: change.name,
            new: change.new,
            fields: change.fields.into_iter().map(field).collect(),
        }
    }
}
