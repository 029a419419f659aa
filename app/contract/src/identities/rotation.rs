//! Rotations as people record them, and the policies that limit how old a secret may grow.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CredentialType, RiskTier};
use crate::ids::{CredentialId, IdentityId, PolicyId};
use crate::people::TeamRef;

/// What the rotation form sends: a newer credential takes the place of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationInput {
    /// The one that retires.
    pub credential: CredentialId,
    /// Key id or fingerprint of the new one; never a secret.
    pub reference: String,
    /// What people call the new one; empty keeps the old name.
    #[serde(default)]
    pub label: String,
    /// The day it was made, `2026-11-21`; empty means now.
    #[serde(default)]
    pub rotated_on: String,
    /// Days both are valid; empty means the type's own.
    #[serde(default)]
    pub overlap_days: String,
}

/// What the revocation form sends: this credential no longer works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationInput {
    /// Which one.
    pub credential: CredentialId,
    /// Why, or by which ticket.
    pub reason: String,
}

/// What the form of a secret's keeping sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepingInput {
    /// Which one.
    pub credential: CredentialId,
    /// Where it is kept, as a word.
    #[serde(default)]
    pub kept: String,
    /// How it is known.
    #[serde(default)]
    pub reason: String,
}

/// For whom a policy holds, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyScope {
    /// Every identity of a tier.
    Tier(RiskTier),
    /// Every identity of a team.
    Team(TeamRef),
    /// One identity: id and name.
    Identity(IdentityId, String),
}

/// A limit somebody set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
    /// Its id.
    pub id: PolicyId,
    /// For whom.
    pub scope: PolicyScope,
    /// For which type; every stored one when absent.
    pub credential_type: Option<CredentialType>,
    /// Longest age, in days.
    pub days: i64,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: DateTime<Utc>,
}

/// The limit of a type where nobody set another; absent days mean that nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultLimit {
    /// The type.
    pub credential_type: CredentialType,
    /// Longest age, in days.
    pub days: Option<i64>,
    /// Days old and new are valid together after a rotation.
    pub overlap_days: i64,
}

/// Every limit: the defaults and what was set in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyList {
    /// One for each type.
    pub defaults: Vec<DefaultLimit>,
    /// What was set: identities, then teams, then tiers.
    pub policies: Vec<PolicyRow>,
    /// Teams to choose from.
    pub teams: Vec<TeamRef>,
    /// Whether this viewer may set and end policies.
    pub may_manage: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// What the policy form sends. One of tier, team and identity is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyInput {
    /// Tier word, or empty.
    pub tier: String,
    /// Team id, or empty.
    pub team: String,
    /// Identity name or id, or empty.
    pub identity: String,
    /// Credential type word; empty means every stored one.
    pub credential_type: String,
    /// Longest age, in days.
    pub days: String,
    /// Why.
    pub reason: String,
}
