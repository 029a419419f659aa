//! Imports: files turned into records, one file of code for each shape, and records compared with the roll.
//!
//! Reading never fails as a whole because of one bad row: each row gives a record or a problem that names row and
//! field. What a record changes is [`plan`]'s; looking things up and saving them is `service`'s and `store`'s.

pub mod detect;
pub mod fields;
pub mod json;
pub mod outline;
pub mod own;
pub mod plan;
pub mod record;
pub mod table;
pub mod vendor;

use chrono::{DateTime, Utc};
use contract::imports::{ImportFormat, ImportKind, ImportProblem};

pub use record::Record;

/// Longest file taken, in bytes.
pub const MAX_FILE: usize = 256 * 1024 * 1024;

/// Where something stands in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The list it stands in; empty where there is only one.
    pub list: String,
    /// Row as a spreadsheet counts (header is 1), or place in its list from 1; 0 is the whole file.
    pub row: u64,
}

impl Place {
    /// The file as a whole.
    pub fn whole() -> Self {
        Self::default()
    }

    /// A row of the only list.
    pub const fn row(row: u64) -> Self {
        Self {
            list: String::new(),
            row,
        }
    }

    /// A row of a named list.
    pub fn of(list: &str, row: u64) -> Self {
        Self {
            list: list.to_owned(),
            row,
        }
    }

    /// A problem here.
    pub fn problem(&self, field: &str, message: impl Into<String>) -> ImportProblem {
        ImportProblem {
            list: self.list.clone(),
            row: self.row,
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// What the person says about the file beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Its shape; told from the content when absent.
    pub format: Option<ImportFormat>,
    /// What its rows are about, for a table that does not tell by itself.
    pub kind: Option<ImportKind>,
    /// The mapping step: the file's column and the field it is to be taken for (empty: do not take it).
    pub mapping: Vec<(String, String)>,
    /// The identity or repository a vendor's list belongs to, where the vendor prints no name of it.
    pub subject: Option<String>,
    /// The moment of reading: no time of the file may lie after it.
    pub now: DateTime<Utc>,
}

impl Hint {
    /// Nothing said.
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self {
            format: None,
            kind: None,
            mapping: Vec::new(),
            subject: None,
            now,
        }
    }
}

/// One thing found in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A record, and the row it came from. A row may give several.
    Record(Place, Record),
    /// A row that cannot be taken. A row may have several problems.
    Problem(ImportProblem),
    /// Something left out on purpose, told once in the report.
    Note(String),
}

/// A file being read: its shape is known, its rows come one by one.
pub struct Reading<'a> {
    /// Its shape.
    pub format: ImportFormat,
    /// Which field each column is taken for; only for tables.
    pub mapping: Vec<(String, String)>,
    /// What it holds, in order. Memory holds a row beside the bytes.
    pub found: Box<dyn Iterator<Item = Found> + Send + 'a>,
}

/// Opens a file.
///
/// # Errors
/// The problems of the file as a whole: empty, too long, of no known shape, headers that say nothing or twice the
/// same.
pub fn read<'a>(bytes: &'a [u8], hint: &Hint) -> Result<Reading<'a>, Vec<ImportProblem>> {
    let whole = |message: String| vec![Place::whole().problem("", message)];
    if bytes.len() > MAX_FILE {
        return Err(whole(format!(
            "The file has {} bytes; at most {MAX_FILE} are taken. Split it.",
            bytes.len()
        )));
    }
    let text = detect::without_mark(bytes).map_err(whole)?;
    let format = match hint.format {
        Some(format) => format,
        None if hint.kind == Some(ImportKind::CodeOwners) => ImportFormat::CodeOwners,
        None => detect::format(text).map_err(whole)?,
    };
    match format {
        ImportFormat::Csv => table::open(text, hint),
        ImportFormat::Json => json::open(text, hint),
        vendor => vendor::open(vendor, text, hint),
    }
}

#[cfg(test)]
mod tests;
