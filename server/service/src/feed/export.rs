//! A whole feed at once, in batches: memory stays flat however long it is.

use domain::feed::{self, Selection};
use store::feed::Slice;

use super::{FeedAnswer, FeedQuery, Row, Start, access, gone, rows, start};
use crate::{Op, Result, Services};

/// Rows read by one statement.
const BATCH: i64 = 2_000;

/// What is left of a feed to read: from a place up to where it stood when it was asked for.
pub struct Export {
    services: Services,
    filter: Selection,
    slice: Slice,
    /// Where to resume when everything was read.
    pub cursor: String,
}

/// Begins to read everything from the query's place up to where the feed stands now.
///
/// # Errors
/// When the actor may not; the cursor's refusals are those of [`super::read`].
pub async fn export(op: &Op, query: &FeedQuery) -> Result<std::result::Result<Export, FeedAnswer>> {
    op.require(access(query.filter.stream()))?;
    let mut conn = op.db().acquire().await?;
    let head = store::feed::head(&mut conn, query.filter.stream()).await?;
    let after = match start(&head, query)? {
        Start::At(position) => position,
        Start::Gone => return Ok(Err(gone(&head, &query.filter))),
    };
    let mut last = head.position;
    if let Some(until) = query.until {
        last = last.min(store::feed::last_before(&mut conn, query.filter.stream(), until).await?);
    }
    let last = last.max(after);
    Ok(Ok(Export {
        services: op.services().clone(),
        cursor: feed::seal(&head.cursor_key, head.epoch, last, &query.filter),
        filter: query.filter.clone(),
        slice: Slice {
            after,
            last,
            since: query.since.filter(|_| query.after.is_none()),
            until: None,
            limit: BATCH,
            raw: query.raw,
        },
    }))
}

impl Export {
    /// The next batch; empty at the end.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn next(&mut self) -> Result<Vec<Row>> {
        if self.slice.after >= self.slice.last {
            return Ok(Vec::new());
        }
        let mut conn = self.services.db.acquire().await?;
        let rows = rows(&mut conn, &self.slice, &self.filter).await?;
        self.slice.after = match rows.last() {
            Some(row) => row.position(),
            None => self.slice.last,
        };
        Ok(rows)
    }
}
