//! What the API answers: structs of its own, so that a page may change what it is given without a client noticing.
//!
//! Words of enums are the stable ones of `contract`; times are RFC 3339 in UTC; a value that is not known is `null`.

mod campaigns;
mod holdings;
mod identity;
pub mod policy;
mod record;
mod trust;
pub mod words;

pub use campaigns::{Campaign, CampaignItem, ItemDetail};
pub use holdings::{Credential, Permission, Review, Selector, Trust};
pub use identity::{Identity, IdentityDetail};
pub use record::{Activity, Finding, Person, Team};
pub use trust::{TrustAdmits, TrustFinding, TrustQuestion, TrustTightened, TrustVerdict};

use contract::people::{PersonRef, TeamRef};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person, by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonName {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// Whether they are still here.
    pub active: bool,
}

impl From<PersonRef> for PersonName {
    fn from(person: PersonRef) -> Self {
        Self {
            id: person.id.0,
            name: person.name,
            active: person.active,
        }
    }
}

/// A team, by id, slug and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamName {
    /// Id.
    pub id: Uuid,
    /// Word in addresses and filters.
    pub slug: String,
    /// Name.
    pub name: String,
}

impl From<TeamRef> for TeamName {
    fn from(team: TeamRef) -> Self {
        Self {
            id: team.id.0,
            slug: team.slug,
            name: team.name,
        }
    }
}
