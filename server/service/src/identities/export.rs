//! Export of exactly what the list shows, page by page: the door streams, nothing is held whole.

use contract::Page;
use contract::identities::{IdentityFilter, IdentityRow, IdentitySort};
use domain::access::Access;

use crate::{Op, Result};

/// Rows read at once.
const CHUNK: i64 = 500;

/// A piece of an export.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The rows.
    pub rows: Vec<IdentityRow>,
    /// Where the next piece begins; absent at the end.
    pub next: Option<String>,
}

/// The next rows of a list, at most `limit`, without its facets: what machines read.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see identities.
pub async fn rows(
    op: &Op,
    filter: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<IdentityRow>> {
    op.require(Access::ViewIdentities)?;
    let Some(team) = op.narrow(&filter.team) else {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
            total: None,
        });
    };
    let filter = IdentityFilter {
        team,
        ..filter.clone()
    };
    let mut conn = op.db().acquire().await?;
    Ok(store::identities::list::page(&mut conn, &filter, sort, after, limit, op.now).await?)
}

/// Whether a text is a cursor of the list in this order.
pub fn is_cursor(sort: IdentitySort, text: &str) -> bool {
    store::identities::list::is_cursor(sort, text)
}

/// The next piece of the export of a list.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see identities.
pub async fn export_page(
    op: &Op,
    filter: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
) -> Result<ExportPage> {
    let page = rows(op, filter, sort, after, CHUNK).await?;
    Ok(ExportPage {
        rows: page.rows,
        next: page.next,
    })
}

/// Head of the CSV: the table's columns, and what stands behind them.
const HEAD: [&str; 20] = [
    "id",
    "name",
    "kind",
    "platform",
    "state",
    "purpose",
    "subject",
    "environments",
    "team",
    "owner",
    "credential",
    "rotation",
    "privileged",
    "tier",
    "risk",
    "open_findings",
    "last_used_at",
    "last_reviewed_at",
    "next_review_at",
    "review",
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
pub fn csv_rows(rows: &[IdentityRow]) -> Result<Vec<u8>> {
    crate::csv::rows(rows, cells)
}

fn cells(row: &IdentityRow) -> [String; 20] {
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
            .unwrap_or_default()
    };
    let places: Vec<&str> = row
        .environments
        .iter()
        .map(|place| place.as_str())
        .collect();
    [
        row.id.to_string(),
        row.name.clone(),
        row.kind.to_string(),
        row.platform.to_string(),
        row.state.to_string(),
        row.purpose.clone(),
        row.subject.clone(),
        places.join(" "),
        row.team
            .as_ref()
            .map(|team| team.name.clone())
            .unwrap_or_default(),
        row.owner
            .as_ref()
            .map(|owner| owner.name.clone())
            .unwrap_or_default(),
        row.credential.to_string(),
        row.rotation.to_string(),
        row.privileged.to_string(),
        row.tier.to_string(),
        row.risk.to_string(),
        row.open_findings.to_string(),
        time(row.last_used_at),
        time(row.last_reviewed_at),
        time(row.next_review_at),
        row.review.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_formula_stays_text() {
        let line = crate::csv::head(&["=HYPERLINK(\"http://x\")", "a,b", "plain"]).expect("a line");
        assert_eq!(
            String::from_utf8(line).expect("text"),
            "\"'=HYPERLINK(\"\"http://x\"\")\",\"a,b\",plain\r\n"
        );
    }
}
