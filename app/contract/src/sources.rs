//! Sources: connections that send events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events::{EventFormat, QuarantineRow};
use crate::ids::SourceId;

flat_enum! {
    /// How a sender proves that it is the source.
    Proving {
        Secret = "secret", "Its secret, sent along or used to sign";
        Signature = "signature", "Signed deliveries only";
        Token = "token", "The token only";
    }
}

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
    /// First characters of its token, to recognise it by; empty for a secret somebody entered.
    pub token_hint: String,
    /// How its sender proves itself.
    pub proving: Proving,
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
    /// Refused records that are kept.
    pub quarantined: i64,
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
    /// How its sender proves itself; any way with its secret when empty.
    pub proving: String,
    /// The sender's own secret, where it makes one; empty to have one made.
    pub secret: String,
}

/// What the form that changes a source sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceChange {
    /// The source.
    pub slug: String,
    /// Format word, or empty to tell it from the content.
    pub format: String,
    /// How its sender proves itself.
    pub proving: String,
    /// The sender's own secret; empty to leave the present one.
    pub secret: String,
}

/// What reading the refused records again came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replayed {
    /// Now taken.
    pub accepted: usize,
    /// Taken before, in another delivery.
    pub duplicates: usize,
    /// Still refused.
    pub refused: usize,
    /// Kept only in part, so they cannot be read again: send them again.
    pub cut: usize,
}

/// A source just made; the token is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCreated {
    /// The source.
    pub slug: String,
    /// Its token, shown once; empty when the sender's own secret was entered.
    pub token: String,
    /// Where to send, absolute.
    pub url: String,
}
