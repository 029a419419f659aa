//! What a pack holds: its files, their shapes and the chain over the items.

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::{Change, DecisionKind, ItemState, Recommendation};
use contract::identities::PastReview;
use contract::ids::{CampaignId, ItemId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::campaign::item::Decision;
use crate::campaign::reviewer::Assignment;
use crate::campaign::snapshot::Snapshot;
use crate::campaign::tally::Tally;
use crate::{activity, canonical};

/// Name of the format in the manifest.
pub const FORMAT: &str = "rollcall-evidence";
/// Version of the format this code writes. Version 2 added remediation, messages and quality.
pub const VERSION: u32 = 2;
/// The oldest version this code reads.
pub const OLDEST: u32 = 1;
/// Link before the first item.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The signed list of everything else.
pub const MANIFEST: &str = "manifest.json";
/// The signature over the manifest's exact bytes.
pub const SIGNATURE: &str = "manifest.sig";
/// The public half of the signing key.
pub const PUBLIC_KEY: &str = "public_key.pem";
/// How to check the pack without Rollcall.
pub const GUIDE: &str = "VERIFY.md";
/// The campaign.
pub const CAMPAIGN: &str = "campaign.json";
/// One item a line, chained.
pub const ITEMS: &str = "items.ndjson";
/// One item a row.
pub const ITEMS_TABLE: &str = "items.csv";
/// One answer a row.
pub const DECISIONS_TABLE: &str = "decisions.csv";
/// One task a row: what was asked for, and what proves it or why it was waived.
pub const REMEDIATION: &str = "remediation.csv";
/// One message a row: who was told, when, how.
pub const MESSAGES: &str = "messages.csv";
/// How each person answered.
pub const QUALITY: &str = "quality.json";
/// The segment of Rollcall's own record.
pub const ACTIVITY: &str = "activity.ndjson";
/// The summary for people.
pub const SUMMARY: &str = "summary.html";

/// Files the manifest lists, in pack order.
pub const LISTED: &[&str] = &[
    GUIDE,
    PUBLIC_KEY,
    CAMPAIGN,
    ITEMS,
    ITEMS_TABLE,
    DECISIONS_TABLE,
    ACTIVITY,
    SUMMARY,
];

/// Files packs have since version 2.
pub const SINCE_2: &[&str] = &[REMEDIATION, MESSAGES, QUALITY];

/// Files the manifest of a version lists.
pub fn listed(version: u32) -> impl Iterator<Item = &'static str> {
    let since = if version >= 2 { SINCE_2 } else { &[] };
    LISTED.iter().chain(since).copied()
}

/// Which control each part of a pack speaks to.
pub const CONTROLS: &[(&str, &str)] = &[
    (
        "SOC 2 CC6.1",
        "items.csv: every identity, with its owner and who reviewed it",
    ),
    (
        "SOC 2 CC6.2",
        "decisions.csv: decisions with reasons; not reviewed is never an approval",
    ),
    (
        "SOC 2 CC6.3",
        "remediation.csv: each revoke and modify until it is proven or waived",
    ),
    (
        "ISO 27001 A.5.18",
        "campaign.json: population, query, what the sources could not see",
    ),
    (
        "ISO 27001 A.8.2",
        "items.csv: privileged production access, decided one by one with a reason",
    ),
    (
        "NIST 800-53 AC-2(j)",
        "campaign.json and activity.ndjson: accounts reviewed at the set frequency",
    ),
    (
        "PCI DSS 4.0.1 7.2.5.1",
        "decisions.csv and quality.json: application accounts reviewed, by whom, how",
    ),
    (
        "OWASP NHI1:2025",
        "remediation.csv: offboarding proven by the roll or by silence",
    ),
];

/// What one source could see during the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Source name.
    pub source: String,
    /// When it last spoke; absent when never.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Days of the last 90 on which it spoke.
    pub days: u16,
    /// Events in those days.
    pub events: i64,
    /// Days of the last 90 on which it was silent, as ranges. Packs of older versions have none.
    #[serde(default)]
    pub gaps: Vec<(NaiveDate, NaiveDate)>,
    /// What it cannot see even when it speaks.
    #[serde(default)]
    pub cannot_see: Vec<String>,
}

/// The campaign as `campaign.json` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its id.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
    /// Organisation it was held in.
    pub organisation: String,
    /// What reviewers were told.
    pub notes: String,
    /// The population as a sentence.
    pub query: String,
    /// The population as the filter that was stored.
    pub filter: serde_json::Value,
    /// How many items were frozen at start.
    pub population: u64,
    /// Who made it.
    pub created_by: String,
    /// Who sealed it.
    pub sealed_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was started and everything was frozen.
    pub started_at: DateTime<Utc>,
    /// When answers were due.
    pub due_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// What the sources could see.
    pub coverage: Vec<Coverage>,
    /// How it was answered and what followed (packs since version 2).
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub policy: serde_json::Value,
    /// Gaps that were acknowledged before the start: what, why, by whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<(String, String, String)>,
    /// Which control each file speaks to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<(String, String)>,
}

/// One item with everything its outcome rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub item: ItemId,
    /// Where it ended.
    pub state: ItemState,
    /// The answer in force.
    pub decision: Option<DecisionKind>,
    /// Privileged in production.
    pub privileged_production: bool,
    /// Content hash of the frozen facts.
    pub content_hash: String,
    /// The frozen identity.
    pub snapshot: Snapshot,
    /// What was advised, with its reasons.
    pub recommendation: Recommendation,
    /// What had changed since the last approval.
    pub changes: Vec<Change>,
    /// Earlier reviews, newest first.
    pub reviews: Vec<PastReview>,
    /// Who reviewed it and how they were found.
    pub assignment: Assignment,
    /// Every answer, oldest first.
    pub history: Vec<Decision>,
}

/// One line of `items.ndjson`: `hash = SHA-256(previous ‖ "\n" ‖ index ‖ "\n" ‖ canonical item)`, in text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Row number, from 1.
    pub index: u64,
    /// Hash of the row before.
    pub previous: String,
    /// Hash of this row.
    pub hash: String,
    /// The record.
    pub item: serde_json::Value,
}

/// Hash of an item's row on top of the row before, hex.
pub fn link(previous: &str, index: u64, item: &serde_json::Value) -> String {
    let mut sha = Sha256::new();
    sha.update(previous);
    sha.update(format!("\n{index}\n"));
    sha.update(canonical::to_vec(item));
    hex::encode(sha.finalize())
}

/// One line of `activity.ndjson`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLine {
    /// The entry.
    pub entry: activity::Entry,
    /// Its hash, hex.
    pub hash: String,
}

/// One file the manifest lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name.
    pub path: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// Rows, where it has rows (a header line does not count).
    pub rows: Option<u64>,
}

/// The population and the head of the chain over its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// The query as a sentence.
    pub query: String,
    /// Items frozen at start.
    pub count: u64,
    /// Hash of the last row of `items.ndjson`.
    pub head: String,
}

/// The segment of Rollcall's own record in `activity.ndjson`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// First position.
    pub from: i64,
    /// Last position.
    pub to: i64,
    /// Hash before the first entry, hex.
    pub previous: String,
    /// Hash of the last entry, hex.
    pub head: String,
}

/// Which key signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// First 16 hex digits of the fingerprint.
    pub id: String,
    /// SHA-256 over the 32 raw bytes of the public key, hex.
    pub fingerprint: String,
    /// `Ed25519`.
    pub algorithm: String,
}

/// The signed manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The campaign: id and name.
    pub campaign: (CampaignId, String),
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// The population.
    pub population: Population,
    /// How it ended.
    pub outcomes: Tally,
    /// The record's segment.
    pub activity: Segment,
    /// The key.
    pub key: KeyEntry,
    /// Every other file of the pack, but the signature.
    pub files: Vec<FileEntry>,
}
