//! The event feed: giving events their place, and reading them in that order.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::access::Access;
use domain::feed::{self, BadCursor, FeedFilter};
pub use store::feed::FeedRow;
use store::feed::{Bell, Head, Slice};

use crate::{Error, Op, Result, Services};

/// Events given a place in one transaction.
const BATCH: i64 = 5_000;
/// Rows of a page when none are asked for, and at most.
const ROWS: (i64, i64) = (100, 1_000);

/// What a reader asks for.
#[derive(Debug, Clone, Default)]
pub struct FeedQuery {
    /// Cursor, exclusive; wins over `since`.
    pub after: Option<String>,
    /// Published at or after.
    pub since: Option<DateTime<Utc>>,
    /// Published before.
    pub until: Option<DateTime<Utc>>,
    /// Rows, 1 to 1,000; 100 when absent.
    pub limit: Option<i64>,
    /// Filter.
    pub filter: FeedFilter,
}

/// A page of the feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// Rows in order of position.
    pub rows: Vec<FeedRow>,
    /// Where to resume; always there.
    pub cursor: String,
    /// Whether another row can be read right now.
    pub more: bool,
    /// Rows asked for.
    pub limit: i64,
}

/// What a reader is answered.
#[derive(Debug, Clone)]
pub enum FeedAnswer {
    /// A page.
    Page(FeedPage),
    /// The cursor points at what is gone for good; this one starts at the earliest event there is.
    Gone {
        /// Cursor of the beginning.
        earliest: String,
    },
}

/// Reads a page of the feed.
///
/// # Errors
/// [`Error::Invalid`] when the cursor or the limit makes no sense.
pub async fn read(op: &Op, query: &FeedQuery) -> Result<FeedAnswer> {
    op.require(Access::ReadFeed)?;
    let limit = query.limit.unwrap_or(ROWS.0);
    if !(1..=ROWS.1).contains(&limit) {
        return Err(Error::field(
            "limit",
            format!("must be between 1 and {}", ROWS.1),
        ));
    }
    let mut conn = op.db().acquire().await?;
    let head = store::feed::head(&mut conn).await?;
    let after = match query.after.as_deref() {
        None => 0,
        Some(cursor) => match feed::open(&head.cursor_key, head.epoch, cursor, &query.filter) {
            Ok(position) if position + 1 < head.earliest => return Ok(gone(&head, &query.filter)),
            Ok(position) => position,
            Err(BadCursor::OtherEpoch) => return Ok(gone(&head, &query.filter)),
            Err(bad) => return Err(Error::field("after", bad.to_string())),
        },
    };
    let slice = Slice {
        after,
        since: if query.after.is_some() {
            None
        } else {
            query.since
        },
        until: query.until,
        filter: query.filter.clone(),
        limit: limit + 1,
    };
    let mut rows = store::feed::read(&mut conn, &slice).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let cursor = feed::seal(
        &head.cursor_key,
        head.epoch,
        resume(after, &rows, more, &head, query),
        &query.filter,
    );
    Ok(FeedAnswer::Page(FeedPage {
        rows,
        cursor,
        more,
        limit,
    }))
}

/// Where to resume: after the last row; with nothing more to read, after everything that was looked through, so that a
/// reader with a rare filter does not look through it again.
fn resume(after: i64, rows: &[FeedRow], more: bool, head: &Head, query: &FeedQuery) -> i64 {
    let last = rows.last().map_or(after, |row| row.position);
    if more || query.until.is_some() || query.since.is_some() {
        last
    } else {
        last.max(head.position)
    }
}

fn gone(head: &Head, filter: &FeedFilter) -> FeedAnswer {
    FeedAnswer::Gone {
        earliest: feed::seal(&head.cursor_key, head.epoch, head.earliest - 1, filter),
    }
}

/// Gives waiting events their place, one batch, and returns how many.
///
/// # Errors
/// When the database does not do its part; nothing was given a place then.
pub async fn sequence(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let count = store::feed::sequence(&mut tx, op.now, BATCH).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(count)
}

/// Waits until a delivery rings, at most `patience`: a ring may be lost, so nobody relies on one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn wait(bell: &mut Bell, patience: Duration) -> Result<()> {
    match tokio::time::timeout(patience, bell.ring()).await {
        Ok(rung) => Ok(rung?),
        Err(_) => Ok(()),
    }
}

/// Listens for deliveries.
///
/// # Errors
/// When the database cannot be reached.
pub async fn listen(services: &Services) -> Result<Bell> {
    Ok(Bell::hang(&services.db).await?)
}
