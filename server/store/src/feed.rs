//! The feed: one dense, hash-chained order of all events, given by whoever holds the head row.

pub mod consumers;
pub mod findings;
mod place;
mod queue;
mod read;
mod trim;
mod walk;

use chrono::{DateTime, Utc};
use contract::feed::FeedStream;
use domain::event::chain;
use sqlx::postgres::PgListener;
use uuid::Uuid;

use crate::{Conn, Db, Error, Result, Tx};

pub(crate) use read::EVENTS;
#[cfg(feature = "testing")]
pub use read::{BARE, plan};
pub use read::{Slice, read, stream};
pub use trim::trim;
pub use walk::{base, end, walk};

/// Channel on which a delivery wakes the sequencer.
const DELIVERED: &str = "rollcall_feed";
/// Channel on which a sequencer wakes readers that wait.
const PUBLISHED: &str = "rollcall_published";

/// Where the feed stands.
#[derive(Debug, Clone)]
pub struct Head {
    /// Life of this database.
    pub epoch: Uuid,
    /// Last position given.
    pub position: i64,
    /// Key of the cursors.
    pub cursor_key: Vec<u8>,
    /// First position still readable.
    pub earliest: i64,
    /// Number of the last removal of old events; 0 when none was, and in feeds that keep everything.
    pub purge: i64,
}

/// Reads where a feed stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn head(conn: &mut Conn, stream: FeedStream) -> Result<Head> {
    let row = sqlx::query!(
        r#"SELECT epoch, cursor_key,
               CASE $1 WHEN 'events' THEN h.position WHEN 'findings' THEN (SELECT position FROM finding_head)
                   ELSE (SELECT position FROM activity_head) END AS "position!",
               CASE $1 WHEN 'events' THEN (SELECT min(f.position) FROM feed f)
                   WHEN 'findings' THEN (SELECT min(c.position) FROM finding_changes c) ELSE 1 END AS earliest,
               CASE $1 WHEN 'events' THEN COALESCE((SELECT max(p.id) FROM event_purges p), 0) ELSE 0 END AS "purge!"
           FROM feed_head h"#,
        stream.as_str()
    )
    .fetch_one(conn)
    .await?;
    Ok(Head {
        epoch: row.epoch,
        position: row.position,
        cursor_key: row.cursor_key,
        earliest: row.earliest.unwrap_or(row.position + 1),
        purge: row.purge,
    })
}

/// Whether a removal after the one of this number took rows after a position, of these sources (none named: of any).
///
/// # Errors
/// When the database cannot be asked.
pub async fn outrun(
    conn: &mut Conn,
    purge: i64,
    position: i64,
    sources: &[String],
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM event_purges p WHERE p.id > $1 AND p.last_position > $2
               AND (cardinality($3::text[]) = 0
                    OR EXISTS (SELECT FROM sources s WHERE s.id = p.source_id AND s.slug = ANY($3)))) AS "outrun!""#,
        purge,
        position,
        sources
    )
    .fetch_one(conn)
    .await?)
}

/// The last place that was published before a time; 0 when there is none. `published` is monotone in it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last_before(conn: &mut Conn, stream: FeedStream, time: DateTime<Utc>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT COALESCE(CASE $1 WHEN 'events' THEN (SELECT position FROM feed WHERE published < $2 ORDER BY published DESC, position DESC LIMIT 1)
               WHEN 'findings' THEN (SELECT position FROM finding_changes WHERE published < $2 ORDER BY published DESC, position DESC LIMIT 1)
               ELSE (SELECT position FROM activity WHERE published < $2 ORDER BY published DESC, position DESC LIMIT 1) END, 0) AS "position!""#,
        stream.as_str(),
        time
    )
    .fetch_one(conn)
    .await?)
}

/// Gives waiting events their positions and returns how many: deliveries from the first on, until they hold `limit` events.
///
/// The head row is locked first, so two sequencers take turns whatever they believe; what an open transaction has
/// not committed yet is not seen and waits for nobody. `published` never goes back, in whole milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn sequence(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<usize> {
    let head = sqlx::query!(
        r#"SELECT position, hash,
               GREATEST(date_trunc('milliseconds', $1::timestamptz), published) AS "published!"
           FROM feed_head FOR UPDATE"#,
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    let waiting = queue::take(tx, limit).await?;
    if waiting.events.is_empty() {
        return Ok(0);
    }
    let mut hash = bytes(&head.hash)?;
    let mut position = head.position;
    let mut hashes = Vec::with_capacity(waiting.events.len());
    for digest in &waiting.digests {
        position += 1;
        hash = chain::link(&hash, position, digest);
        hashes.push(hash);
    }
    place::keep(tx, head.published, head.position, &waiting, &hashes).await?;
    sqlx::query!(
        "UPDATE feed_head SET position = $1, published = $2, hash = $3",
        position,
        head.published,
        hash.as_slice()
    )
    .execute(&mut **tx)
    .await?;
    published(tx).await?;
    Ok(waiting.events.len())
}

/// Tells readers that wait, when this transaction commits.
async fn published(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT pg_notify($1, '')", PUBLISHED)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn bytes(stored: &[u8]) -> Result<[u8; 32]> {
    stored
        .try_into()
        .map_err(|_| Error::Unreadable("feed hash".to_owned()))
}

/// Events waiting for their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: i64,
    /// When the first of them was received.
    pub oldest: Option<DateTime<Utc>>,
}

/// Looks at what waits for its place.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(conn: &mut Conn) -> Result<Waiting> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"SELECT (SELECT COALESCE(sum(events), 0) FROM feed_queue) AS "count!",
               (SELECT e.received_at FROM (SELECT event_ids, times FROM feed_queue ORDER BY id LIMIT 1) q
                JOIN events e ON e.id = q.event_ids[1] AND e.occurred_at = q.times[1]) AS oldest"#
    )
    .fetch_one(conn)
    .await?)
}

/// Wakes the sequencers. Outside the delivery's transaction: NOTIFY would make commits wait for each other.
///
/// # Errors
/// When the database refuses.
pub async fn wake(conn: &mut Conn) -> Result<()> {
    sqlx::query!("SELECT pg_notify($1, '')", DELIVERED)
        .execute(conn)
        .await?;
    Ok(())
}

/// Hears when a sequencer, or a reader, is woken.
#[derive(Debug)]
pub struct Bell(PgListener);

impl Bell {
    /// Starts listening for deliveries, on a connection of its own.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn hang(db: &Db) -> Result<Self> {
        Self::on(db, DELIVERED).await
    }

    /// Starts listening for what is published, on a connection of its own.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn hang_published(db: &Db) -> Result<Self> {
        Self::on(db, PUBLISHED).await
    }

    async fn on(db: &Db, channel: &str) -> Result<Self> {
        let mut listener = PgListener::connect_with(db.pool()).await?;
        listener.listen(channel).await?;
        Ok(Self(listener))
    }

    /// Waits for the next ring; reconnects when the connection was lost.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ring(&mut self) -> Result<()> {
        self.0.recv().await?;
        Ok(())
    }
}
