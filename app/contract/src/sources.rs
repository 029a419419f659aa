//! Sources: connections that send events.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::events::{EventFormat, QuarantineRow};
use crate::ids::SourceId;

/// A row of the sources page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// The word in its address `/ingest/v1/{slug}`.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Format it sends; absent means detected from content.
    pub format: Option<EventFormat>,
    /// Events taken.
    pub accepted: i64,
    /// Records refused and quarantined.
    pub rejected: i64,
    /// Duplicates seen.
    pub duplicates: i64,
    /// Last event's own time.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Last delivery.
    pub last_received_at: Option<DateTime<Utc>>,
    /// Events on each of the last 30 days, by receipt, oldest first.
    pub days: Vec<i64>,
    /// First characters of its token, to recognise it by.
    pub token_hint: String,
    /// Events of a usual day; absent when it was never heard.
    pub usual: Option<i64>,
    /// Ranges of days within the last 30 on which it was silent, both ends included, oldest first.
    pub gaps: Vec<(NaiveDate, NaiveDate)>,
    /// What it cannot see even when it speaks.
    pub blind: Vec<String>,
}

/// Every source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceList {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// The rows, by name.
    pub rows: Vec<SourceRow>,
    /// Whether this viewer may add one or renew a token.
    pub may_manage: bool,
}

/// A source with its newest rejects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// Whether this viewer may renew its token.
    pub may_manage: bool,
    /// The row of the list.
    pub row: SourceRow,
    /// Newest rejects.
    pub rejects: Vec<QuarantineRow>,
    /// Where to send, absolute.
    pub url: String,
}

/// What the source form sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceInput {
    /// Name.
    pub name: String,
    /// Slug; derived from the name when empty.
    pub slug: String,
    /// Format word, or empty to detect.
    pub format: String,
}

/// A source just made; the token is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCreated {
    /// The source.
    pub slug: String,
    /// Its bearer token, shown once.
    pub token: String,
    /// Where to send, absolute.
    pub url: String,
}
