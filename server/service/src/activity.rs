//! Rollcall's own record: read it, and check that it holds.

use contract::Page;
use contract::activity::{ActivityFilter, ActivityList, ActivityView};
use domain::access::Access;
use domain::activity::{Broken, Entry, GENESIS, check};
use domain::page::cut;

use crate::{Error, Op, Result};

mod anchors;

pub use anchors::{Put, anchor, compare, last_anchor};

/// Rows of one page.
const PAGE: i64 = 50;
/// Entries checked at a time.
const BATCH: i64 = 5_000;

/// Entries the filter lets through, newest first.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn list(op: &Op, filter: &ActivityFilter, cursor: Option<&str>) -> Result<ActivityList> {
    Ok(ActivityList {
        page: rows(op, filter, cursor, PAGE).await?,
        anchored: last_anchor(op).await?,
        now: op.now,
    })
}

/// The next entries the filter lets through, newest first, at most `limit`.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn rows(
    op: &Op,
    filter: &ActivityFilter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<ActivityView>> {
    op.require(Access::ViewActivity)?;
    let before: Option<i64> = cursor.map(str::parse).transpose().map_err(|_| {
        Error::field(
            "cursor",
            "This page of the record is unknown; begin at the first.",
        )
    })?;
    let mut conn = op.db().acquire().await?;
    let rows = store::activity::list(&mut conn, filter, before, limit + 1).await?;
    let page = cut(rows, limit, |(entry, _)| entry.position.to_string());
    let rows = page.rows.into_iter();
    Ok(Page {
        rows: rows.map(|(entry, hash)| view(entry, &hash)).collect(),
        next: page.next,
        total: None,
    })
}

fn view(entry: Entry, hash: &[u8]) -> ActivityView {
    ActivityView {
        position: entry.position,
        at: entry.at,
        actor: (entry.actor_kind, entry.actor_name),
        action: entry.action,
        object: (entry.object_kind, entry.object_id, entry.object_name),
        summary: entry.summary,
        changes: entry.changes,
        request_id: entry.request_id,
        hash: hex(hash),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Walks the whole chain: how many entries hold, or the first place where it breaks.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn verify(op: &Op) -> Result<std::result::Result<i64, Broken>> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    // The head first: entries appended while we walk are not missing from it.
    let (head, head_hash) = store::activity::head(&mut conn).await?;
    let mut state = (0, GENESIS);
    while state.0 < head {
        let batch = store::activity::after(&mut conn, state.0, BATCH.min(head - state.0)).await?;
        if batch.is_empty() {
            return Ok(Err(Broken::Cut {
                last: state.0,
                head,
            }));
        }
        for (entry, stored) in batch.iter().take_while(|(entry, _)| entry.position <= head) {
            state = match check(state, entry, stored) {
                Ok(next) => next,
                Err(broken) => return Ok(Err(broken)),
            };
        }
        if batch.iter().all(|(entry, _)| entry.position > head) {
            return Ok(Err(Broken::Cut {
                last: state.0,
                head,
            }));
        }
    }
    if state.1.as_slice() == head_hash {
        Ok(Ok(head))
    } else {
        Ok(Err(Broken::Changed(head)))
    }
}
