//! The event feed: giving events their place, and reading them in that order.

pub mod consumers;
mod export;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::feed::FeedStream;
use domain::access::Access;
pub use domain::event::chain::walk::Broken;
pub use domain::feed::Pace;
use domain::feed::{self, BadCursor, Place, Selection};
pub use domain::siem::{Row, Written};
use store::Conn;
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
    /// Feed and filter.
    pub filter: Selection,
    /// With events as received.
    pub raw: bool,
}

/// A page of a feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// Rows in order of position.
    pub rows: Vec<Row>,
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
    /// The cursor points at what is gone for good; this one starts at the earliest row there is.
    Gone {
        /// Cursor of the beginning.
        earliest: String,
    },
}

/// What reading a feed needs.
pub fn access(stream: FeedStream) -> Access {
    match stream {
        FeedStream::Events => Access::ReadFeed,
        FeedStream::Findings => Access::ViewFindings,
        FeedStream::Activity => Access::ViewActivity,
    }
}

/// Reads a page of a feed.
///
/// # Errors
/// [`Error::Invalid`] when the cursor or the limit makes no sense.
pub async fn read(op: &Op, query: &FeedQuery) -> Result<FeedAnswer> {
    op.require(access(query.filter.stream()))?;
    let mut conn = op.db().acquire().await?;
    page(&mut conn, &narrowed(op, query)).await
}

/// What is asked for, of the rows the actor sees.
fn narrowed(op: &Op, query: &FeedQuery) -> FeedQuery {
    FeedQuery {
        filter: query.filter.clone().of_teams(op.teams()),
        ..query.clone()
    }
}

/// Reads a page on a connection the caller holds; who asks was authorised.
async fn page(conn: &mut Conn, query: &FeedQuery) -> Result<FeedAnswer> {
    let limit = rows_asked(query.limit)?;
    let head = store::feed::head(conn, query.filter.stream()).await?;
    let asked = match start(&head, query)? {
        Start::At(place) => place,
        Start::Gone => return Ok(gone(&head, &query.filter)),
    };
    let after = asked.position;
    let slice = Slice {
        after,
        last: i64::MAX,
        since: query.since.filter(|_| query.after.is_none()),
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
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let last = rows.last().map_or(after, Row::position);
    let resume = match query.until {
        _ if more => last,
        // With nothing more to read: after everything that was looked through, so that a reader with a rare filter,
        // or one that began at a time, does not look through it again.
        None => last.max(head.position),
        Some(until) => {
            let looked = store::feed::last_before(conn, query.filter.stream(), until).await?;
            last.max(looked.min(head.position))
        }
    };
    Ok(FeedAnswer::Page(FeedPage {
        rows,
        cursor: seal(&head, resume, &query.filter),
        more,
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
fn seal(head: &Head, position: i64, filter: &Selection) -> String {
    let purge = head.purge;
    feed::seal(
        &head.cursor_key,
        head.epoch,
        Place { position, purge },
        filter,
    )
}

/// Whether something that a reader at a place has not read was removed since.
async fn lost(conn: &mut Conn, place: Place, filter: &Selection) -> Result<bool> {
    let Selection::Events(filter) = filter else {
        return Ok(false);
    };
    Ok(store::feed::outrun(conn, place.purge, place.position, &filter.source).await?)
}

enum Start {
    At(Place),
    Gone,
}

/// Where a query begins: after its cursor, or before everything.
fn start(head: &Head, query: &FeedQuery) -> Result<Start> {
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

fn gone(head: &Head, filter: &Selection) -> FeedAnswer {
    FeedAnswer::Gone {
        earliest: seal(head, head.earliest - 1, filter),
    }
}

/// Gives waiting events and changes of findings their places, one batch, and returns how many.
///
/// # Errors
/// When the database does not do its part; nothing was given a place then.
pub async fn sequence(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let events = store::feed::sequence(&mut tx, op.now, BATCH).await?;
    let changes = store::feed::findings::sequence(&mut tx, op.now, BATCH).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(events + changes)
}

/// Folds what deliveries counted into the days they counted; exact before and after.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn fold_days(op: &Op) -> Result<()> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    store::events::fold_days(&mut tx).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Walks the whole chain from its first place that is kept, hashing every event anew: how many places hold, or the first that does
/// not. Memory stays flat however long the feed is.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn verify(op: &Op) -> Result<std::result::Result<i64, Broken>> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    // The head first: places given while this walks are not missing from it.
    let (head, hash) = store::feed::end(&mut conn).await?;
    let mut walk = store::feed::base(&mut conn).await?;
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
    /// Events received and not yet in the feed.
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

/// Listens for what is published.
///
/// # Errors
/// When the database cannot be reached.
pub async fn listen_published(services: &Services) -> Result<Bell> {
    Ok(Bell::hang_published(&services.db).await?)
}

pub use export::{Export, export};
pub use store::feed::Bell as Doorbell;
