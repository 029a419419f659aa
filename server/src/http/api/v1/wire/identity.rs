//! Identities.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialClass, Environment, IdentityKind, IdentityRow, IdentityState, IdentityView, Platform,
    ReviewState, RiskTier, RotationState,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Credential, Permission, PersonName, Review, Selector, TeamName, Trust, words};

/// An identity as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What it is.
    #[schema(schema_with = words::kind)]
    pub kind: IdentityKind,
    /// Where it lives.
    #[schema(schema_with = words::platform)]
    pub platform: Platform,
    /// Where in its life it is.
    #[schema(schema_with = words::state)]
    pub state: IdentityState,
    /// What it is for.
    pub purpose: String,
    /// Its most telling selector.
    pub subject: String,
    /// Environments it reaches.
    #[schema(schema_with = words::environments)]
    pub environments: Vec<Environment>,
    /// Team that answers for it.
    pub team: Option<TeamName>,
    /// Person who answers for it.
    pub owner: Option<PersonName>,
    /// The weakest kind of credential it holds.
    #[schema(schema_with = words::credential)]
    pub credential: CredentialClass,
    /// Whether its credentials are rotated in time.
    #[schema(schema_with = words::rotation)]
    pub rotation: RotationState,
    /// Whether it may do something privileged.
    pub privileged: bool,
    /// How much would be lost.
    #[schema(schema_with = words::tier)]
    pub tier: RiskTier,
    /// Risk, 0 to 100.
    pub risk: i32,
    /// Findings that are not resolved or excepted.
    pub open_findings: i64,
    /// Last use that an event showed.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Last time somebody decided on it.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// When somebody has to again.
    pub next_review_at: Option<DateTime<Utc>>,
    /// Whether its review is in time.
    #[schema(schema_with = words::review)]
    pub review: ReviewState,
}

impl From<IdentityRow> for Identity {
    fn from(row: IdentityRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            kind: row.kind,
            platform: row.platform,
            state: row.state,
            purpose: row.purpose,
            subject: row.subject,
            environments: row.environments,
            team: row.team.map(Into::into),
            owner: row.owner.map(Into::into),
            credential: row.credential,
            rotation: row.rotation,
            privileged: row.privileged,
            tier: row.tier,
            risk: row.risk,
            open_findings: row.open_findings,
            last_used_at: row.last_used_at,
            last_reviewed_at: row.last_reviewed_at,
            next_review_at: row.next_review_at,
            review: row.review,
        }
    }
}

/// A part of the risk.
#[derive(Debug, Serialize, ToSchema)]
pub struct RiskReason {
    /// Points; the parts add up to the risk.
    pub points: i32,
    /// Why.
    pub reason: String,
}

/// One identity with what it goes by, holds and may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityDetail {
    /// As lists show it.
    #[serde(flatten)]
    pub identity: Identity,
    /// Ticket it was asked for with.
    pub ticket: String,
    /// Why it was asked for.
    pub justification: String,
    /// Who answers when the owner cannot.
    pub backup_owner: Option<PersonName>,
    /// Who asked for it.
    pub requested_by: Option<PersonName>,
    /// Who approved it.
    pub approved_by: Option<PersonName>,
    /// When it came onto the roll.
    pub created_at: DateTime<Utc>,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
    /// Why it came into its state.
    pub state_reason: String,
    /// What the risk is made of.
    pub risk_reasons: Vec<RiskReason>,
    /// What it goes by.
    pub selectors: Vec<Selector>,
    /// What it holds: references, never values.
    pub credentials: Vec<Credential>,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// Who may become it.
    pub trusts: Vec<Trust>,
    /// Decisions of past campaigns, newest first.
    pub reviews: Vec<Review>,
}

impl From<IdentityView> for IdentityDetail {
    fn from(view: IdentityView) -> Self {
        let reasons = view.risk_reasons.into_iter().map(|part| RiskReason {
            points: part.points,
            reason: part.reason,
        });
        Self {
            identity: view.row.into(),
            ticket: view.ticket,
            justification: view.justification,
            backup_owner: view.backup_owner.map(Into::into),
            requested_by: view.requested_by.map(Into::into),
            approved_by: view.approved_by.map(Into::into),
            created_at: view.created_at,
            state_since: view.state_since,
            state_reason: view.state_reason,
            risk_reasons: reasons.collect(),
            selectors: view.selectors.into_iter().map(Into::into).collect(),
            credentials: view.credentials.into_iter().map(Into::into).collect(),
            permissions: view.permissions.into_iter().map(Into::into).collect(),
            trusts: view.trusts.into_iter().map(Into::into).collect(),
            reviews: view.reviews.into_iter().map(Into::into).collect(),
        }
    }
}
