//! What people send: the request for an identity, and a transition of one.

use serde::{Deserialize, Serialize};

use super::{CredentialType, IdentityKind, Platform, Transition};
use crate::ids::{IdentityId, PersonId, TeamId};
use crate::people::{PersonRef, TeamRef};

/// What the request form sends. Lists arrive as parallel rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityRequest {
    /// Name, unique in the roll.
    pub name: String,
    /// Kind word.
    pub kind: String,
    /// Platform word.
    pub platform: String,
    /// Purpose in a sentence.
    pub purpose: String,
    /// Ticket reference.
    pub ticket: String,
    /// Business justification.
    pub justification: String,
    /// Owning team id.
    pub team: String,
    /// Owner's id.
    pub owner: String,
    /// Backup owner's id, or empty.
    pub backup_owner: String,
    /// Environment words.
    pub environments: Vec<String>,
    /// Credential type word.
    pub credential_type: String,
    /// Key id or fingerprint, or empty.
    pub credential_reference: String,
    /// One permission a line: `system action resource [environment] [privileged]`.
    pub permissions: String,
    /// One selector a line: `kind [issuer] value`.
    pub selectors: String,
}

impl Default for IdentityRequest {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: IdentityKind::Pipeline.as_str().to_owned(),
            platform: Platform::GithubActions.as_str().to_owned(),
            purpose: String::new(),
            ticket: String::new(),
            justification: String::new(),
            team: String::new(),
            owner: String::new(),
            backup_owner: String::new(),
            environments: Vec::new(),
            credential_type: CredentialType::OidcFederation.as_str().to_owned(),
            credential_reference: String::new(),
            permissions: String::new(),
            selectors: String::new(),
        }
    }
}

/// What the edit form sends: every field as it shall stand, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EditInput {
    /// Which identity, by id.
    pub identity: String,
    /// The version the form was filled from.
    pub version: i64,
    /// Name, unique in the roll.
    pub name: String,
    /// Purpose in a sentence.
    pub purpose: String,
    /// Ticket reference.
    pub ticket: String,
    /// Business justification.
    pub justification: String,
    /// Environment words.
    pub environments: Vec<String>,
    /// Tier word.
    pub tier: String,
    /// Owning team id, or empty.
    pub team: String,
    /// Owner's id, or empty.
    pub owner: String,
    /// Backup owner's id, or empty.
    pub backup_owner: String,
    /// Tags, separated by commas.
    pub tags: String,
    /// One link a line: `label address`.
    pub links: String,
    /// One selector a line: `kind [issuer] value`.
    pub selectors: String,
    /// Why.
    pub reason: String,
}

/// A lifecycle transition with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitionInput {
    /// Which identity.
    pub identity: IdentityId,
    /// Which transition.
    pub transition: Transition,
    /// Why; some transitions demand it.
    pub reason: String,
    /// Ticket reference; some transitions demand it.
    pub ticket: String,
    /// Adopt: owning team.
    pub team: Option<TeamId>,
    /// Adopt: owner.
    pub owner: Option<PersonId>,
    /// Adopt: what it is for, where that is not known yet.
    #[serde(default)]
    pub purpose: String,
}

/// The choices of the request form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestChoices {
    /// Teams to choose from.
    pub teams: Vec<TeamRef>,
    /// Active people to choose from.
    pub people: Vec<PersonRef>,
}
