//! Imports by page: an uploaded file on its way from the preview to the confirmation, and what became of past ones.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ImportFormat, ImportKind, ImportReport};
use crate::ids::ImportId;

flat_enum! {
    /// Where an uploaded file stands.
    ImportState {
        Checking = "checking", "Being checked";
        Ready = "ready", "Waits for you";
        Saving = "saving", "Being saved";
        Saved = "saved", "Saved";
        Refused = "refused", "Refused";
        Failed = "failed", "Failed";
        Discarded = "discarded", "Discarded";
        Expired = "expired", "Expired";
    }
}

impl ImportState {
    /// Whether something is being done to it right now.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Saving)
    }
}

/// What a person says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportHint {
    /// Its shape; told from the content when absent.
    pub format: Option<ImportFormat>,
    /// What its rows are about; told from the headers when absent.
    pub kind: Option<ImportKind>,
    /// Column and the field it is taken for; an empty field leaves the column out.
    pub mapping: Vec<(String, String)>,
    /// The identity or repository a vendor's list belongs to, where the vendor does not print it.
    pub subject: String,
}

/// A row of the list of imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file: String,
    /// Its length in bytes.
    pub size: i64,
    /// Where it stands.
    pub state: ImportState,
    /// New, changed, unchanged, in conflict; absent before it was read once.
    pub totals: Option<[i64; 4]>,
    /// Rows that could not be taken.
    pub problems: i64,
    /// Who brought it.
    pub by: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// When it last changed its state.
    pub updated_at: DateTime<Utc>,
}

/// The list of imports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportList {
    /// The rows, newest first.
    pub page: crate::Page<ImportRow>,
    /// The longest file taken, in MiB.
    pub most_mib: u64,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// Where it stands.
    pub state: ImportState,
    /// Rows read so far.
    pub rows: i64,
    /// Rows there are; absent where nobody knows before the end.
    pub of: Option<i64>,
    /// Problems found so far.
    pub problems: i64,
}

/// One import, with its preview or its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// The row of the list.
    pub row: ImportRow,
    /// What was said of it.
    pub hint: ImportHint,
    /// What its rows are taken to be about, where that is known.
    pub kind: Option<ImportKind>,
    /// Columns of a table, and the field each is taken for (empty: not taken).
    pub columns: Vec<(String, String)>,
    /// Fields a column may be taken for.
    pub fields: Vec<String>,
    /// What it would do, or did; absent before it was read.
    pub report: Option<ImportReport>,
    /// How far it is.
    pub progress: ImportProgress,
    /// Why it ended where it did; empty where that needs no words.
    pub reason: String,
    /// Until when the file is kept; absent when it is gone.
    pub kept_until: Option<DateTime<Utc>>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// What the mapping form sends: what the person says anew of the file. Columns and fields stand in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportMapping {
    /// Format word, or empty to tell it from the content.
    pub format: String,
    /// Kind word, or empty to tell it from the headers.
    pub kind: String,
    /// The identity or repository it belongs to, or empty.
    pub subject: String,
    /// Columns.
    pub column: Vec<String>,
    /// The field each is taken for, or empty to leave it out.
    pub field: Vec<String>,
}
