//! Who is looking: roles and the signed-in viewer.

use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, TeamId};

flat_enum! {
    /// A role given by the identity provider's groups. A person may hold several.
    Role {
        Admin = "admin", "Admin";
        Security = "security", "Security";
        Owner = "owner", "Owner";
        Auditor = "auditor", "Auditor";
    }
}

/// The signed-in person as the frame shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Roles, sorted.
    pub roles: Vec<Role>,
    /// Teams they belong to: id and name.
    pub teams: Vec<(TeamId, String)>,
    /// IANA time zone, for deadlines.
    pub time_zone: String,
    /// Open review items waiting for them.
    pub waiting_reviews: i64,
    /// Open critical and high findings on what is theirs (or everyone's, for security).
    pub waiting_findings: i64,
    /// Requests waiting for an approval they may give.
    pub waiting_requests: i64,
    /// Identities they stand in for as backup, since the owner has left.
    pub stands_in: i64,
    /// Organisation name shown beside the brand.
    pub organisation: String,
}

flat_enum! {
    /// Why a sign-in did not come to its end.
    SignInProblem {
        NoProvider = "no-provider", "No identity provider is configured";
        Denied = "denied", "The sign-in was not completed";
        Stale = "stale", "This sign-in took too long or was begun elsewhere";
        Unavailable = "unavailable", "Your identity provider does not answer";
        Untrusted = "untrusted", "The provider's answer could not be trusted";
        NoEmail = "no-email", "Your account has no e-mail address";
        Unverified = "unverified", "Your e-mail address is not confirmed";
        Taken = "taken", "Your e-mail address belongs to somebody else here";
        NoRole = "no-role", "You have no role here yet";
        Left = "left", "Your account here was closed";
    }
}

/// What the sign-in page offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOptions {
    /// Organisation name shown beside the brand.
    pub organisation: String,
    /// Name of the configured identity provider; absent when none is configured.
    pub provider: Option<String>,
    /// Demo personas, only with `serve --demo`.
    pub personas: Vec<Persona>,
}

/// A demo persona one click signs in as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persona {
    /// The person's id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// What they do at the demo organisation, in a sentence.
    pub story: String,
    /// Their roles.
    pub roles: Vec<Role>,
}
