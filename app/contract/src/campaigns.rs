//! Campaigns: owners attest or revoke, once a quarter.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::findings::Severity;
use crate::identities::{IdentityFilter, PastReview};
use crate::ids::{CampaignId, IdentityId, ItemId, PersonId};
use crate::people::{PersonRef, TeamRef};

flat_enum! {
    /// Where a campaign stands.
    CampaignState {
        Draft = "draft", "Draft";
        Active = "active", "Active";
        Closed = "closed", "Closed";
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
    /// Short reason for its place in the queue ("Open finding", "Not seen for 104 days").
    pub hint: String,
    /// Risk score as frozen.
    pub risk: i32,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// A campaign with its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignView {
    /// The row of the list.
    pub row: CampaignRow,
    /// What reviewers should know.
    pub notes: String,
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

/// What changed since the last approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// A sentence.
    pub sentence: String,
    /// Before, where there is one.
    pub before: Option<String>,
    /// After, where there is one.
    pub after: Option<String>,
}

/// Recommendation with the reasons it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What it advises.
    pub advice: Advice,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// For modify: the concrete targets it proposes.
    pub targets: Vec<ModifyTarget>,
}

/// One concrete thing a modify asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifyTarget {
    /// Stable key inside the item, e.g. `permission:<id>`.
    pub key: String,
    /// What is to be done, in a sentence.
    pub sentence: String,
    /// Before, raw.
    pub before: String,
    /// After, raw; empty when it is to go.
    pub after: String,
}

/// A permission as frozen into an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenPermission {
    /// Plain sentence.
    pub sentence: String,
    /// Raw action on resource.
    pub raw: String,
    /// Where it holds; absent when unknown.
    pub environment: Option<crate::identities::Environment>,
    /// When it was granted; absent when unknown.
    pub granted_at: Option<DateTime<Utc>>,
    /// Privileged.
    pub privileged: bool,
    /// Used, not used, unknown.
    pub usage: crate::identities::Usage,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A credential as frozen into an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenCredential {
    /// What people call it.
    pub label: String,
    /// Type.
    pub credential_type: crate::identities::CredentialType,
    /// Key id or fingerprint; never the secret.
    pub reference: String,
    /// Rotation state when frozen.
    pub rotation: crate::identities::RotationState,
    /// When rotation is due.
    pub rotation_due_at: Option<DateTime<Utc>>,
}

/// Everything the review page shows for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItemView {
    /// The row of the queue.
    pub row: ItemRow,
    /// Campaign: id and name.
    pub campaign: (CampaignId, String),
    /// Campaign state.
    pub campaign_state: CampaignState,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// Purpose.
    pub purpose: String,
    /// Kind, platform and environments in words.
    pub what: String,
    /// Owner as frozen.
    pub owner: Option<String>,
    /// Changes since the last approval.
    pub changes: Vec<Change>,
    /// When it was last approved.
    pub last_approved_at: Option<DateTime<Utc>>,
    /// Recommendation.
    pub recommendation: Recommendation,
    /// Everything a modify may ask for.
    pub targets: Vec<ModifyTarget>,
    /// Permissions.
    pub permissions: Vec<FrozenPermission>,
    /// Credentials.
    pub credentials: Vec<FrozenCredential>,
    /// Events in the last 90 days before freezing, per day, oldest first.
    pub daily_events: Vec<i64>,
    /// When it was last seen before freezing.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who may become it, one sentence a trust.
    pub trust: Vec<String>,
    /// Open findings when frozen: severity and title.
    pub findings: Vec<(Severity, String)>,
    /// Earlier decisions, newest first.
    pub reviews: Vec<PastReview>,
    /// When it was frozen.
    pub frozen_at: DateTime<Utc>,
    /// Content hash of what is shown, hex; a decision must carry it.
    pub hash: String,
    /// Hash of the identity as it is now, hex, when it differs.
    pub current_hash: Option<String>,
    /// What drifted since freezing.
    pub drift: Vec<Change>,
    /// The decision so far.
    pub decision: Option<DecisionView>,
    /// Every answer given to this item, oldest first, the one in force included.
    pub history: Vec<DecisionView>,
    /// How many answers there were when this page was made; a decision must carry it.
    pub answers: i64,
    /// How the reviewer was found: why each earlier hop was passed over.
    pub trail: Vec<String>,
    /// What the sources can see of this identity, in a sentence.
    pub coverage: String,
    /// How the outside world names it, most telling first.
    pub selectors: Vec<String>,
    /// Place in the reviewer's queue, from 1, and the queue's length.
    pub place: (i64, i64),
    /// Neighbours in the queue: previous and next.
    pub neighbours: (Option<ItemId>, Option<ItemId>),
    /// Why this viewer may not decide; absent when they may.
    pub refused: Option<String>,
    /// The present moment, so that server and browser write the same words.
    pub now: DateTime<Utc>,
    /// Whether the answer in force may be taken back by this viewer.
    pub may_withdraw: bool,
    /// Which decisions demand a reason, each with why.
    pub needs_reason: Vec<(DecisionKind, String)>,
}

/// A decision as made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionView {
    /// What was decided.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
    /// Targets of a modify.
    pub targets: Vec<ModifyTarget>,
    /// Who.
    pub by: PersonRef,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it follows the recommendation.
    pub followed: bool,
}

/// The queue of one reviewer with the item in view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQueue {
    /// Campaign: id and name.
    pub campaign: (CampaignId, String),
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// Open items in review order (changed first, then risk).
    pub open: Vec<ItemRow>,
    /// Decided items, newest first.
    pub decided: Vec<ItemRow>,
    /// Whether decisions can still be made or changed.
    pub open_for_answers: bool,
}

/// What the decision form sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionInput {
    /// Which item.
    pub item: ItemId,
    /// What was decided.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
    /// Keys of the modify targets chosen.
    pub targets: Vec<String>,
    /// Hash of what the reviewer saw.
    pub hash: String,
    /// Hash of the drifted identity the reviewer was shown, when there was drift.
    pub seen_current_hash: Option<String>,
    /// How many answers the item had when it was shown: a second reviewer is told of the first.
    pub seen_answers: i64,
}

/// What was typed on the review page and not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionDraft {
    /// What was chosen.
    pub decision: DecisionKind,
    /// The reason as typed.
    pub reason: String,
    /// Keys of the targets ticked.
    pub targets: Vec<String>,
}

/// The review page: one item, the queue it stands in, and what was wrong with the last answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPageView {
    /// The item.
    pub item: ReviewItemView,
    /// The queue.
    pub queue: ReviewQueue,
    /// Why the draft would not be taken; its field is empty when it is about the whole.
    pub problem: Option<crate::FieldError>,
    /// Whom the viewer may hand the item to.
    pub handover: Vec<PersonRef>,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The campaign.
    pub campaign: CampaignId,
    /// The item answered.
    pub item: ItemId,
    /// The next open item of the viewer; absent when none is left.
    pub next: Option<ItemId>,
    /// What happened, in a sentence.
    pub sentence: String,
}

/// One campaign waiting for the viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyReview {
    /// The campaign.
    pub campaign: CampaignRow,
    /// Items assigned to the viewer.
    pub items: i64,
    /// Of these, still open.
    pub open: i64,
    /// First open item.
    pub next: Option<ItemId>,
}

/// Reassignment of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReassignInput {
    /// Which item.
    pub item: ItemId,
    /// To whom.
    pub to: PersonId,
    /// Why.
    pub reason: String,
}
