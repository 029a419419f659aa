//! Campaigns: owners attest or revoke, once a quarter.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::identities::IdentityFilter;
use crate::ids::{CampaignId, IdentityId, ItemId, PersonId};
use crate::people::{PersonRef, TeamRef};

mod bulk;
mod policy;
mod policy_form;
mod remediation;
mod report;
mod review;
mod silence;
mod template;

pub use bulk::{
    Absence, AbsenceInput, AbsenceView, AcceptedGap, BulkDone, BulkGroup, BulkInput, Gap,
};
pub use policy::{CampaignPolicy, Panel, PerTier, Quorum, Silence, StagePlan, StageRule};
pub use policy_form::PolicyForm;
pub use remediation::{Patch, TaskBoard, TaskFilter, TaskInput, TaskRow, TaskState, TaskStep};
pub use report::{CampaignReport, ReportRow, TeamReport};
pub use review::{
    Change, Decided, DecisionDraft, DecisionInput, DecisionView, FrozenCredential, FrozenException,
    FrozenPermission, GivenAnswer, ModifyTarget, MyReview, ReassignInput, Recommendation,
    ReviewItemView, ReviewPageView, ReviewQueue,
};
pub use silence::SilenceView;
pub use template::{
    CampaignTemplate, Schedule, ScheduleForm, TemplateChange, TemplateForm, TemplateRow,
};

flat_enum! {
    /// Where a campaign stands.
    CampaignState {
        Draft = "draft", "Draft";
        Preview = "preview", "Preview";
        Active = "active", "Active";
        Remediating = "remediating", "Remediating";
        Sealed = "sealed", "Sealed";
        Cancelled = "cancelled", "Cancelled";
    }
}

flat_enum! {
    /// What a reviewer decides.
    DecisionKind {
        Approve = "approve", "Approve";
        Modify = "modify", "Modify";
        Revoke = "revoke", "Revoke";
        DontKnow = "dont_know", "Don’t know";
    }
}

flat_enum! {
    /// Where an item stands. `not_reviewed` is its own outcome, never an approval.
    ItemState {
        Open = "open", "Open";
        Decided = "decided", "Decided";
        NotReviewed = "not_reviewed", "Not reviewed";
        Gone = "gone", "Gone outside campaign";
    }
}

flat_enum! {
    /// How an item stands, in one word: its decision, or why it has none.
    ItemOutcome {
        Open = "open", "Open";
        Approve = "approve", "Approve";
        Modify = "modify", "Modify";
        Revoke = "revoke", "Revoke";
        DontKnow = "dont_know", "Don’t know";
        NotReviewed = "not_reviewed", "Not reviewed";
        Gone = "gone", "Gone outside campaign";
    }
}

flat_enum! {
    /// Which hop of the chain found the reviewer.
    ReviewerHop {
        Owner = "owner", "Owner";
        BackupOwner = "backup_owner", "Backup owner";
        TeamMember = "team_member", "Team member";
        TeamLead = "team_lead", "Team lead";
        Security = "security", "Security";
    }
}

flat_enum! {
    /// What the recommendation advises.
    Advice {
        Approve = "approve", "Approve";
        Modify = "modify", "Modify";
        Revoke = "revoke", "Revoke";
        LookCloser = "look_closer", "Look closer";
    }
}

/// A row of the campaigns page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignRow {
    /// Its id.
    pub id: CampaignId,
    /// Its name, e.g. "Q4 2026 access review".
    pub name: String,
    /// State.
    pub state: CampaignState,
    /// Who made it.
    pub created_by: Option<PersonRef>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was sealed.
    pub sealed_at: Option<DateTime<Utc>>,
    /// Items in all.
    pub items: i64,
    /// Items decided.
    pub decided: i64,
    /// Approvals.
    pub approved: i64,
    /// Modifications.
    pub modified: i64,
    /// Revocations.
    pub revoked: i64,
    /// "Don't know" answers.
    pub unknown: i64,
    /// Items nobody answered (after close).
    pub not_reviewed: i64,
    /// Items whose identity vanished outside the campaign.
    pub gone: i64,
    /// Items whose identity changed since it was frozen, or since its decision.
    pub drifted: i64,
}

/// What the campaign form sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignInput {
    /// Name.
    pub name: String,
    /// What reviewers should know.
    pub notes: String,
    /// Due date, `YYYY-MM-DD` in the creator's time zone; the day's end counts.
    pub due_on: String,
    /// Only identities whose review is due by `due_on`.
    pub only_due: bool,
    /// Further narrowing.
    pub filter: IdentityFilter,
    /// How it is answered and what follows.
    pub policy: CampaignPolicy,
}

/// What the form of a campaign begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CampaignStart {
    /// Its fields.
    pub input: CampaignInput,
    /// Names of the templates there are.
    pub templates: Vec<String>,
}

/// Which identities a campaign is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignScope {
    /// Only identities whose review is due by the campaign's due date.
    pub only_due: bool,
    /// Further narrowing.
    pub filter: IdentityFilter,
}

/// One line of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// Identity: id and name.
    pub identity: (IdentityId, String),
    /// Its team.
    pub team: Option<TeamRef>,
    /// Who would review it.
    pub reviewer: PersonRef,
    /// Which hop found them.
    pub hop: ReviewerHop,
    /// Why each earlier hop was passed over, in order.
    pub hops: Vec<String>,
    /// Privileged in production.
    pub privileged_production: bool,
}

/// The exact population before start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPreview {
    /// The population as a sentence.
    pub query: String,
    /// How many items it would have.
    pub count: i64,
    /// Items by reviewer, most first.
    pub by_reviewer: Vec<(PersonRef, i64)>,
    /// Unanswered questions, e.g. "14 have no owner".
    pub questions: Vec<String>,
    /// Why it cannot be started as it is; absent when it can.
    pub blocked: Option<String>,
    /// What the sources cannot see of it; each must be acknowledged before the start.
    pub gaps: Vec<Gap>,
    /// Who may not judge what, and why: identity, person's clause (first 500).
    pub exclusions: Vec<(String, String)>,
    /// The lines (first 500).
    pub rows: Vec<PreviewRow>,
}

/// Progress of one team.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TeamProgress {
    /// Team name; "No team" where none.
    pub team: String,
    /// Items.
    pub items: i64,
    /// Decided.
    pub decided: i64,
    /// Approvals.
    pub approved: i64,
    /// Modifications.
    pub modified: i64,
    /// Revocations.
    pub revoked: i64,
    /// "Don't know" answers nobody could take further.
    pub unknown: i64,
    /// Items nobody answered (after close).
    pub not_reviewed: i64,
    /// Items whose identity changed since.
    pub drifted: i64,
    /// Last decision; absent when the team has not begun.
    pub last_at: Option<DateTime<Utc>>,
}

/// Progress of one reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerProgress {
    /// Who.
    pub reviewer: PersonRef,
    /// Items.
    pub items: i64,
    /// Decided.
    pub decided: i64,
    /// Last decision; absent when they have not begun.
    pub last_at: Option<DateTime<Utc>>,
}

/// A row of the campaign's item table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// Its id.
    pub id: ItemId,
    /// Identity: id and name as frozen.
    pub identity: (IdentityId, String),
    /// Team name as frozen.
    pub team: Option<String>,
    /// Who reviews it.
    pub reviewer: PersonRef,
    /// State.
    pub state: ItemState,
    /// Decision, once made.
    pub decision: Option<DecisionKind>,
    /// What was advised.
    pub advice: Advice,
    /// The identity changed since the item was frozen.
    pub drifted: bool,
    /// Privileged in production.
    pub privileged_production: bool,
    /// Changed since the last approval.
    pub changed: bool,
    /// Open findings when frozen.
    pub findings: i64,
    /// Answers given of answers asked for, where several review it.
    pub answers: Option<(i64, i64)>,
    /// Short reason for its place in the queue ("Open finding", "Not seen for 104 days").
    pub hint: String,
    /// Risk score as frozen.
    pub risk: i32,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// The filter of a campaign's items, as it stands in the address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemFilter {
    /// Words searched in the identity's name.
    pub q: String,
    /// Outcomes.
    pub outcome: Vec<ItemOutcome>,
    /// What was advised.
    pub advice: Vec<Advice>,
    /// Team names as frozen; `none` for items without one.
    pub team: Vec<String>,
    /// Ids of reviewers.
    pub reviewer: Vec<PersonId>,
}

/// A page of a campaign's items with facets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemList {
    /// The rows in review order: changed first, then risk.
    pub page: crate::Page<ItemRow>,
    /// Facet name and its values.
    pub facets: Vec<(String, Vec<crate::FacetValue>)>,
    /// Items without any filter, as far as they are the viewer's to see.
    pub all: i64,
}

/// A campaign with its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignView {
    /// The row of the list.
    pub row: CampaignRow,
    /// What reviewers should know.
    pub notes: String,
    /// How it is answered and what follows.
    pub policy: CampaignPolicy,
    /// The stage it is in, from 1.
    pub stage: i64,
    /// Revokes and modifies that are neither proven nor waived.
    pub open_tasks: i64,
    /// The population as a sentence.
    pub query: String,
    /// By team, most open first.
    pub teams: Vec<TeamProgress>,
    /// By reviewer, most open first.
    pub reviewers: Vec<ReviewerProgress>,
    /// Decisions in total at each day's end since start: (day, decided so far).
    pub burn_up: Vec<(DateTime<Utc>, i64)>,
    /// Population, only for a draft.
    pub preview: Option<CampaignPreview>,
    /// Items whose identity changed since, with what changed (first 50).
    pub drifted: Vec<DriftedItem>,
    /// Items compared with what their identity is now, first in review order; the rest is not looked at.
    pub compared: i64,
    /// Evidence pack, once sealed.
    pub evidence: Option<EvidenceView>,
    /// What this viewer may do.
    pub may_manage: bool,
    /// Whether this viewer may read the evidence.
    pub may_read_evidence: bool,
    /// The present moment, so that server and browser write the same words.
    pub now: DateTime<Utc>,
}

/// An item whose identity is no longer what was frozen or decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftedItem {
    /// The item.
    pub row: ItemRow,
    /// What changed.
    pub changes: Vec<Change>,
}

/// A sealed pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// File name offered for download.
    pub file_name: String,
    /// Size in bytes.
    pub bytes: i64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Id of the signing key (first 16 hex digits of SHA-256 over the public key).
    pub key_id: String,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}
