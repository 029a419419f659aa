//! Runners: machines that ran jobs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::EventId;

flat_enum! {
    /// What sort of machine it is.
    RunnerKind {
        Persistent = "persistent", "Own, persistent";
        Ephemeral = "ephemeral", "Own, one job each";
        Untold = "untold", "Own, not told";
        Hosted = "hosted", "The platform’s";
    }
}

/// A runner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerRow {
    /// Platform whose jobs it runs.
    pub platform: crate::identities::Platform,
    /// Organisation or group it serves.
    pub owner: String,
    /// Its name; of the platform's own, what a job asks for.
    pub name: String,
    /// What sort of machine.
    pub kind: RunnerKind,
    /// Group it belongs to; empty when not told.
    pub group: String,
    /// Labels a job asks for it by.
    pub labels: Vec<String>,
    /// Repositories it served, latest first, at most five.
    pub repositories: Vec<String>,
    /// How many it served.
    pub repository_count: i64,
    /// Different runs it served.
    pub runs: i64,
    /// First seen.
    pub first_seen: DateTime<Utc>,
    /// Last seen; of one nobody has seen, when it was first listed.
    pub last_seen: DateTime<Utc>,
    /// Whether anybody has seen it: an event, or a list that says it was there.
    pub seen: bool,
    /// The last event that tells of it; absent where only a list does.
    pub event: Option<EventId>,
    /// When a list last named it.
    pub listed_at: Option<DateTime<Utc>>,
    /// Whether it was there then.
    pub online: Option<bool>,
}

/// A page of runners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerList {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// The runners, latest first.
    pub page: crate::Page<RunnerRow>,
    /// How many there are of each kind under the words searched.
    pub kinds: Vec<(RunnerKind, i64)>,
}
