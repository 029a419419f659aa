//! Records: what a row says, typed. Absent means "not said": it changes nothing in the roll.

use chrono::{DateTime, Utc};
use contract::access::Role;
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityState, Platform, RiskTier, TrustLanguage,
};
use contract::imports::ImportKind;
use uuid::Uuid;

use crate::event::sighting;
use crate::identity::code_owners::Rule;
use crate::identity::selector::NewSelector;

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// An identity.
    Identity(Box<Identity>),
    /// A credential reference of an identity.
    Credential(Credential),
    /// A permission of an identity.
    Permission(Permission),
    /// A trust of an identity.
    Trust(Trust),
    /// A team.
    Team(Team),
    /// A person.
    Person(Person),
    /// A runner.
    Runner(Runner),
    /// Who answers for the files of a repository.
    CodeOwners(CodeOwners),
}

impl Record {
    /// What it is about.
    pub const fn kind(&self) -> ImportKind {
        match self {
            Self::Identity(_) => ImportKind::Identities,
            Self::Credential(_) => ImportKind::Credentials,
            Self::Permission(_) => ImportKind::Permissions,
            Self::Trust(_) => ImportKind::Trusts,
            Self::Team(_) => ImportKind::Teams,
            Self::Person(_) => ImportKind::People,
            Self::Runner(_) => ImportKind::Runners,
            Self::CodeOwners(_) => ImportKind::CodeOwners,
        }
    }
}

/// Which outside system gave an external id, so that equal ids of two systems stay apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalId {
    /// `own` for the file's own ids, else the vendor: `aws`, `entra`, `gcp`, `github`, `kubernetes`.
    pub space: &'static str,
    /// The id.
    pub value: String,
}

/// An identity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The id the outside knows it by; what makes an import repeatable.
    pub external_id: Option<ExternalId>,
    /// Its name.
    pub name: String,
    /// A vendor's list: its words fill what is empty and never overwrite what people wrote.
    pub guessed: bool,
    /// Kind.
    pub kind: Option<IdentityKind>,
    /// Platform.
    pub platform: Option<Platform>,
    /// State, for a new identity.
    pub state: Option<IdentityState>,
    /// Purpose.
    pub purpose: Option<String>,
    /// Ticket.
    pub ticket: Option<String>,
    /// Justification.
    pub justification: Option<String>,
    /// Environments, in display order.
    pub environments: Option<Vec<Environment>>,
    /// Tier.
    pub tier: Option<RiskTier>,
    /// Team, by slug or name.
    pub team: Option<String>,
    /// Owner, by e-mail address or name.
    pub owner: Option<String>,
    /// Backup owner, by e-mail address or name.
    pub backup_owner: Option<String>,
    /// Tags, in order.
    pub tags: Option<Vec<String>>,
    /// Links: label and web address.
    pub links: Option<Vec<(String, String)>>,
    /// A break-glass identity.
    pub break_glass: Option<bool>,
    /// How the outside names it.
    pub selectors: Vec<NewSelector>,
    /// When the vendor saw it last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who probably answers for it, and where that is said.
    pub suggested_owner: Option<(String, String)>,
    /// What shows that it exists, in a sentence.
    pub evidence: String,
}

/// A credential reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Whose, by external id, name, or a name of the outside world.
    pub identity: String,
    /// The id the outside knows it by.
    pub external_id: Option<String>,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it; the type's own word when not said.
    pub label: Option<String>,
    /// Key id or fingerprint.
    pub reference: Option<String>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Whose.
    pub identity: String,
    /// System, in lower case.
    pub system: String,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds.
    pub environment: Option<Environment>,
    /// Could do lasting harm: said, or known from the catalogue.
    pub privileged: bool,
    /// When it was granted.
    pub granted_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A trust document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Whose.
    pub identity: String,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards.
    pub target: String,
    /// The document, as the vendor prints it.
    pub document: String,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The word in addresses.
    pub slug: String,
    /// Its name.
    pub name: Option<String>,
    /// Its lead, by e-mail address or name; empty takes the lead away.
    pub lead: Option<String>,
    /// Members to add, by e-mail address or name.
    pub members: Vec<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// E-mail address, in lower case; what makes an import repeatable.
    pub email: String,
    /// Full name.
    pub name: Option<String>,
    /// Roles in Rollcall.
    pub roles: Option<Vec<Role>>,
    /// Whether they are still here.
    pub active: Option<bool>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// Teams to join, by slug or name.
    pub teams: Vec<String>,
}

/// A machine that runs jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Whose jobs it runs.
    pub platform: Platform,
    /// Organisation or group it serves.
    pub owner: String,
    /// Its name, as the platform prints it.
    pub name: String,
    /// Whether the platform owns it.
    pub hosted: Option<bool>,
    /// Whether it is made for one job.
    pub ephemeral: Option<bool>,
    /// Group it belongs to.
    pub group: Option<String>,
    /// Labels or tags a job asks for it by.
    pub labels: Option<Vec<String>>,
    /// Repositories it serves.
    pub repositories: Vec<String>,
    /// When it was last seen.
    pub last_seen: Option<DateTime<Utc>>,
    /// Whether it was there when the list was made.
    pub online: Option<bool>,
}

impl Runner {
    /// What it is called in the roll, as events call it.
    pub fn shown_name(&self) -> String {
        let labels = self.labels.as_deref().unwrap_or_default();
        sighting::shown_name(&self.name, self.hosted, labels)
    }

    /// Its id: that of the runner of this name in events.
    pub fn id(&self) -> Uuid {
        sighting::id(self.platform, &self.owner, &self.shown_name())
    }
}

/// A repository's CODEOWNERS file: a hint of who answers, never an owner by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOwners {
    /// `owner/name`, in lower case.
    pub repository: String,
    /// Its lines.
    pub rules: Vec<Rule>,
}
