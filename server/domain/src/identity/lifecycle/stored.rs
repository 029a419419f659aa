//! The lifecycle as it is kept: a flat word and the facts of the present state.

use chrono::{DateTime, Utc};
use contract::identities::IdentityState;
use contract::ids::PersonId;
use serde::{Deserialize, Serialize};

use super::{Lifecycle, Mark};
use crate::identity::reason::Reason;

/// Facts of the present state, as the database keeps them beside the word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateFacts {
    /// When the state was entered.
    pub at: Option<DateTime<Utc>>,
    /// Who brought it about; nobody means Rollcall itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Until when a disabled identity is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch_until: Option<DateTime<Utc>>,
}

impl Lifecycle {
    /// The facts to keep.
    pub fn facts(&self) -> StateFacts {
        let of = |mark: &Mark, reason: &str| StateFacts {
            at: Some(mark.at),
            by: mark.by,
            reason: reason.to_owned(),
            watch_until: None,
        };
        match self {
            Self::Discovered { since } | Self::Active { since } => StateFacts {
                at: Some(*since),
                ..StateFacts::default()
            },
            Self::Requested { by, at } => StateFacts {
                at: Some(*at),
                by: *by,
                ..StateFacts::default()
            },
            Self::Suspended { mark, reason } | Self::Rejected { mark, reason } => {
                of(mark, reason.as_str())
            }
            Self::Decommissioning {
                mark,
                reason,
                watch_until,
            } => StateFacts {
                watch_until: Some(*watch_until),
                ..of(mark, reason.as_str())
            },
            Self::Removed { mark } => of(mark, ""),
        }
    }

    /// Rebuilds the state from what is kept. `entered` stands in where an import left no time.
    pub fn restore(
        state: IdentityState,
        facts: &StateFacts,
        requested_by: Option<PersonId>,
        entered: DateTime<Utc>,
    ) -> Self {
        let at = facts.at.unwrap_or(entered);
        let mark = Mark { by: facts.by, at };
        let reason = || Reason::kept(&facts.reason);
        match state {
            IdentityState::Discovered => Self::Discovered { since: at },
            IdentityState::Requested => Self::Requested {
                by: requested_by,
                at,
            },
            IdentityState::Active => Self::Active { since: at },
            IdentityState::Suspended => Self::Suspended {
                mark,
                reason: reason(),
            },
            IdentityState::Decommissioning => Self::Decommissioning {
                mark,
                reason: reason(),
                // Without a date the watch has no end that anybody set: it is over.
                watch_until: facts.watch_until.unwrap_or(at),
            },
            IdentityState::Removed => Self::Removed { mark },
            IdentityState::Rejected => Self::Rejected {
                mark,
                reason: reason(),
            },
        }
    }
}
