//! People and teams.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::ids::{PersonId, TeamId};

/// A person in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// False once they left.
    pub active: bool,
}

/// A team in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRef {
    /// Its id.
    pub id: TeamId,
    /// The word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A row of the people page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Id, name and whether they are still here.
    pub person: PersonRef,
    /// E-mail address.
    pub email: String,
    /// Roles, sorted.
    pub roles: Vec<Role>,
    /// Teams they belong to.
    pub teams: Vec<TeamRef>,
    /// Identities they own.
    pub owned: i64,
    /// Last sign-in; absent when never.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// A row of the teams page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Id, slug and name.
    pub team: TeamRef,
    /// Who answers when nobody else does.
    pub lead: Option<PersonRef>,
    /// Members.
    pub members: i64,
    /// Identities in use (not removed).
    pub identities: i64,
    /// Of these, held by a static credential.
    pub static_credentials: i64,
    /// Of these, with an overdue review or rotation.
    pub overdue: i64,
}

/// A team with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// The row of the list.
    pub row: TeamRow,
    /// Its members.
    pub members: Vec<PersonRow>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// A page of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleList {
    /// The rows, in order of name.
    pub page: crate::Page<PersonRow>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// A person with what they own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// The row of the list.
    pub row: PersonRow,
    /// Identities they own, highest risk first (first 200).
    pub owned: Vec<crate::identities::IdentityRow>,
    /// Identities they stand in for, since their owner has left, highest risk first (first 200).
    pub stands_in: Vec<crate::identities::IdentityRow>,
    /// Whether this viewer may say that they have left, or are back.
    pub may_manage: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// What the form of a departure sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartureInput {
    /// Who.
    pub person: PersonId,
    /// Whether they left (`true`) or are back (`false`).
    pub left: bool,
    /// Why, or how it is known.
    pub reason: String,
}
