//! What a file would change, did change, and what is wrong with it.

use chrono::{DateTime, Utc};
use contract::imports::{ImportFormat, ImportKind, ImportOutcome};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::wire::words;

/// What a file would do, or did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Its format.
    #[schema(schema_with = words::import_format)]
    format: ImportFormat,
    /// Whether it was saved.
    applied: bool,
    /// Rows read, bad ones included.
    rows: i64,
    /// How many rows of each kind do what.
    counts: Vec<ImportCount>,
    /// The first 200 rows that change something or are in conflict.
    lines: Vec<ImportLine>,
    /// The first 1,000 problems.
    problems: Vec<ImportProblem>,
    /// All problems, those left out of the list too.
    problem_count: i64,
    /// What was left out on purpose, and columns that were not taken.
    notes: Vec<String>,
    /// When it was read.
    at: DateTime<Utc>,
}

/// How many rows of a kind do what.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportCount {
    /// What they are about.
    #[schema(schema_with = words::import_kind)]
    kind: ImportKind,
    /// New.
    create: i64,
    /// Changed.
    update: i64,
    /// As they are already.
    unchanged: i64,
    /// Left out, because they contradict what stands in the roll.
    conflict: i64,
}

/// What one row does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportLine {
    /// Which list of the document it stands in; empty where there is only one.
    list: String,
    /// Row as a spreadsheet counts (the header is row 1); in JSON the place in its list from 1.
    row: u64,
    /// What it is about.
    #[schema(schema_with = words::import_kind)]
    kind: ImportKind,
    /// What becomes of it.
    #[schema(schema_with = words::import_outcome)]
    outcome: ImportOutcome,
    /// What it is called.
    name: String,
    /// Id of the identity it leads to, where there is one already.
    identity_id: Option<Uuid>,
    /// Changed fields.
    changes: Vec<ImportChange>,
    /// Why it is a conflict; empty otherwise.
    reason: String,
}

/// A field that changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportChange {
    /// Its name.
    field: String,
    /// What stood there.
    before: String,
    /// What the file says.
    after: String,
}

/// Something that is wrong with a row; the row is not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProblem {
    /// Which list of the document it stands in; empty where there is only one.
    list: String,
    /// Row, counted as in the lines; 0 is the whole file.
    row: u64,
    /// The column or field; empty where it is the row as a whole.
    field: String,
    /// What is wrong and what would be right. Never repeats a secret.
    message: String,
}

impl From<contract::imports::ImportReport> for ImportReport {
    fn from(report: contract::imports::ImportReport) -> Self {
        Self {
            format: report.format,
            applied: report.applied,
            rows: report.rows,
            counts: report.counts.into_iter().map(ImportCount::from).collect(),
            lines: report.lines.into_iter().map(ImportLine::from).collect(),
            problems: report
                .problems
                .into_iter()
                .map(ImportProblem::from)
                .collect(),
            problem_count: report.problem_count,
            notes: report.notes,
            at: report.at,
        }
    }
}

impl From<contract::imports::ImportCount> for ImportCount {
    fn from(count: contract::imports::ImportCount) -> Self {
        Self {
            kind: count.kind,
            create: count.create,
            update: count.update,
            unchanged: count.unchanged,
            conflict: count.conflict,
        }
    }
}

impl From<contract::imports::ImportLine> for ImportLine {
    fn from(line: contract::imports::ImportLine) -> Self {
        let changes = line.changes.into_iter();
        Self {
            list: line.list,
            row: line.row,
            kind: line.kind,
            outcome: line.outcome,
            name: line.name,
            identity_id: line.identity.map(|id| id.0),
            changes: changes
                .map(|(field, before, after)| ImportChange {
                    field,
                    before,
                    after,
                })
                .collect(),
            reason: line.reason,
        }
    }
}

impl From<contract::imports::ImportProblem> for ImportProblem {
    fn from(problem: contract::imports::ImportProblem) -> Self {
        Self {
            list: problem.list,
            row: problem.row,
            field: problem.field,
            message: problem.message,
        }
    }
}
