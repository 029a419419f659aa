//! The demo organisation: a believable company called Acme, made from a date and nothing else.
//!
//! Same moment in, same company out: people, teams, identities with what they hold, twelve months of raw vendor
//! records, and who decided what in three campaigns. Pure; loading it into a database is `service::demo`.
//! The company itself is written down in `demo/*.csv`; the code only turns a line into a whole.

pub mod campaigns;
mod dice;
pub mod events;
pub mod figures;
mod grants;
mod holding;
mod outside;
mod past;
pub mod people;
mod roster;
pub mod rotations;
mod trust;

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityState, Kept, Platform, RiskTier,
    SelectorKind, TrustLanguage,
};
use contract::ids::{
    CredentialId, IdentityId, PermissionId, PersonId, SelectorId, TeamId, TrustId,
};

use people::{Person, Team};
use roster::Line;

/// The whole company at one moment.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The moment everything is relative to.
    pub now: DateTime<Utc>,
    /// Teams, in the order of their names' weight.
    pub teams: Vec<Team>,
    /// People, those who left included.
    pub people: Vec<Person>,
    /// Identities, without those that only events know of.
    pub identities: Vec<Identity>,
}

/// One identity with everything the roll keeps of it.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Since when it is in that state.
    pub state_since: DateTime<Utc>,
    /// What it is for.
    pub purpose: String,
    /// Ticket of its creation.
    pub ticket: String,
    /// Business justification.
    pub justification: String,
    /// Where it acts.
    pub environments: Vec<Environment>,
    /// Tier.
    pub tier: RiskTier,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Who asked for it.
    pub requested_by: Option<PersonId>,
    /// Who approved it.
    pub approved_by: Option<PersonId>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// How the outside world names it.
    pub selectors: Vec<Selector>,
    /// What proves it is itself.
    pub credentials: Vec<Credential>,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// Who may become it.
    pub trusts: Vec<Trust>,
    /// The line of the roster, for what acts it out.
    line: Line,
}

/// A name in the outside world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Its id.
    pub id: SelectorId,
    /// What kind of name it is.
    pub kind: SelectorKind,
    /// Who gives the name.
    pub issuer: String,
    /// The name.
    pub value: String,
    /// When it was noted.
    pub created_at: DateTime<Utc>,
}

/// A credential reference.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Who created it.
    pub created_by: Option<PersonId>,
    /// Where it is kept.
    pub kept: Kept,
}

/// A permission.
#[derive(Debug, Clone)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// System.
    pub system: &'static str,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds.
    pub environment: Option<Environment>,
    /// When it was granted.
    pub granted_at: DateTime<Utc>,
    /// Whether the identity really uses it.
    pub used: bool,
    /// Who changed it last.
    pub changed_by: Option<PersonId>,
}

/// A trust document.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Its id.
    pub id: TrustId,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards.
    pub target: String,
    /// The document as the vendor prints it.
    pub document: String,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it last.
    pub updated_by: Option<PersonId>,
}

impl Organisation {
    /// Makes the company as it stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        let people = people::people(now);
        let teams = people::teams(now, &people);
        let identities = roster::lines()
            .into_iter()
            .map(|line| holding::identity(line, now, &people, &teams))
            .collect();
        Self {
            now,
            teams,
            people,
            identities,
        }
    }

    /// A person by the key of the roster.
    pub fn person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.key == key)
    }

    /// An identity by its name.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|identity| identity.name == name)
    }

    /// Raw records of the twelve months before `now`, oldest first.
    pub fn events(&self) -> events::Records<'_> {
        events::Records::of(self)
    }
}

/// A moment so many days before another.
fn ago(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now - TimeDelta::days(days)
}

#[cfg(test)]
mod tests;
