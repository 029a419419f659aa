//! What silence brings where a policy says "suspend".

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::IdentityId;

/// Whose suspension a campaign's silence would bring: the list before anything is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceView {
    /// How many would be suspended now.
    pub count: i64,
    /// Most that may be without a second person.
    pub cap: i64,
    /// Who lifted the cap, where somebody has.
    pub lifted_by: Option<String>,
    /// Whether that was the viewer.
    pub lifted_by_viewer: bool,
    /// From when on silence has consequences.
    pub from: DateTime<Utc>,
    /// The first 200 of them by name.
    pub identities: Vec<(IdentityId, String)>,
    /// The present moment.
    pub now: DateTime<Utc>,
}
