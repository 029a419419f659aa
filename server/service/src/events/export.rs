//! Export of exactly what the explorer shows, page by page: the door streams, nothing is held whole.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::events::EventFilter;
use contract::ids::{EventId, IdentityId};
use domain::access::Access;
use domain::event::Event;
use serde::Serialize;
use store::events::explore::{self, Stored};

use crate::{Op, Result};

/// Rows read at once.
const CHUNK: i64 = 500;

/// An event as it is exported: the canonical fields, and what Rollcall knows beside them.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// Its id.
    pub id: EventId,
    /// Slug of its source.
    pub source: String,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// Place in the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Identity it resolved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<IdentityId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The canonical fields.
    #[serde(flatten)]
    pub event: Event,
}

/// A piece of an export.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The rows, newest first.
    pub rows: Vec<Exported>,
    /// Where the next piece begins; absent at the end.
    pub next: Option<String>,
}

/// The next piece of the export of the explorer; `hours` is the window up to now where the filter has no range.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see events; [`crate::Error::Invalid`] when the range makes no sense.
pub async fn export_page(
    op: &Op,
    filter: &EventFilter,
    hours: Option<i64>,
    after: Option<&str>,
) -> Result<ExportPage> {
    op.require(Access::ViewEvents)?;
    let mark = after.map(super::read_mark).transpose()?;
    let (from, to) = super::range(op.now, filter, hours)?;
    let filter = EventFilter {
        from: Some(from),
        to: Some(to),
        ..filter.clone()
    };
    let mut conn = op.db().acquire().await?;
    let rows = explore::page(&mut conn, &filter, mark, CHUNK).await?;
    let whole = i64::try_from(rows.len()).is_ok_and(|count| count == CHUNK);
    let next = rows.last().filter(|_| whole).map(super::write_mark);
    Ok(ExportPage {
        rows: rows.into_iter().map(exported).collect(),
        next,
    })
}

fn exported(stored: Stored) -> Exported {
    let (identity_id, identity) = stored.identity.unzip();
    Exported {
        id: stored.id,
        source: stored.source.0,
        received_at: stored.received_at,
        position: stored.published.map(|published| published.0),
        identity_id,
        identity,
        event: stored.event,
    }
}

/// Head of the CSV.
const HEAD: [&str; 20] = [
    "id",
    "occurred_at",
    "received_at",
    "kind",
    "outcome",
    "action",
    "actor",
    "identity_id",
    "identity",
    "subject",
    "role",
    "repository",
    "ref",
    "commit",
    "run_id",
    "environment",
    "target",
    "source_ip",
    "source",
    "format",
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
pub fn csv_rows(rows: &[Exported]) -> Result<Vec<u8>> {
    crate::csv::rows(rows, cells)
}

fn cells(row: &Exported) -> [String; 20] {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let event = &row.event;
    [
        row.id.to_string(),
        time(event.occurred_at),
        time(row.received_at),
        event.kind.to_string(),
        event.outcome.to_string(),
        event.action.clone(),
        text(&event.actor),
        row.identity_id.map(|id| id.to_string()).unwrap_or_default(),
        text(&row.identity),
        text(&event.subject),
        text(&event.role),
        text(&event.repository),
        text(&event.git_ref),
        text(&event.commit),
        text(&event.run_id),
        text(&event.environment),
        text(&event.target),
        text(&event.source_ip),
        row.source.clone(),
        event.format.to_string(),
    ]
}
