//! What other systems read: rows of the feeds written in the words of OCSF, ECS, ASIM, CEF, Okta, or our own.
//!
//! What belongs here: one row in, one record out, and the framing of a syslog line. Pure: no clock is read and nothing
//! is sent. Which rows somebody gets is `service::feed`'s; carrying them anywhere is the server's.

mod asim;
mod cef;
mod ecs;
mod native;
mod ocsf;
mod okta;
pub mod syslog;
#[cfg(test)]
mod tests;
mod vendor;

use chrono::{DateTime, SecondsFormat, Utc};
use contract::feed::FeedFormat;
use contract::findings::{FindingRow, FindingState};
use contract::identities::IdentityRow;
use contract::ids::EventId;
use serde_json::Value;
use uuid::Uuid;

use crate::activity::Entry;
use crate::event::Event;

/// An event with its place in the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedEvent {
    /// Place, dense, from 1.
    pub position: i64,
    /// When it was published; never goes back.
    pub published: DateTime<Utc>,
    /// Chain hash.
    pub hash: Vec<u8>,
    /// Our id; never changes.
    pub id: EventId,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Source slug.
    pub source: String,
    /// Identity it resolved to: id and name.
    pub identity: Option<(Uuid, String)>,
    /// Canonical fields.
    pub event: Event,
    /// The record as received, redacted; where it was asked for.
    pub raw: Option<String>,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new, or came back.
    Opened,
    /// It says something else, or somebody answered it.
    Updated,
    /// What it tells of is no more.
    Resolved,
}

impl Change {
    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Updated => "updated",
            Self::Resolved => "resolved",
        }
    }
}

/// A change of a finding with its place in their feed: the finding as it was then.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedFinding {
    /// Place, dense, from 1.
    pub position: i64,
    /// When it was published; never goes back.
    pub published: DateTime<Utc>,
    /// What became of it.
    pub change: Change,
    /// The finding after the change.
    pub finding: FindingRow,
    /// When its identity was last seen in an event.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl PlacedFinding {
    /// What became of a finding, told from the state it left and the one it is in.
    pub fn change(before: Option<FindingState>, after: FindingState) -> Change {
        match (before, after) {
            (_, FindingState::Resolved) => Change::Resolved,
            (None | Some(FindingState::Resolved), _) => Change::Opened,
            _ => Change::Updated,
        }
    }

    /// The id of this change: made from the finding's and its place, so it is the same whenever it is read.
    pub fn id(&self) -> Uuid {
        Uuid::new_v5(&self.finding.id.0, &self.position.to_be_bytes())
    }
}

/// An entry of Rollcall's own record, which is a feed by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedEntry {
    /// When it was published; never goes back, unlike the time it tells.
    pub published: DateTime<Utc>,
    /// Chain hash.
    pub hash: Vec<u8>,
    /// The entry; its position is its place.
    pub entry: Entry,
}

impl PlacedEntry {
    /// The id of this entry: made from its chain hash, so it is the same whenever it is read.
    pub fn id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.hash)
    }
}

/// An identity as it stands, for a snapshot of the inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// When it was taken.
    pub taken: DateTime<Utc>,
    /// The identity.
    pub identity: IdentityRow,
}

/// A row of any feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// An event.
    Event(Box<PlacedEvent>),
    /// A change of a finding.
    Finding(Box<PlacedFinding>),
    /// An entry of the record.
    Entry(Box<PlacedEntry>),
    /// An identity of the inventory.
    Identity(Box<Snapshot>),
}

/// A row as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A JSON object.
    Json(Value),
    /// A line of text.
    Text(String),
}

impl Row {
    /// Place in its feed; 0 for a snapshot, which has none.
    pub fn position(&self) -> i64 {
        match self {
            Self::Event(event) => event.position,
            Self::Finding(finding) => finding.position,
            Self::Entry(entry) => entry.entry.position,
            Self::Identity(_) => 0,
        }
    }

    /// What readers deduplicate on.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Event(event) => event.id.0,
            Self::Finding(finding) => finding.id(),
            Self::Entry(entry) => entry.id(),
            Self::Identity(snapshot) => snapshot.identity.id.0,
        }
    }

    /// When it was published.
    pub fn published(&self) -> DateTime<Utc> {
        match self {
            Self::Event(event) => event.published,
            Self::Finding(finding) => finding.published,
            Self::Entry(entry) => entry.published,
            Self::Identity(snapshot) => snapshot.taken,
        }
    }

    /// When it happened, by the clock of whoever told it.
    pub fn happened(&self) -> DateTime<Utc> {
        match self {
            Self::Event(event) => event.event.occurred_at,
            Self::Entry(entry) => entry.entry.at,
            Self::Finding(_) | Self::Identity(_) => self.published(),
        }
    }

    /// Writes the row in a format.
    pub fn write(&self, format: FeedFormat) -> Written {
        match format {
            FeedFormat::Native => Written::Json(native::row(self)),
            FeedFormat::Ocsf => Written::Json(ocsf::row(self)),
            FeedFormat::Ecs => Written::Json(ecs::row(self)),
            FeedFormat::Asim => Written::Json(asim::row(self)),
            FeedFormat::Okta => Written::Json(okta::row(self)),
            FeedFormat::Cef => Written::Text(cef::row(self)),
        }
    }

    /// Appends the row as a JSON value; a line of text becomes a string.
    pub fn json(&self, format: FeedFormat, out: &mut Vec<u8>) {
        match (self, format) {
            (Self::Event(event), FeedFormat::Native) => native::line(event, out),
            _ => match self.write(format) {
                Written::Json(value) => drop(serde_json::to_writer(out, &value)),
                Written::Text(text) => drop(serde_json::to_writer(out, &text)),
            },
        }
    }

    /// Appends the row to a text, as one line without its end. JSON holds no line ends; CEF escapes them.
    pub fn line(&self, format: FeedFormat, out: &mut Vec<u8>) {
        match (self, format) {
            (Self::Event(event), FeedFormat::Native) => native::line(event, out),
            _ => match self.write(format) {
                // A Value always serialises.
                Written::Json(value) => drop(serde_json::to_writer(out, &value)),
                Written::Text(text) => out.extend_from_slice(text.as_bytes()),
            },
        }
    }
}

/// A time with milliseconds, as `published` is written.
fn millis(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A time with as many digits as it has.
fn exact(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
