//! Export of exactly what the findings list shows, page by page: the door streams, nothing is held whole.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::Page;
use contract::findings::{FindingFilter, FindingRow};
use domain::access::Access;

use crate::{Op, Result};

/// Rows read at once.
const CHUNK: i64 = 500;

/// A piece of an export.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The rows, with why each fired.
    pub rows: Vec<FindingRow>,
    /// Where the next piece begins; absent at the end.
    pub next: Option<String>,
}

/// The next rows of the list, at most `limit`, without its facets: what machines read.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see findings.
pub async fn rows(
    op: &Op,
    filter: &FindingFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<FindingRow>> {
    op.require(Access::ViewFindings)?;
    let Some(team) = op.narrow(&filter.team) else {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
            total: None,
        });
    };
    let filter = FindingFilter {
        team,
        ..filter.clone()
    };
    let mut conn = op.db().acquire().await?;
    let mut page = store::findings::list::page(&mut conn, &filter, after, limit, op.now).await?;
    page.rows.iter_mut().for_each(super::explain);
    Ok(page)
}

/// Whether a text is a cursor of the list.
pub fn is_cursor(text: &str) -> bool {
    store::findings::list::is_cursor(text)
}

/// The next piece of the export of a list.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see findings.
pub async fn export_page(
    op: &Op,
    filter: &FindingFilter,
    after: Option<&str>,
) -> Result<ExportPage> {
    let page = rows(op, filter, after, CHUNK).await?;
    Ok(ExportPage {
        rows: page.rows,
        next: page.next,
    })
}

/// Head of the CSV: the table's columns, and what an opened row says.
const HEAD: [&str; 17] = [
    "id",
    "severity",
    "title",
    "detail",
    "identity_id",
    "identity",
    "team",
    "class",
    "rule",
    "confidence",
    "opened_at",
    "seen_at",
    "state",
    "excepted_until",
    "note",
    "controls",
    "fix",
];

/// The head line of the CSV.
///
/// # Errors
/// [`crate::Error::Internal`] when it cannot be written into memory.
pub fn csv_head() -> Result<Vec<u8>> {
    crate::csv::head(&HEAD)
}

/// Rows as CSV; no cell is taken for a formula by a spreadsheet.
///
/// # Errors
/// [`crate::Error::Internal`] when they cannot be written into memory.
pub fn csv_rows(rows: &[FindingRow]) -> Result<Vec<u8>> {
    crate::csv::rows(rows, cells)
}

fn cells(row: &FindingRow) -> [String; 17] {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let (identity, name) = row
        .identity
        .as_ref()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .unwrap_or_default();
    [
        row.id.to_string(),
        row.severity.to_string(),
        row.title.clone(),
        row.detail.clone(),
        identity,
        name,
        row.team
            .as_ref()
            .map(|team| team.name.clone())
            .unwrap_or_default(),
        row.class.to_string(),
        row.rule.clone(),
        row.confidence.to_string(),
        time(row.opened_at),
        time(row.seen_at),
        row.state.to_string(),
        row.excepted_until.map(time).unwrap_or_default(),
        row.note.clone(),
        row.controls.join("; "),
        row.fix.clone(),
    ]
}
