//! The activity chain: each entry's hash covers the entry and the hash before it, so a changed,
//! missing or reordered entry shows. Appending is `store`'s, checking the whole is `service`'s.

pub mod anchor;

use chrono::{DateTime, SubsecRound, Utc};
use contract::activity::ActorKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::canonical;

/// Hash before the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// One entry as it is hashed. The database holds the same fields; `position` starts at 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the chain, dense, from 1.
    pub position: i64,
    /// When, to the microsecond (PostgreSQL keeps no more).
    pub at: DateTime<Utc>,
    /// What kind of actor.
    pub actor_kind: ActorKind,
    /// The actor's id; empty for the system.
    pub actor_id: String,
    /// The actor's name at the time.
    pub actor_name: String,
    /// Verb, `object.participle`.
    pub action: String,
    /// What kind of thing it was done to.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// Its name at the time.
    pub object_name: String,
    /// A sentence.
    pub summary: String,
    /// Changed fields: name, before, after.
    pub changes: Vec<(String, String, String)>,
    /// Request id, shared with the logs.
    pub request_id: String,
}

impl Entry {
    /// Hash of this entry on top of the one before: `SHA-256(previous || canonical JSON)`.
    pub fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(canonical::to_vec(self));
        sha.finalize().into()
    }

    /// The same entry with its time cut to the microsecond, as the database will give it back.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        self.at = self.at.trunc_subsecs(6);
        self
    }
}

/// Why a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Positions are not dense.
    #[error("entry {expected} is missing; the next one present is {found}")]
    Missing {
        /// Position that should have come.
        expected: i64,
        /// Position that came.
        found: i64,
    },
    /// An entry's content does not match its hash.
    #[error("entry {0} was changed after it was written")]
    Changed(i64),
    /// The stored head is not the last entry.
    #[error("the record ends at entry {last}, but its head says {head}: the tail was cut")]
    Cut {
        /// Last position present.
        last: i64,
        /// Position the head names.
        head: i64,
    },
}

/// Checks one entry against the running state and returns the next state.
///
/// # Errors
/// [`Broken`] says which entry does not hold and how.
pub fn check(
    previous: (i64, [u8; 32]),
    entry: &Entry,
    stored: &[u8],
) -> Result<(i64, [u8; 32]), Broken> {
    let expected = previous.0 + 1;
    if entry.position != expected {
        return Err(Broken::Missing {
            expected,
            found: entry.position,
        });
    }
    let hash = entry.hash(&previous.1);
    if hash.as_slice() != stored {
        return Err(Broken::Changed(entry.position));
    }
    Ok((entry.position, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(position: i64) -> Entry {
        Entry {
            position,
            at: DateTime::from_timestamp(1_790_000_000, 123_456_789).expect("time"),
            actor_kind: ActorKind::System,
            actor_id: String::new(),
            actor_name: "Rollcall".into(),
            action: "identity.approved".into(),
            object_kind: "identity".into(),
            object_id: "1".into(),
            object_name: "deploy".into(),
            summary: "Approved deploy".into(),
            changes: vec![("state".into(), "requested".into(), "active".into())],
            request_id: "r".into(),
        }
        .rounded()
    }

    #[test]
    fn an_honest_chain_holds_and_each_kind_of_tampering_is_named() {
        let (one, two) = (entry(1), entry(2));
        let first = one.hash(&GENESIS);
        let second = two.hash(&first);
        let state = check((0, GENESIS), &one, &first).expect("first");
        assert_eq!(check(state, &two, &second), Ok((2, second)));

        let mut changed = two.clone();
        changed.summary = "Rejected deploy".into();
        assert_eq!(check(state, &changed, &second), Err(Broken::Changed(2)));
        assert_eq!(
            check((0, GENESIS), &two, &second),
            Err(Broken::Missing {
                expected: 1,
                found: 2
            })
        );
    }
}
