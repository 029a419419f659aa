//! The live tail: events as the feed publishes them, under the explorer's filter.

use contract::events::{EventFilter, EventRow};
use contract::feed::FeedStream;
use domain::access::Access;
use store::events::explore;

use crate::{Op, Result};

/// Events told at once.
const MOST: i64 = 100;

/// What was published since, and the place to go on from.
#[derive(Debug, Clone)]
pub struct Told {
    /// Last place of the feed that was looked at.
    pub position: i64,
    /// Events under the filter, oldest first.
    pub rows: Vec<EventRow>,
}

/// The newest place of the feed: a tail begins there.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see events.
pub async fn newest(op: &Op) -> Result<i64> {
    op.require(Access::ViewEvents)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::feed::head(&mut conn, FeedStream::Events)
        .await?
        .position)
}

/// What the feed published after a place, under a filter whose range does not count.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see events.
pub async fn told_since(op: &Op, filter: &EventFilter, position: i64) -> Result<Told> {
    op.require(Access::ViewEvents)?;
    let filter = EventFilter {
        from: None,
        to: None,
        ..filter.clone()
    };
    let mut conn = op.db().acquire().await?;
    let head = store::feed::head(&mut conn, FeedStream::Events)
        .await?
        .position;
    let rows = explore::published(&mut conn, &filter, position, MOST).await?;
    let last = rows.last().and_then(|stored| stored.published.as_ref());
    // A full page goes on behind its last row; otherwise everything was looked at.
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == MOST);
    Ok(Told {
        position: last
            .filter(|_| full)
            .map_or(head.max(position), |published| published.0),
        rows: rows.iter().map(super::row).collect(),
    })
}
