//! Discovered identities: what was seen and never asked for, and what a person can make of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Environment, IdentityKind, IdentityState, Platform};
use crate::ids::{IdentityId, PersonId, TeamId};
use crate::people::{PersonRef, TeamRef};

/// Somebody who may be the owner, and how that is known. A person confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedOwner {
    /// Who.
    pub person: PersonRef,
    /// Their team, where they are in one.
    pub team: Option<TeamRef>,
    /// How that is known: `started 12 of its runs in the last 90 days`.
    pub source: String,
}

/// A registered identity that may be the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimilarIdentity {
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: IdentityState,
    /// How alike they are, 0 to 100.
    pub score: u8,
    /// Why, strongest first.
    pub reasons: Vec<String>,
}

/// One discovered identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredRow {
    /// Its id.
    pub id: IdentityId,
    /// The name it is listed under.
    pub name: String,
    /// Guessed kind.
    pub kind: IdentityKind,
    /// Guessed platform.
    pub platform: Platform,
    /// Environments it was seen in.
    pub environments: Vec<Environment>,
    /// Its most telling name outside.
    pub subject: String,
    /// Why it is believed to exist and to act without a person.
    pub evidence: String,
    /// Where that comes from: a source, or an imported file.
    pub source: String,
    /// When it was first seen.
    pub first_seen_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Its events in the last 90 days.
    pub events: i64,
    /// Who may own it, likeliest first.
    pub owners: Vec<SuggestedOwner>,
    /// What it may be the same as, likest first.
    pub similar: Vec<SimilarIdentity>,
}

/// A page of discovered identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredList {
    /// The rows, newest first. `total` counts all of them.
    pub page: crate::Page<DiscoveredRow>,
    /// Repositories several of them belong to, and how many.
    pub repositories: Vec<(String, i64)>,
    /// Teams to choose from.
    pub teams: Vec<TeamRef>,
    /// People to choose from.
    pub people: Vec<PersonRef>,
    /// Whether the viewer may adopt.
    pub may_adopt: bool,
    /// Whether the viewer may merge and dismiss.
    pub may_judge: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// What the adoption form sends, for one or many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AdoptInput {
    /// Which ones.
    pub ids: Vec<IdentityId>,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// What they are for.
    pub purpose: String,
    /// Ticket.
    pub ticket: String,
    /// Why.
    pub reason: String,
}

/// What the form sends that joins a discovered identity with the registered one it really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeInput {
    /// The discovered one.
    pub from: IdentityId,
    /// The registered one, chosen among the similar.
    #[serde(default)]
    pub into: Option<IdentityId>,
    /// The registered one by its name; it counts before the chosen one.
    #[serde(default)]
    pub name: String,
    /// Why they are one.
    #[serde(default)]
    pub reason: String,
}

/// What came of a form for many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Adopted {
    /// Done.
    pub done: i64,
    /// Left as they were.
    pub left: i64,
    /// Why, each reason once.
    pub why: Vec<String>,
}
