//! Activity: Rollcall's own record of who did what in Rollcall.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Page;

flat_enum! {
    /// Who acted.
    ActorKind {
        Person = "person", "Person";
        Token = "token", "API token";
        Source = "source", "Source";
        System = "system", "Rollcall";
        Cli = "cli", "Command line";
    }
}

/// One entry of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// Place in the chain, from 1.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: kind and name.
    pub actor: (ActorKind, String),
    /// Verb, e.g. `identity.approved`.
    pub action: String,
    /// What it was done to: kind, id, name.
    pub object: (String, String, String),
    /// A sentence.
    pub summary: String,
    /// Changed fields: name, before, after.
    pub changes: Vec<(String, String, String)>,
    /// Request id.
    pub request_id: String,
    /// Chain hash, hex.
    pub hash: String,
}

/// The head of the record, written outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorRow {
    /// Where: `file`, `git`, `webhook`.
    pub place: String,
    /// Position of the entry.
    pub position: i64,
    /// Its hash, hex.
    pub hash: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The activity filter, as it stands in the address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivityFilter {
    /// Words searched in summary, actor and object.
    pub q: String,
    /// Object kinds.
    pub object: Vec<String>,
    /// Action words.
    pub action: Vec<String>,
}

/// Kinds of object the record speaks of: the word and what a person reads.
pub const OBJECT_KINDS: &[(&str, &str)] = &[
    ("identity", "Identities"),
    ("finding", "Findings"),
    ("campaign", "Campaigns"),
    ("item", "Review items"),
    ("source", "Sources"),
    ("token", "API tokens"),
    ("person", "People"),
];

/// A page of the record with the moment it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityList {
    /// Entries, newest first.
    pub page: Page<ActivityView>,
    /// Where and when the head was written outside last.
    pub anchored: Option<AnchorRow>,
    /// The present moment as the server knew it.
    pub now: DateTime<Utc>,
}
