//! Repositories whose pipelines are kept: what they can become, and what is wrong with them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::findings::{FindingRow, Severity};
use crate::ids::RepositoryId;
use crate::trust::PipelineReach;

/// A row of the list of repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryRow {
    /// Its id.
    pub id: RepositoryId,
    /// `github` or `gitlab`.
    pub forge: String,
    /// `owner/name`.
    pub name: String,
    /// Address of a forge of one's own; empty for the vendor's.
    pub host: String,
    /// Pipeline files read the last time.
    pub files: i64,
    /// Jobs in them.
    pub jobs: i64,
    /// When its files came last.
    pub scanned_at: Option<DateTime<Utc>>,
    /// When its protections came last.
    pub governed_at: Option<DateTime<Utc>>,
    /// Open findings by severity, worst first; only severities that occur.
    pub open: Vec<(Severity, i64)>,
}

/// The repositories that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryList {
    /// By name, at most 500.
    pub rows: Vec<RepositoryRow>,
    /// How many there are.
    pub total: i64,
    /// The viewer may bring and forget repositories.
    pub may_keep: bool,
    /// Longest upload, in MiB.
    pub most_mib: u64,
    /// The moment of reading.
    pub now: DateTime<Utc>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// The row.
    pub row: RepositoryRow,
    /// Default branch.
    pub default_branch: String,
    /// Ids of owner and repository, as `123:456`; empty when not known.
    pub ids: String,
    /// Who brought it last.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// What could not be read the last time: name and why.
    pub problems: Vec<(String, String)>,
    /// Jobs with the identities they can become, as trusts are now.
    pub reaches: Vec<PipelineReach>,
    /// Trusts of the roll they were joined with.
    pub trusts: i64,
    /// Its findings that are not resolved, worst first; at most 300.
    pub findings: Vec<FindingRow>,
    /// How many there are.
    pub open: i64,
    /// The viewer may bring it again and forget it.
    pub may_keep: bool,
    /// Longest upload, in MiB.
    pub most_mib: u64,
    /// The moment of reading.
    pub now: DateTime<Utc>,
}

/// What keeping a repository's pipelines came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The repository.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// Files read.
    pub files: i64,
    /// Findings opened now, or opened again.
    pub opened: i64,
    /// Findings resolved now: they are so no more.
    pub resolved: i64,
    /// Findings that stand.
    pub standing: i64,
    /// What could not be read: name and why.
    pub problems: Vec<(String, String)>,
}
