//! A whole feed at once, in pieces: memory stays flat however long it is.

use domain::feed::{Place, Selection};
use domain::siem::{PlacedEvent, Row};
use store::feed::Slice;
use tokio::sync::mpsc;

use super::page::{Start, gone, lost, rows, seal, start};
use super::{FeedAnswer, FeedQuery, access, narrowed};
use crate::{Error, Op, Result, Services};

/// Rows of a piece.
const PIECE: i64 = 1_000;
/// Pieces read ahead of whoever takes them.
const AHEAD: usize = 4;

/// What is left of a feed to read: from a place up to where it stood when it was asked for.
pub struct Export {
    pieces: mpsc::Receiver<Result<Vec<Row>>>,
    /// Where to resume when everything was read.
    pub cursor: String,
}

/// Begins to read everything from the query's place up to where the feed stands now.
///
/// # Errors
/// When the actor may not; the cursor's refusals are those of [`super::read`].
pub async fn export(op: &Op, query: &FeedQuery) -> Result<std::result::Result<Export, FeedAnswer>> {
    op.require(access(query.filter.stream()))?;
    let query = &narrowed(op, query);
    let mut conn = op.db().acquire().await?;
    let head = store::feed::head(&mut conn, query.filter.stream()).await?;
    let asked = match start(&head, query)? {
        Start::At(place) => place,
        Start::Gone => return Ok(Err(gone(&head, &query.filter))),
    };
    if lost(&mut conn, asked, &query.filter).await? {
        return Ok(Err(gone(&head, &query.filter)));
    }
    let after = asked.position;
    let mut last = head.position;
    if let Some(until) = query.until {
        last = last.min(store::feed::last_before(&mut conn, query.filter.stream(), until).await?);
    }
    let last = last.max(after);
    let slice = Slice {
        after,
        last,
        since: query.since.filter(|_| query.after.is_none()),
        until: None,
        limit: PIECE,
        raw: query.raw,
    };
    let (taken, pieces) = mpsc::channel(AHEAD);
    let (services, filter) = (op.services().clone(), query.filter.clone());
    tokio::spawn(async move {
        if let Err(error) = give(&services, asked, slice, &filter, &taken).await {
            // Whoever takes the pieces is gone: nobody to tell.
            taken.send(Err(error)).await.ok();
        }
    });
    Ok(Ok(Export {
        pieces,
        cursor: seal(&head, last, &query.filter),
    }))
}

/// Reads piece after piece until the end, or until nobody takes the next.
async fn give(
    services: &Services,
    asked: Place,
    mut slice: Slice,
    filter: &Selection,
    taken: &mpsc::Sender<Result<Vec<Row>>>,
) -> Result<()> {
    if let Selection::Events(events) = filter {
        // Not the pool's: a reader that leaves early would leave it the rest of the rows.
        let mut conn = services.db.detached().await?;
        let piece = usize::try_from(PIECE).unwrap_or(1);
        let take = |events: Vec<PlacedEvent>| {
            let taken = taken.clone();
            async move {
                let rows = events.into_iter().map(|row| Row::Event(Box::new(row)));
                taken.send(Ok(rows.collect())).await.is_ok()
            }
        };
        store::feed::stream(&mut conn, &slice, events, piece, take).await?;
        // Removed between the first look and the statement's own: the reader must not think it has everything.
        return if lost(&mut conn, asked, filter).await? {
            let words = "Old events were removed while this was read. Read again.";
            Err(Error::Gone(words.to_owned()))
        } else {
            Ok(())
        };
    }
    while slice.after < slice.last {
        let mut conn = services.db.acquire().await?;
        let rows = rows(&mut conn, &slice, filter).await?;
        drop(conn);
        let Some(last) = rows.last().map(Row::position) else {
            break;
        };
        slice.after = last;
        if taken.send(Ok(rows)).await.is_err() {
            break;
        }
    }
    Ok(())
}

impl Export {
    /// The next piece; empty at the end.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn next(&mut self) -> Result<Vec<Row>> {
        self.pieces
            .recv()
            .await
            .unwrap_or_else(|| Ok::<_, Error>(Vec::new()))
    }
}
