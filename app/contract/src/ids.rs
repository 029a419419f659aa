//! Typed ids: UUIDv7 newtypes, so an identity's id can never stand where a person's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

id! {
    /// A human being who signs in.
    PersonId;
    /// A team that owns identities.
    TeamId;
    /// A pipeline identity or service account.
    IdentityId;
    /// One way the outside world names an identity.
    SelectorId;
    /// A reference to a credential; never the secret.
    CredentialId;
    /// One permission of an identity.
    PermissionId;
    /// A trust document of an identity.
    TrustId;
    /// A test kept with an identity's trusts.
    TrustTestId;
    /// A repository whose pipelines are kept.
    RepositoryId;
    /// A connection that sends events.
    SourceId;
    /// One audit event.
    EventId;
    /// One line that could not be taken.
    QuarantineId;
    /// A rule's judgement with evidence.
    FindingId;
    /// Where rows of the feeds are pushed to.
    DestinationId;
    /// A rule by which pipelines sign in with their own tokens.
    WorkloadRuleId;
    /// A review campaign.
    CampaignId;
    /// A campaign that comes again.
    TemplateId;
    /// What a revoke or modify asks somebody to do.
    TaskId;
    /// One frozen identity in a campaign.
    ItemId;
    /// A rotation limit somebody set.
    PolicyId;
    /// An API token.
    TokenId;
    /// A file that was, or is to be, imported.
    ImportId;
}
