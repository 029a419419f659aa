//! One page of a feed: the rows that are found among the next places.
//!
//! A page asks for a hundred rows, and a rare filter has them a million places apart. One statement looks through so
//! many places and no further, whatever it has found: it ends soon, holds its connection briefly, and ends with its
//! reader. The page says where it stopped, and that there is more. Places are dense (a feed is shortened at its
//! beginning only), so positions count them.

use domain::feed::{self, BadCursor, Place, Selection};
use domain::siem::Row;
use store::Conn;
use store::feed::{Head, Slice};

use super::{FeedAnswer, FeedPage, FeedQuery};
use crate::{Error, Result};

/// Places of a feed that one statement looks through, unless the settings say otherwise: a third of a second where
/// everything is in memory, measured at 6 microseconds a place.
pub const PLACES: i64 = 50_000;
/// Rows of a page when none are asked for, and at most.
const ROWS: (i64, i64) = (100, 1_000);

/// Reads a page on a connection the caller holds; who asks was authorised. Looks through `places` places at most, and
/// says where it stopped.
pub(super) async fn page(conn: &mut Conn, query: &FeedQuery, places: i64) -> Result<FeedAnswer> {
    let limit = rows_asked(query.limit)?;
    let stream = query.filter.stream();
    let head = store::feed::head(conn, stream).await?;
    let asked = match start(&head, query)? {
        Start::At(place) => place,
        Start::Gone => return Ok(gone(&head, &query.filter)),
    };
    let since = query.since.filter(|_| query.after.is_none());
    let mut after = asked.position.max(head.earliest - 1);
    if let Some(since) = since {
        // `published` never goes back: nothing before that place is asked for.
        after = after.max(store::feed::last_before(conn, stream, since).await?);
    }
    let end = match query.until {
        None => head.position,
        Some(until) => {
            let last = store::feed::last_before(conn, stream, until).await?;
            last.min(head.position)
        }
    };
    let looked = after.saturating_add(places);
    let slice = Slice {
        after,
        last: looked,
        since,
        until: query.until,
        limit: limit + 1,
        raw: query.raw,
    };
    let mut rows = rows(conn, &slice, &query.filter).await?;
    // After the rows were read: what was removed before they were is noted by now.
    if lost(conn, asked, &query.filter).await? {
        return Ok(gone(&head, &query.filter));
    }
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let full = rows.len() > wanted;
    rows.truncate(wanted);
    let last = rows.last().map_or(after, Row::position);
    // Where not every row of the page is found: after everything that was looked through, so that a reader with a rare
    // filter, or one that began at a time, does not look through it again.
    let position = if full {
        last
    } else {
        last.max(looked.min(end))
    };
    Ok(FeedAnswer::Page(FeedPage {
        rows,
        cursor: seal(&head, position, &query.filter),
        position,
        more: full || looked < end,
        limit,
    }))
}

fn rows_asked(limit: Option<i64>) -> Result<i64> {
    let limit = limit.unwrap_or(ROWS.0);
    if (1..=ROWS.1).contains(&limit) {
        Ok(limit)
    } else {
        let words = format!("must be between 1 and {}", ROWS.1);
        Err(Error::field("limit", words))
    }
}

/// A cursor that resumes after a position and knows of everything that was removed up to now.
pub(super) fn seal(head: &Head, position: i64, filter: &Selection) -> String {
    let purge = head.purge;
    feed::seal(
        &head.cursor_key,
        head.epoch,
        Place { position, purge },
        filter,
    )
}

/// Whether something that a reader at a place has not read was removed since.
pub(super) async fn lost(conn: &mut Conn, place: Place, filter: &Selection) -> Result<bool> {
    let Selection::Events(filter) = filter else {
        return Ok(false);
    };
    Ok(store::feed::outrun(conn, place.purge, place.position, &filter.source).await?)
}

/// Where a query begins.
pub(super) enum Start {
    /// There.
    At(Place),
    /// What its cursor points at is gone.
    Gone,
}

/// Where a query begins: after its cursor, or before everything.
pub(super) fn start(head: &Head, query: &FeedQuery) -> Result<Start> {
    let Some(cursor) = query.after.as_deref() else {
        // Who begins has missed nothing that was removed before.
        return Ok(Start::At(Place {
            position: 0,
            purge: head.purge,
        }));
    };
    match feed::open(&head.cursor_key, head.epoch, cursor, &query.filter) {
        Ok(place) if place.position + 1 < head.earliest => Ok(Start::Gone),
        Ok(place) => Ok(Start::At(place)),
        Err(BadCursor::OtherEpoch) => Ok(Start::Gone),
        Err(bad) => Err(Error::field("after", bad.to_string())),
    }
}

/// Rows of any feed, in order of position.
pub(crate) async fn rows(conn: &mut Conn, slice: &Slice, filter: &Selection) -> Result<Vec<Row>> {
    Ok(match filter {
        Selection::Events(filter) => store::feed::read(conn, slice, filter)
            .await?
            .into_iter()
            .map(|row| Row::Event(Box::new(row)))
            .collect(),
        Selection::Findings(filter) => store::feed::findings::read(conn, slice, filter)
            .await?
            .into_iter()
            .map(|mut row| {
                crate::findings::explain(&mut row.finding);
                Row::Finding(Box::new(row))
            })
            .collect(),
        Selection::Activity(filter) => store::activity::slice(conn, slice, filter)
            .await?
            .into_iter()
            .map(|row| Row::Entry(Box::new(row)))
            .collect(),
    })
}

pub(super) fn gone(head: &Head, filter: &Selection) -> FeedAnswer {
    FeedAnswer::Gone {
        earliest: seal(head, head.earliest - 1, filter),
    }
}
