//! Sources: connections that send events.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::events::{EventFormat, QuarantineRow};
use crate::ids::SourceId;

flat_enum! {
    /// How a sender proves that it is the source.
    Proving {
        Secret = "secret", "Its secret, sent along or used to sign";
        Signature = "signature", "Signed deliveries only";
        Token = "token", "The token only";
        Oidc = "oidc", "A token of an identity provider: a CI job's, Google's";
        Certificate = "certificate", "A client certificate, passed on by a trusted proxy";
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
    /// Events of a usual day; absent when it was never heard.
    pub usual: Option<i64>,
    /// Ranges of days within the last 30 on which it was silent, both ends included, oldest first.
    pub gaps: Vec<(NaiveDate, NaiveDate)>,
    /// What it cannot see even when it speaks.
    pub blind: Vec<String>,
    /// How its sender proves itself.
    pub proving: Proving,
    /// How long its events are kept.
    pub retention: Retention,
}

/// How long a source's events are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Retention {
    /// Whole months set for this source.
    pub own: Option<u32>,
    /// Whole months that hold: its own, or everybody's; absent means for good.
    pub months: Option<u32>,
    /// First day that is kept.
    pub kept_from: Option<NaiveDate>,
    /// Events before it, which go with the next daily run.
    pub past: i64,
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
    /// Its events whose words no reader knows: kept, and without a kind.
    pub kindless: Kindless,
    /// Where to send, absolute.
    pub url: String,
    /// Which identity provider's tokens it takes; empty texts where it takes none.
    pub rule: TokenRule,
    /// The last delivery that was refused because nothing proved its sender.
    pub refused: Option<Refusal>,
}

/// Events of a source that got no kind, among its newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kindless {
    /// Those without a kind.
    pub events: i64,
    /// Events of this source that were looked through.
    pub of: i64,
    /// Whether these are all of the last 30 days; else the newest of them.
    pub whole: bool,
}

/// Which tokens of an identity provider deliver to a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenRule {
    /// Who issues them, such as `https://token.actions.githubusercontent.com`.
    pub issuer: String,
    /// Whom they must be meant for; the source's address when left empty.
    pub audience: String,
    /// Their subject; `*` is any run of characters.
    pub subject: String,
    /// Further claims, one `claim=value` a line.
    pub claims: String,
}

/// A sender that was turned away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// When, the last time.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
    /// How often, counted at most once a second.
    pub times: i64,
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
    /// Which identity provider's tokens it takes, where it does.
    pub rule: TokenRule,
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
    /// Which identity provider's tokens it takes, where it does.
    pub rule: TokenRule,
    /// Whole months its events are kept; empty: as the configuration says for all.
    pub keep_months: String,
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
