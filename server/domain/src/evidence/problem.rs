//! What can be wrong with a pack; each kind has its own sentence.

use std::fmt;

/// Which of the three questions a problem answers with no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// Who signed it.
    Signature,
    /// Is it unchanged.
    Integrity,
    /// Is it whole.
    Completeness,
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "signature",
            Self::Integrity => "integrity",
            Self::Completeness => "completeness",
        })
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Problem {
    /// Not a zip at all, or cut in the middle.
    #[error("this is not an evidence pack, or its end is missing ({0})")]
    NotAPack(String),
    /// The container's own digest does not match.
    #[error("the pack's bytes were changed or damaged after it was sealed")]
    Damaged,
    /// Two entries by one name.
    #[error(
        "the pack lists {listed} files, but only {distinct} different names: one is hidden behind another"
    )]
    Hidden {
        /// Entries in the container.
        listed: usize,
        /// Different names.
        distinct: usize,
    },
    /// A file that must be there is not.
    #[error("{0} is missing from the pack")]
    FileMissing(String),
    /// A file nobody signed.
    #[error("{0} does not belong to the pack: it was added after sealing")]
    FileExtra(String),
    /// A file cannot be read.
    #[error("{path} is damaged and cannot be read to its end ({cause})")]
    FileUnreadable {
        /// Which.
        path: String,
        /// The container's word for it.
        cause: String,
    },
    /// A file is larger than anything this program writes.
    #[error("{0} is larger than an evidence file can be; it was not read")]
    FileTooLarge(String),
    /// A file's bytes are not the signed ones.
    #[error("{0} was changed after it was signed: its SHA-256 is not the one in manifest.json")]
    FileChanged(String),
    /// The manifest is not one.
    #[error("manifest.json is not a manifest this program knows ({0})")]
    ManifestUnreadable(String),
    /// The format is newer than this program.
    #[error("the pack has format version {0}; this program reads versions 1 and 2")]
    Version(u32),
    /// The key in the pack is not a key.
    #[error("public_key.pem is not an Ed25519 public key")]
    KeyUnreadable,
    /// The key in the pack is not the one the manifest names.
    #[error("public_key.pem is key {found}, but manifest.json was signed by key {signed}")]
    KeySwapped {
        /// Id of the key in the pack.
        found: String,
        /// Id in the manifest.
        signed: String,
    },
    /// Signed by another key than the one given.
    #[error("the pack was signed by key {signed}, not by the key you gave ({given})")]
    AnotherKey {
        /// Id in the manifest.
        signed: String,
        /// Id of the key given.
        given: String,
    },
    /// The signature does not hold.
    #[error(
        "manifest.sig is not a signature of manifest.json by key {0}: one of the two was changed or replaced"
    )]
    Signature(String),
    /// A row was changed.
    #[error("row {row} of {path}{} was changed: {cause}", named(.name.as_ref()))]
    RowChanged {
        /// File.
        path: &'static str,
        /// Line number.
        row: u64,
        /// Whose row it is, where that can be read.
        name: Option<String>,
        /// What does not fit.
        cause: String,
    },
    /// A row was taken out.
    #[error("row {row} of {path} is missing{}", named(.name.as_ref()))]
    RowMissing {
        /// File.
        path: &'static str,
        /// Row number.
        row: u64,
        /// Whose row it was, where another file still tells.
        name: Option<String>,
    },
    /// A row stands twice.
    #[error("row {row} of {path} stands there twice")]
    RowTwice {
        /// File.
        path: &'static str,
        /// Row number.
        row: u64,
    },
    /// Rows stand in another order.
    #[error("the rows of {path} were put in another order, from row {row} on")]
    Reordered {
        /// File.
        path: &'static str,
        /// First row out of place.
        row: u64,
    },
    /// The end was cut off.
    #[error("the end of {path} was cut off: it stops at row {last} of {rows}")]
    TailCut {
        /// File.
        path: &'static str,
        /// Last row present.
        last: u64,
        /// Rows signed.
        rows: u64,
    },
    /// More rows than signed.
    #[error("{path} has {found} rows, but {rows} were signed")]
    RowsAdded {
        /// File.
        path: &'static str,
        /// Rows present.
        found: u64,
        /// Rows signed.
        rows: u64,
    },
    /// The chain ends elsewhere.
    #[error(
        "the chain over items.ndjson does not end where the signed manifest says: rows were rewritten"
    )]
    HeadDiffers,
    /// Counts do not fit.
    #[error("{what}: the manifest says {said}, the rows say {counted}")]
    Miscounted {
        /// What was counted.
        what: &'static str,
        /// The manifest's number.
        said: u64,
        /// The rows' number.
        counted: u64,
    },
    /// The activity record does not hold.
    #[error("activity.ndjson does not hold: {0}")]
    Activity(String),
}

impl Problem {
    /// Which question it answers with no.
    pub fn concern(&self) -> Concern {
        match self {
            Self::KeyUnreadable
            | Self::KeySwapped { .. }
            | Self::AnotherKey { .. }
            | Self::Signature(_) => Concern::Signature,
            Self::FileMissing(_)
            | Self::RowMissing { .. }
            | Self::TailCut { .. }
            | Self::Miscounted { .. } => Concern::Completeness,
            _ => Concern::Integrity,
        }
    }
}

fn named(name: Option<&String>) -> String {
    name.map(|name| format!(" ({name})")).unwrap_or_default()
}

/// A pack that does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Everything that is wrong, most telling first; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This evidence does NOT verify.")?;
        for problem in &self.problems {
            write!(f, "\n  {}: {problem}", problem.concern())?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
