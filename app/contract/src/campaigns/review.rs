//! The review page: one item as frozen, what is advised, and the answers to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Advice, CampaignRow, CampaignState, DecisionKind, ItemRow};
use crate::findings::{ExceptionScope, Severity};
use crate::identities::PastReview;
use crate::ids::{CampaignId, IdentityId, ItemId, PersonId};
use crate::people::PersonRef;

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

/// An exception as frozen into an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenException {
    /// What is expected: a finding's title, or a rule's name.
    pub title: String,
    /// What it covers.
    pub scope: ExceptionScope,
    /// Why it is expected.
    pub reason: String,
    /// Who said so.
    pub by: Option<String>,
    /// When it ends.
    pub until: DateTime<Utc>,
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
    /// What was excepted when it was frozen, the first to end first.
    pub exceptions: Vec<FrozenException>,
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
    /// Whether it was one answer for many items.
    pub bulk: bool,
}

/// An answer of a campaign with the item it was given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// Its id; later answers have greater ones.
    pub id: uuid::Uuid,
    /// The item.
    pub item: ItemId,
    /// The item's identity: id, and name as frozen.
    pub identity: (IdentityId, String),
    /// Number among the answers of the item, from 1.
    pub number: i32,
    /// Stage it was given in, from 1.
    pub stage: i32,
    /// Whether it is a revoke that shall not wait for the close.
    pub at_once: bool,
    /// The answer.
    pub decision: DecisionView,
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
    /// Groups that may be answered at once.
    pub groups: Vec<super::BulkGroup>,
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
    /// A revoke that shall not wait for the close.
    pub at_once: bool,
    /// When the page was made, for the time spent on the item; absent when unknown.
    pub shown_at: Option<DateTime<Utc>>,
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
