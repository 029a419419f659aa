//! The event feed: giving events their place, and reading them in that order.

pub mod consumers;
mod export;
mod page;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::feed::FeedStream;
use domain::access::Access;
pub use domain::event::chain::walk::Broken;
pub use domain::feed::Pace;
use domain::feed::Selection;
pub use domain::siem::{Row, Written};
use store::feed::Bell;

use crate::{Op, Result, Services};

/// Events given a place in one transaction, and changes of findings.
pub const BATCH: u16 = 5_000;
/// Places read by one statement when the chain is walked.
const WALKED: i64 = 2_000;

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
    /// The position it resumes after: everything up to it was looked through.
    pub position: i64,
    /// Whether there is more to look through right now. A page may be short, or empty, and this be true: a rare filter
    /// finds its rows pages apart.
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

/// Reads a page of a feed: what is found among the next places, which may be nothing, and whether there are more.
///
/// # Errors
/// [`crate::Error::Invalid`] when the cursor or the limit makes no sense.
pub async fn read(op: &Op, query: &FeedQuery) -> Result<FeedAnswer> {
    op.require(access(query.filter.stream()))?;
    let mut conn = op.db().acquire().await?;
    page(&mut conn, &narrowed(op, query), op.settings().feed_places).await
}

/// What is asked for, of the rows the actor sees.
fn narrowed(op: &Op, query: &FeedQuery) -> FeedQuery {
    FeedQuery {
        filter: query.filter.clone().of_teams(op.teams()),
        ..query.clone()
    }
}

/// Gives waiting events and changes of findings their places, one batch, and returns how many.
///
/// # Errors
/// When the database does not do its part; nothing was given a place then.
pub async fn sequence(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let events = store::feed::sequence(&mut tx, op.now, BATCH.into()).await?;
    let changes = store::feed::findings::sequence(&mut tx, op.now, BATCH.into()).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(events + changes)
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
pub use page::PLACES;
use page::page;
pub(crate) use page::rows;
pub use store::feed::Bell as Doorbell;
