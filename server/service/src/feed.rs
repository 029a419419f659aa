//! The event feed: giving events their place, and reading them in that order.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Access;
pub use domain::event::chain::walk::Broken;
use domain::event::chain::walk::Walk;
pub use domain::feed::Pace;
use domain::feed::{self, BadCursor, FeedFilter};
pub use store::feed::FeedRow;
use store::feed::{Bell, Head, Slice};

use crate::{Error, Op, Result, Services};

/// Events given a place in one transaction.
const BATCH: i64 = 5_000;
/// Places read by one statement when the chain is walked.
const WALKED: i64 = 2_000;
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

/// Walks the whole chain from its first place, hashing every event anew: how many places hold, or the first that does
/// not. Memory stays flat however long the feed is.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn verify(op: &Op) -> Result<std::result::Result<i64, Broken>> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    // The head first: places given while this walks are not missing from it.
    let (head, hash) = store::feed::end(&mut conn).await?;
    let mut walk = Walk::default();
    loop {
        match store::feed::walk(&mut conn, &mut walk, head, WALKED).await? {
            Ok(0) => return Ok(walk.end(head, &hash).map(|()| head)),
            Ok(_) => {}
            Err(broken) => return Ok(Err(broken)),
        }
    }
}

/// How the sequencers keep up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Events received and not yet in the feed; counted up to 100,000.
    pub waiting: i64,
    /// How long the first of them has waited.
    pub oldest: TimeDelta,
    /// What that means.
    pub pace: Pace,
}

/// Tells how far the feed is behind what was received.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn lag(op: &Op) -> Result<Lag> {
    op.require(Access::Operate)?;
    let waiting = store::feed::waiting(&mut *op.db().acquire().await?).await?;
    let oldest = waiting
        .oldest
        .map_or(TimeDelta::zero(), |at| (op.now - at).max(TimeDelta::zero()));
    Ok(Lag {
        waiting: waiting.count,
        oldest,
        pace: Pace::of(oldest),
    })
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
