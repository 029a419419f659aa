//! Reading events in the order of the feed.

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use domain::feed::FeedFilter;
use domain::siem::PlacedEvent;
use futures::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::events::{FIELDS, event};
use crate::{Conn, Result};

/// What of a feed is read.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Only after this position.
    pub after: i64,
    /// Only up to this position: what ends the walk where a filter lets little through.
    pub last: i64,
    /// Only what was published at or after.
    pub since: Option<DateTime<Utc>>,
    /// Only what was published before.
    pub until: Option<DateTime<Utc>>,
    /// At most so many rows.
    pub limit: i64,
    /// With the record as received.
    pub raw: bool,
}

/// Columns before the fields, in the order [`placed`] reads them.
const COLUMNS: &str =
    "SELECT f.position, f.published, f.hash, e.id, e.received_at, s.slug, i.id, i.name, ";
const WHOLE: &str =
    "FROM feed f JOIN events e ON e.id = f.event_id AND e.occurred_at = f.occurred_at";
const BESIDE: &str = "JOIN sources s ON s.id = f.source_id LEFT JOIN identities i ON i.id = e.identity_id WHERE f.position > ";

/// Places of the feed with their events, looked up one after the other. The database believes that a join of the two
/// (by id and time) gives one row, and joins the whole of both for a page of a hundred: measured with 100,000 events,
/// 545 ms a page, and 1.5 ms so. `OFFSET 0` is what keeps the inner statement as it stands.
pub(crate) const EVENTS: &str = "FROM feed f CROSS JOIN LATERAL (\
    SELECT * FROM events x WHERE x.id = f.event_id AND x.occurred_at = f.occurred_at OFFSET 0) e";

/// The statement of a whole feed, as the benchmark gives it to COPY.
#[cfg(feature = "testing")]
pub const BARE: &str = "SELECT f.position, f.published, f.hash, e.id, e.received_at, e.occurred_at, s.slug, i.id, \
    i.name, e.kind, e.outcome, e.action, e.format, e.vendor_id, e.id_kind, e.actor, e.issuer, e.subject, e.principal, \
    e.role, e.repository, e.git_ref, e.commit, e.run_id, e.environment, e.target, e.source_ip, NULL::text \
    FROM feed f JOIN events e ON e.id = f.event_id AND e.occurred_at = f.occurred_at \
    JOIN sources s ON s.id = f.source_id LEFT JOIN identities i ON i.id = e.identity_id \
    WHERE f.position > 0 ORDER BY f.position";

/// Reads a slice of the feed, in order of position.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn read(conn: &mut Conn, slice: &Slice, filter: &FeedFilter) -> Result<Vec<PlacedEvent>> {
    let mut query = paged("", slice, filter);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(placed).collect()
}

/// How the database goes about [`read`]ing a slice: its plan, as `EXPLAIN` writes it in JSON.
///
/// # Errors
/// When the database cannot be asked.
#[cfg(feature = "testing")]
pub async fn plan(
    conn: &mut Conn,
    slice: &Slice,
    filter: &FeedFilter,
) -> Result<serde_json::Value> {
    let mut query = paged("EXPLAIN (FORMAT JSON) ", slice, filter);
    let row = query.build().fetch_one(conn).await?;
    Ok(row.try_get(0)?)
}

/// The statement of a page, with what stands before it.
fn paged(before: &str, slice: &Slice, filter: &FeedFilter) -> QueryBuilder<Postgres> {
    let mut query = written(before, EVENTS, slice, filter);
    query.push(" LIMIT ").push_bind(slice.limit);
    query
}

/// Reads a whole slice, whatever its limit, and hands it on piece by piece as the database gives it; stops early when
/// nobody takes the next piece. One statement: the database chooses its way for all of the rows, not for each piece.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn stream<F>(
    conn: &mut Conn,
    slice: &Slice,
    filter: &FeedFilter,
    piece: usize,
    mut take: impl FnMut(Vec<PlacedEvent>) -> F,
) -> Result<()>
where
    F: Future<Output = bool>,
{
    let mut query = written("", WHOLE, slice, filter);
    let mut rows = query.build().fetch(conn);
    let mut held = Vec::with_capacity(piece);
    while let Some(row) = rows.try_next().await? {
        held.push(placed(&row)?);
        if held.len() == piece
            && !take(std::mem::replace(&mut held, Vec::with_capacity(piece))).await
        {
            return Ok(());
        }
    }
    if !held.is_empty() {
        take(held).await;
    }
    Ok(())
}

/// The statement, up to its limit.
fn written(
    before: &str,
    joined: &str,
    slice: &Slice,
    filter: &FeedFilter,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new(format!("{before}{COLUMNS}{FIELDS}"));
    query.push(if slice.raw {
        ", e.raw::text"
    } else {
        ", NULL::text"
    });
    query
        .push(format!(" {joined} {BESIDE}"))
        .push_bind(slice.after);
    query.push(" AND f.position <= ").push_bind(slice.last);
    if let Some(since) = slice.since {
        query.push(" AND f.published >= ").push_bind(since);
    }
    if let Some(until) = slice.until {
        query.push(" AND f.published < ").push_bind(until);
    }
    any(&mut query, " AND s.slug", filter.source.clone());
    let kinds = filter.kind.iter().map(|kind| kind.as_str().to_owned());
    any(&mut query, " AND e.kind", kinds.collect());
    let outcomes = filter.outcome.iter().map(|end| end.as_str().to_owned());
    any(&mut query, " AND e.outcome", outcomes.collect());
    if !filter.identity.is_empty() {
        let wanted: Vec<Uuid> = filter.identity.iter().map(|id| id.0).collect();
        query.push(" AND e.identity_id = ANY(").push_bind(wanted);
        query.push(")");
    }
    if !filter.team.is_empty() {
        query.push(" AND i.team_id IN (SELECT t.id FROM teams t WHERE t.slug = ANY(");
        query.push_bind(filter.team.clone()).push("))");
    }
    query.push(" ORDER BY f.position");
    query
}

fn any(query: &mut QueryBuilder<Postgres>, column: &str, words: Vec<String>) {
    if !words.is_empty() {
        query.push(column).push(" = ANY(").push_bind(words);
        query.push(")");
    }
}

fn placed(row: &PgRow) -> Result<PlacedEvent> {
    let identity: Option<Uuid> = row.try_get(6)?;
    let name: Option<String> = row.try_get(7)?;
    Ok(PlacedEvent {
        position: row.try_get(0)?,
        published: row.try_get(1)?,
        hash: row.try_get(2)?,
        id: EventId(row.try_get(3)?),
        received_at: row.try_get(4)?,
        source: row.try_get(5)?,
        identity: identity.zip(name),
        event: event(row, 8)?,
        raw: row.try_get(27)?,
    })
}
