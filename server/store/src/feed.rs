//! The feed: one dense, hash-chained order of all events, given by whoever holds the head row.

mod walk;

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use domain::event::chain;
use domain::feed::FeedFilter;
use sqlx::postgres::PgListener;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::{Conn, Db, Error, Result, Tx};

pub use walk::{end, walk};

/// Channel on which a delivery wakes the sequencer.
const CHANNEL: &str = "rollcall_feed";

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
}

/// Reads where the feed stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn head(conn: &mut Conn) -> Result<Head> {
    let row = sqlx::query!(
        r#"SELECT epoch, position, cursor_key,
               COALESCE((SELECT min(f.position) FROM feed f), position + 1) AS "earliest!"
           FROM feed_head"#
    )
    .fetch_one(conn)
    .await?;
    Ok(Head {
        epoch: row.epoch,
        position: row.position,
        cursor_key: row.cursor_key,
        earliest: row.earliest,
    })
}

/// Gives up to `limit` waiting events their positions and returns how many.
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
    let mut waiting = sqlx::query!(
        "DELETE FROM feed_queue WHERE id IN (SELECT id FROM feed_queue ORDER BY id LIMIT $1)
         RETURNING id, event_id, source_id, occurred_at, digest",
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    waiting.sort_unstable_by_key(|row| row.id);
    let mut hash = bytes(&head.hash)?;
    let mut position = head.position;
    let mut hashes = Vec::with_capacity(waiting.len());
    for row in &waiting {
        position += 1;
        hash = chain::link(&hash, position, &bytes(&row.digest)?);
        hashes.push(hash.to_vec());
    }
    let positions: Vec<i64> = (head.position + 1..=position).collect();
    let events: Vec<Uuid> = waiting.iter().map(|row| row.event_id).collect();
    let sources: Vec<Uuid> = waiting.iter().map(|row| row.source_id).collect();
    let times: Vec<DateTime<Utc>> = waiting.iter().map(|row| row.occurred_at).collect();
    sqlx::query!(
        "INSERT INTO feed (published, position, event_id, source_id, occurred_at, hash)
         SELECT $1, * FROM UNNEST($2::bigint[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bytea[])",
        head.published,
        &positions,
        &events,
        &sources,
        &times,
        &hashes
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE feed_head SET position = $1, published = $2, hash = $3",
        position,
        head.published,
        hash.as_slice()
    )
    .execute(&mut **tx)
    .await?;
    Ok(waiting.len())
}

fn bytes(stored: &[u8]) -> Result<[u8; 32]> {
    stored
        .try_into()
        .map_err(|_| Error::Unreadable("feed hash".to_owned()))
}

/// Events waiting for their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many; counted up to 100,000.
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
        r#"SELECT (SELECT count(*) FROM (SELECT FROM feed_queue LIMIT 100000) q) AS "count!",
               (SELECT e.received_at FROM (SELECT event_id, occurred_at FROM feed_queue ORDER BY id LIMIT 1) q
                JOIN events e ON e.id = q.event_id AND e.occurred_at = q.occurred_at) AS oldest"#
    )
    .fetch_one(conn)
    .await?)
}

/// Wakes the sequencers. Outside the delivery's transaction: NOTIFY would make commits wait for each other.
///
/// # Errors
/// When the database refuses.
pub async fn wake(conn: &mut Conn) -> Result<()> {
    sqlx::query!("SELECT pg_notify($1, '')", CHANNEL)
        .execute(conn)
        .await?;
    Ok(())
}

/// Hears when a sequencer is woken.
#[derive(Debug)]
pub struct Bell(PgListener);

impl Bell {
    /// Starts listening, on a connection of its own.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn hang(db: &Db) -> Result<Self> {
        let mut listener = PgListener::connect_with(db.pool()).await?;
        listener.listen(CHANNEL).await?;
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

/// A row of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedRow {
    /// Place.
    pub position: i64,
    /// When it was published.
    pub published: DateTime<Utc>,
    /// Chain hash.
    pub hash: Vec<u8>,
    /// Event id.
    pub id: EventId,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// Source slug.
    pub source: String,
    /// Identity it resolved to: id and name.
    pub identity: Option<(Uuid, String)>,
    /// Canonical fields by name, in order; absent ones left out.
    pub fields: Vec<(&'static str, String)>,
}

/// Canonical text columns and their names on the wire.
const FIELDS: &[(&str, &str)] = &[
    ("kind", "kind"),
    ("outcome", "outcome"),
    ("action", "action"),
    ("format", "format"),
    ("vendor_id", "vendor_id"),
    ("id_kind", "id_kind"),
    ("actor", "actor"),
    ("issuer", "issuer"),
    ("subject", "subject"),
    ("principal", "principal"),
    ("role", "role"),
    ("repository", "repository"),
    ("git_ref", "ref"),
    ("commit", "commit"),
    ("run_id", "run_id"),
    ("environment", "environment"),
    ("target", "target"),
    ("source_ip", "source_ip"),
];

/// What of the feed is read.
#[derive(Debug, Clone, Default)]
pub struct Slice {
    /// Only after this position.
    pub after: i64,
    /// Only what was published at or after.
    pub since: Option<DateTime<Utc>>,
    /// Only what was published before.
    pub until: Option<DateTime<Utc>>,
    /// Filter.
    pub filter: FeedFilter,
    /// At most so many rows.
    pub limit: i64,
}

/// Reads a slice of the feed, in order of position.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read(conn: &mut Conn, slice: &Slice) -> Result<Vec<FeedRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT f.position, f.published, f.hash, e.id, e.received_at, e.occurred_at, s.slug, i.id AS identity_id,
             i.name AS identity_name, e.kind, e.outcome, e.action, e.format, e.vendor_id, e.id_kind, e.actor, e.issuer,
             e.subject, e.principal, e.role, e.repository, e.git_ref, e.commit, e.run_id, e.environment, e.target,
             e.source_ip
         FROM feed f JOIN events e ON e.id = f.event_id AND e.occurred_at = f.occurred_at
         JOIN sources s ON s.id = f.source_id LEFT JOIN identities i ON i.id = e.identity_id WHERE f.position > ",
    );
    query.push_bind(slice.after);
    if let Some(since) = slice.since {
        query.push(" AND f.published >= ").push_bind(since);
    }
    if let Some(until) = slice.until {
        query.push(" AND f.published < ").push_bind(until);
    }
    let filter = &slice.filter;
    let words = |words: Vec<&'static str>| {
        words
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    if !filter.source.is_empty() {
        query
            .push(" AND s.slug = ANY(")
            .push_bind(filter.source.clone())
            .push(")");
    }
    if !filter.kind.is_empty() {
        query
            .push(" AND e.kind = ANY(")
            .push_bind(words(
                filter.kind.iter().map(|kind| kind.as_str()).collect(),
            ))
            .push(")");
    }
    if !filter.outcome.is_empty() {
        let wanted = words(
            filter
                .outcome
                .iter()
                .map(|outcome| outcome.as_str())
                .collect(),
        );
        query
            .push(" AND e.outcome = ANY(")
            .push_bind(wanted)
            .push(")");
    }
    if !filter.identity.is_empty() {
        let wanted: Vec<Uuid> = filter.identity.iter().map(|id| id.0).collect();
        query
            .push(" AND e.identity_id = ANY(")
            .push_bind(wanted)
            .push(")");
    }
    query
        .push(" ORDER BY f.position LIMIT ")
        .push_bind(slice.limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(row).collect()
}

fn row(row: &sqlx::postgres::PgRow) -> Result<FeedRow> {
    let mut fields = Vec::with_capacity(FIELDS.len());
    for (column, name) in FIELDS {
        if let Some(text) = row.try_get::<Option<String>, _>(*column)? {
            fields.push((*name, text));
        }
    }
    let identity: Option<Uuid> = row.try_get("identity_id")?;
    let name: Option<String> = row.try_get("identity_name")?;
    Ok(FeedRow {
        position: row.try_get("position")?,
        published: row.try_get("published")?,
        hash: row.try_get("hash")?,
        id: EventId(row.try_get("id")?),
        received_at: row.try_get("received_at")?,
        occurred_at: row.try_get("occurred_at")?,
        source: row.try_get("slug")?,
        identity: identity.zip(name),
        fields,
    })
}
