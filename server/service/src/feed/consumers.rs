//! Places kept for readers that cannot keep one: at least once with a lease and an acknowledgement, or at most once.
//!
//! Moving on is reading, and leaves no entry in the record (a reader of the record would never come to its end); making
//! and removing a consumer does. All of it needs the scope of the event feed; another feed's besides, where it is that.
//!
//! A consumer that a token of some teams made is these teams': such a token finds no other, and is not told of one but
//! that its name is taken.

use chrono::{DateTime, TimeDelta, Utc};
use contract::feed::FeedStream;
use domain::feed::{self, Place, Selection};
use domain::page::cut;
use serde_json::Value;
use store::Tx;
pub use store::feed::consumers::Consumer;
use uuid::Uuid;

use super::{FeedAnswer, FeedPage, FeedQuery, Row, access};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Seconds of a lease: at least, usually, at most.
const LEASE: (i64, i64, i64) = (1, 60, 3_600);
/// Pages looked through for the rows of one answer.
const PAGES: usize = 10;

/// What a consumer is handed.
#[derive(Debug, Clone)]
pub struct Handed {
    /// The rows.
    pub page: FeedPage,
    /// What to acknowledge them with, and until when; absent when there is nothing to acknowledge.
    pub lease: Option<(Uuid, DateTime<Utc>)>,
}

/// What a consumer is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Rows, or none.
    Handed(Handed),
    /// What it was handed before is not acknowledged yet: ask again then.
    Leased(DateTime<Utc>),
    /// The database was restored, or its rows are past their retention: remove the consumer and begin again.
    Gone,
}

/// How a name is written: what fits into an address as it is.
fn judge(name: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(())
    } else {
        let words = "must be 1 to 64 letters, digits, dots, dashes or underscores";
        Err(Error::field("consumer", words))
    }
}

/// Hands a consumer its next rows. With a lease they come again until they are acknowledged; without one
/// (`lease: None`) they are taken as read: at most once.
///
/// `written` is the filter as the caller wrote it, kept to be shown.
///
/// # Errors
/// [`Error::Invalid`] when name or lease make no sense; [`Error::Conflict`] for another feed or filter than it began with.
pub async fn next(
    op: &Op,
    name: &str,
    query: &FeedQuery,
    written: Value,
    lease: Option<i64>,
) -> Result<Answer> {
    op.require(access(FeedStream::Events))?;
    op.require(access(query.filter.stream()))?;
    judge(name)?;
    let query = &super::narrowed(op, query);
    let seconds = lease.unwrap_or(LEASE.1);
    if !(LEASE.0..=LEASE.2).contains(&seconds) {
        let words = format!("must be between {} and {} seconds", LEASE.0, LEASE.2);
        return Err(Error::field("lease", words));
    }
    make(op, name, &query.filter, written).await?;
    let mut tx = op.db().begin().await?;
    let mut consumer = store::feed::consumers::lock(&mut tx, name)
        .await?
        .ok_or(Error::NotFound("consumer"))?;
    if (consumer.stream, &consumer.filter_hash) != (query.filter.stream(), &query.filter.hash()) {
        let words =
            "This consumer belongs to another feed or filter; give this one a name of its own.";
        return Err(Error::Conflict(words.to_owned()));
    }
    let head = store::feed::head(&mut tx, consumer.stream).await?;
    let outrun = consumer.outrun || consumer.position + 1 < head.earliest;
    if head.epoch != consumer.epoch || outrun {
        return Ok(Answer::Gone);
    }
    if let Some((_, _, until)) = consumer.leased
        && until > op.now
    {
        return Ok(Answer::Leased(until));
    }
    let query = FeedQuery {
        after: Some(feed::seal(
            &head.cursor_key,
            head.epoch,
            Place {
                position: consumer.position,
                purge: head.purge,
            },
            &query.filter,
        )),
        ..query.clone()
    };
    let Some(page) = look(op, &mut tx, query).await? else {
        return Ok(Answer::Gone);
    };
    let last = page.rows.last().map(Row::position);
    consumer.read_at = Some(op.now);
    consumer.leased = None;
    let mut leased = None;
    match (last, lease) {
        (Some(last), Some(_)) => {
            let (id, until) = (op.new_id(), op.now + TimeDelta::seconds(seconds));
            consumer.leased = Some((last, id, until));
            leased = Some((id, until));
        }
        (Some(last), None) => consumer.position = last,
        // Nothing matched up to here: it need not be looked through again.
        (None, _) => consumer.position = consumer.position.max(page.position),
    }
    store::feed::consumers::save(&mut tx, &consumer).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Answer::Handed(Handed {
        page,
        lease: leased,
    }))
}

/// Looks for the next rows, further than one page looks: whoever is handed nothing takes it for the end for now. Not
/// without end either: the place is kept, and whoever asks again goes on there. `None` when it is gone.
async fn look(op: &Op, tx: &mut Tx, mut query: FeedQuery) -> Result<Option<FeedPage>> {
    let mut pages = 1;
    loop {
        let answer = super::page(tx, &query, op.settings().feed_places).await?;
        let FeedAnswer::Page(page) = answer else {
            return Ok(None);
        };
        if !page.rows.is_empty() || !page.more || pages == PAGES {
            return Ok(Some(page));
        }
        pages += 1;
        query.after = Some(page.cursor);
    }
}

/// Makes the consumer when it is not there yet, at the beginning of its feed.
async fn make(op: &Op, name: &str, filter: &Selection, written: Value) -> Result<()> {
    let mut tx = op.db().begin().await?;
    let head = store::feed::head(&mut tx, filter.stream()).await?;
    let consumer = Consumer {
        name: name.to_owned(),
        stream: filter.stream(),
        filter_hash: filter.hash(),
        filter: written,
        epoch: head.epoch,
        position: head.earliest - 1,
        leased: None,
        created_by: op.actor.identity().2,
        teams: op.teams().to_vec(),
        created_at: op.now,
        read_at: None,
        outrun: false,
    };
    if store::feed::consumers::insert(&mut tx, &consumer).await? {
        let words = format!(
            "Made the consumer {name} of the feed of {}",
            consumer.stream
        );
        let done = Done::new("consumer.created", "consumer", &name, name, words);
        op.record(&mut tx, done).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(())
}

/// Acknowledges what was handed out under a lease. A lease that ran out still counts while nothing else was handed out.
///
/// # Errors
/// [`Error::NotFound`] when there is no such consumer, [`Error::Conflict`] when the lease is not its last one.
pub async fn acknowledge(op: &Op, name: &str, lease: Uuid) -> Result<()> {
    op.require(access(FeedStream::Events))?;
    let mut tx = op.db().begin().await?;
    let mut consumer = locked(op, &mut tx, name).await?;
    match consumer.leased {
        Some((position, held, _)) if held == lease => consumer.position = position,
        _ => {
            let words = "This is not the last lease: these rows were handed out again, or are acknowledged already.";
            return Err(Error::Conflict(words.to_owned()));
        }
    }
    consumer.leased = None;
    store::feed::consumers::save(&mut tx, &consumer).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// The consumers the actor sees, in order of name: a token of some teams sees theirs, anybody else all.
///
/// # Errors
/// When the actor may read no feed.
pub async fn list(op: &Op, after: Option<&str>, limit: i64) -> Result<contract::Page<Consumer>> {
    op.require(access(FeedStream::Events))?;
    let mut conn = op.db().acquire().await?;
    let rows = store::feed::consumers::list(&mut conn, op.teams(), after, limit + 1).await?;
    Ok(cut(rows, limit, |row| row.name.clone()))
}

/// Removes a consumer; one of the same name begins anew.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn remove(op: &Op, name: &str) -> Result<()> {
    op.require(access(FeedStream::Events))?;
    let mut tx = op.db().begin().await?;
    let consumer = locked(op, &mut tx, name).await?;
    store::feed::consumers::remove(&mut tx, name).await?;
    let words = format!(
        "Removed the consumer {name} of the feed of {}",
        consumer.stream
    );
    let done = Done::new("consumer.removed", "consumer", &name, name, words);
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// A consumer of a feed the actor may read: which access that asks for is known once it is found.
async fn locked(op: &Op, tx: &mut Tx, name: &str) -> Result<Consumer> {
    let consumer = store::feed::consumers::lock(tx, name)
        .await?
        .ok_or(Error::NotFound("consumer"))?;
    op.require(access(consumer.stream))?;
    if !is_seen(op.teams(), &consumer.teams) {
        return Err(Error::NotFound("consumer"));
    }
    Ok(consumer)
}

/// Whether somebody who sees the rows of these teams (none: all rows) sees a consumer of those: no row it is handed is
/// another team's.
fn is_seen(mine: &[String], its: &[String]) -> bool {
    mine.is_empty() || !its.is_empty() && its.iter().all(|team| mine.contains(team))
}

#[cfg(test)]
mod tests {
    use super::is_seen;

    #[test]
    fn a_consumer_of_teams_is_seen_by_who_sees_all_of_them() {
        let slugs =
            |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        for (mine, its, seen) in [
            ("", "", true),
            ("", "payments", true),
            ("payments", "payments", true),
            ("payments zebra", "zebra", true),
            ("payments zebra", "zebra payments", true),
            ("payments", "zebra", false),
            ("payments", "payments zebra", false),
            ("payments", "", false),
        ] {
            assert_eq!(is_seen(&slugs(mine), &slugs(its)), seen, "{mine}: {its}");
        }
    }
}
