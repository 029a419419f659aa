//! The access table: which roles and token scopes may do what. One screen, tested against every door.
//!
//! What depends on the row (an owner sees their own items) is judged by the service function on top.

use contract::access::Role;
use contract::activity::ActorKind;
use contract::ids::{PersonId, SourceId, TeamId, TokenId};
use contract::tokens::Scope;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in.
    Anonymous,
    /// A signed-in person.
    Person(Person),
    /// A machine with an API token.
    Token {
        /// Token's id.
        id: TokenId,
        /// What it is for.
        name: String,
        /// What it may do.
        scopes: Vec<Scope>,
        /// Slugs of the teams whose rows it sees; none means all.
        teams: Vec<String>,
    },
    /// A source delivering events with its own token.
    Source {
        /// Source's id.
        id: SourceId,
        /// Its slug.
        slug: String,
    },
    /// Rollcall itself: jobs and migrations.
    System,
    /// Somebody at the shell beside the database.
    Cli {
        /// Operating-system user name.
        user: String,
    },
}

/// A signed-in person as the judgement sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Teams they belong to.
    pub teams: Vec<TeamId>,
}

impl Person {
    /// Whether they hold any of these roles.
    pub fn any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

impl Actor {
    /// The person, where it is one.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            _ => None,
        }
    }

    /// Kind, id and name for the activity record.
    pub fn identity(&self) -> (ActorKind, String, String) {
        match self {
            Self::Person(person) => (
                ActorKind::Person,
                person.id.to_string(),
                person.name.clone(),
            ),
            Self::Token { id, name, .. } => (ActorKind::Token, id.to_string(), name.clone()),
            Self::Source { id, slug } => (ActorKind::Source, id.to_string(), slug.clone()),
            Self::Cli { user } => (ActorKind::Cli, user.clone(), user.clone()),
            Self::Anonymous | Self::System => {
                (ActorKind::System, String::new(), "Rollcall".to_owned())
            }
        }
    }
}

/// Declares the operations, one line each: who of the signed-in, which token scope.
macro_rules! table {
    ($($(#[doc = $doc:literal])+ $name:ident: $roles:expr, $scope:expr;)+) => {
        /// One thing an actor can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Access { $($(#[doc = $doc])+ $name,)+ }

        impl Access {
            /// Every operation, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Roles that may do it.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => $roles,)+ }
            }

            /// Token scope that may do it, where one may.
            pub const fn scope(self) -> Option<Scope> {
                match self { $(Self::$name => $scope,)+ }
            }
        }
    };
}

use Role::{Admin, Auditor, Owner, Security};

const EVERYONE: &[Role] = &[Admin, Security, Owner, Auditor];
const WATCHERS: &[Role] = &[Admin, Security, Auditor];
const KEEPERS: &[Role] = &[Admin, Security];
const ACTORS: &[Role] = &[Admin, Security, Owner];
const ADMIN: &[Role] = &[Admin];

table! {
    /// See the overview.
    ViewOverview: EVERYONE, None;
    /// See the inventory and each identity.
    ViewIdentities: EVERYONE, Some(Scope::InventoryRead);
    /// Ask for a new identity.
    RequestIdentity: ACTORS, Some(Scope::InventoryWrite);
    /// Approve or reject a request; never one's own.
    ApproveIdentity: KEEPERS, None;
    /// Suspend, reactivate, decommission, adopt, edit.
    ChangeIdentity: ACTORS, Some(Scope::InventoryWrite);
    /// Mark an identity as break-glass, or take the mark away.
    MarkBreakGlass: KEEPERS, Some(Scope::InventoryWrite);
    /// Set and end rotation limits.
    ManagePolicies: KEEPERS, Some(Scope::InventoryWrite);
    /// Judge trust documents and tokens in the lab; nothing of them is kept.
    JudgeTrust: EVERYONE, Some(Scope::InventoryRead);
    /// Import files, in the preview too.
    ImportInventory: KEEPERS, Some(Scope::InventoryWrite);
    /// See teams and people.
    ViewPeople: EVERYONE, Some(Scope::InventoryRead);
    /// Say that somebody has left, or is back.
    ManagePeople: KEEPERS, Some(Scope::InventoryWrite);
    /// See events in the explorer, and runs as stories.
    ViewEvents: EVERYONE, Some(Scope::FeedRead);
    /// Read the event feed.
    ReadFeed: KEEPERS, Some(Scope::FeedRead);
    /// See findings.
    ViewFindings: EVERYONE, Some(Scope::InventoryRead);
    /// Acknowledge, except, reopen a finding.
    ChangeFinding: ACTORS, Some(Scope::FindingsWrite);
    /// See campaigns and their progress.
    ViewCampaigns: EVERYONE, Some(Scope::InventoryRead);
    /// Create, start, close, seal, cancel a campaign; reassign items.
    ManageCampaigns: KEEPERS, Some(Scope::CampaignsWrite);
    /// Hand an open item to somebody else; a person only their own, unless they manage campaigns.
    ReassignItem: ACTORS, Some(Scope::CampaignsWrite);
    /// Take a step with a task of remediation; a person only with their own, unless they manage campaigns.
    StepTask: ACTORS, Some(Scope::CampaignsWrite);
    /// See one's own queue and decide on it.
    Review: ACTORS, None;
    /// Download a sealed evidence pack.
    ReadEvidence: WATCHERS, Some(Scope::InventoryRead);
    /// See Rollcall's own record.
    ViewActivity: WATCHERS, Some(Scope::ActivityRead);
    /// See sources and their coverage.
    ViewSources: WATCHERS, Some(Scope::SourcesRead);
    /// Create a source or renew its token.
    ManageSources: KEEPERS, Some(Scope::SourcesWrite);
    /// See where rows of the feeds are pushed to.
    ViewDestinations: WATCHERS, Some(Scope::DestinationsRead);
    /// Make, pause, resume, rewind and remove destinations.
    ManageDestinations: KEEPERS, Some(Scope::DestinationsWrite);
    /// See API tokens.
    ViewTokens: WATCHERS, Some(Scope::TokensRead);
    /// Create and revoke API tokens.
    ManageTokens: ADMIN, Some(Scope::TokensWrite);
    /// Deliver events; only a source's own token.
    DeliverEvents: &[], None;
    /// Be signed in at all: session, viewer, own settings.
    BeSignedIn: EVERYONE, None;
    /// Run migrations, jobs, checks; only Rollcall and the shell beside the database.
    Operate: &[], None;
}

/// What a token of some teams may do at all: what is narrowed to their rows. Everything else tells of everybody.
pub const OF_A_TEAM: &[Access] = &[
    Access::ViewIdentities,
    Access::ViewFindings,
    Access::ReadFeed,
];

/// Why an operation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("sign in first")]
    NotSignedIn,
    /// Signed in, but this is not theirs to do.
    #[error("your role does not allow this")]
    NotAllowed,
}

/// Judges whether an actor may do something at all.
///
/// # Errors
/// [`Refusal`] when they may not.
pub fn require(actor: &Actor, access: Access) -> Result<(), Refusal> {
    let allowed = match actor {
        Actor::Anonymous => return Err(Refusal::NotSignedIn),
        Actor::Person(person) => person.any(access.roles()),
        Actor::Token { scopes, teams, .. } => {
            let scoped = access.scope().is_some_and(|scope| scopes.contains(&scope));
            scoped && (teams.is_empty() || OF_A_TEAM.contains(&access))
        }
        Actor::Source { .. } => access == Access::DeliverEvents,
        Actor::System | Actor::Cli { .. } => true,
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &[Role]) -> Actor {
        Actor::Person(Person {
            id: PersonId(uuid::Uuid::nil()),
            name: "P".into(),
            roles: roles.to_vec(),
            teams: vec![],
        })
    }

    #[test]
    fn nobody_signed_in_may_do_nothing() {
        for access in Access::ALL {
            assert_eq!(
                require(&Actor::Anonymous, *access),
                Err(Refusal::NotSignedIn),
                "{access:?}"
            );
        }
    }

    #[test]
    fn a_person_without_a_role_may_do_nothing() {
        for access in Access::ALL {
            assert!(require(&person(&[]), *access).is_err(), "{access:?}");
        }
    }

    #[test]
    fn auditors_change_nothing() {
        for access in [
            Access::RequestIdentity,
            Access::ChangeIdentity,
            Access::ManagePolicies,
            Access::MarkBreakGlass,
            Access::ManagePeople,
            Access::ImportInventory,
            Access::ChangeFinding,
            Access::ManageCampaigns,
            Access::StepTask,
            Access::ReassignItem,
            Access::Review,
            Access::ManageSources,
            Access::ManageTokens,
        ] {
            assert!(require(&person(&[Auditor]), access).is_err(), "{access:?}");
        }
    }

    #[test]
    fn a_source_only_delivers_and_a_token_only_does_what_its_scope_says() {
        let source = Actor::Source {
            id: SourceId(uuid::Uuid::nil()),
            slug: "s".into(),
        };
        let token = Actor::Token {
            id: TokenId(uuid::Uuid::nil()),
            name: "t".into(),
            scopes: vec![Scope::FeedRead],
            teams: vec![],
        };
        let narrow = Actor::Token {
            id: TokenId(uuid::Uuid::nil()),
            name: "n".into(),
            scopes: Scope::ALL.to_vec(),
            teams: vec!["payments".into()],
        };
        for access in Access::ALL {
            assert_eq!(
                require(&source, *access).is_ok(),
                *access == Access::DeliverEvents,
                "{access:?}"
            );
            assert_eq!(
                require(&token, *access).is_ok(),
                matches!(access, Access::ReadFeed | Access::ViewEvents),
                "{access:?}"
            );
            assert_eq!(
                require(&narrow, *access).is_ok(),
                OF_A_TEAM.contains(access),
                "{access:?}"
            );
        }
    }
}
