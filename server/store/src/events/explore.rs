//! Reading events for the explorer: pages, counts, facets, bars, one event.

mod days;
mod filter;
mod row;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::events::{EventFilter, HistogramBar};
use contract::ids::{EventId, IdentityId};
use sqlx::{Postgres, QueryBuilder, Row as _};

use crate::feed::EVENTS as FEED;
use crate::{Conn, Result};
use filter::push_filter;
pub use row::Stored;
pub(crate) use row::joins;
pub(crate) use row::stored as read;
use row::{BARE, COLUMNS, JOINED, JOINS, RECORD, stored};

/// Where a page ended: time and id of its last row.
pub type Mark = (DateTime<Utc>, EventId);

/// One facet of the explorer: its column in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Kind.
    Kind,
    /// Outcome.
    Outcome,
    /// Source slug.
    Source,
    /// Environment.
    Environment,
}

impl Facet {
    /// Every facet, in reading order.
    pub const ALL: [Self; 4] = [Self::Kind, Self::Outcome, Self::Source, Self::Environment];

    /// Its name in the address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Outcome => "outcome",
            Self::Source => "source",
            Self::Environment => "environment",
        }
    }
}

/// A page of events, newest first, after a mark. The filter's range must be set.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    filter: &EventFilter,
    after: Option<Mark>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query =
        QueryBuilder::<Postgres>::new(format!("SELECT {COLUMNS}, {BARE} {JOINS} WHERE true"));
    push_filter(&mut query, filter, None);
    if let Some((at, id)) = after {
        query
            .push(" AND (e.occurred_at, e.id) < (")
            .push_bind(at)
            .push(", ")
            .push_bind(id.0)
            .push(")");
    }
    query
        .push(" ORDER BY e.occurred_at DESC, e.id DESC LIMIT ")
        .push_bind(limit);
    query
        .build()
        .fetch_all(conn)
        .await?
        .iter()
        .map(stored)
        .collect()
}

/// Newest events of one identity.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn recent(conn: &mut Conn, identity: IdentityId, limit: i64) -> Result<Vec<Stored>> {
    let filter = EventFilter {
        identity: Some(identity),
        ..EventFilter::default()
    };
    page(conn, &filter, None, limit).await
}

/// How many events pass the filter: whole days from the kept counts where they know what is asked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count(conn: &mut Conn, filter: &EventFilter) -> Result<i64> {
    let Some(cut) = days::cut(conn, filter).await? else {
        return counted(conn, filter).await;
    };
    let bars = days::bars(conn, filter, &cut, days::DAY).await?;
    let mut count = bars.values().map(|(ok, failed)| ok + failed).sum();
    for end in cut.ends(filter) {
        count += counted(conn, &end).await?;
    }
    Ok(count)
}

async fn counted(conn: &mut Conn, filter: &EventFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) FROM events e WHERE true");
    push_filter(&mut query, filter, None);
    Ok(query.build().fetch_one(conn).await?.try_get(0)?)
}

/// Values of a facet and how many events each would show, under every filter but its own.
///
/// # Errors
/// When the database cannot be asked.
pub async fn facet(
    conn: &mut Conn,
    filter: &EventFilter,
    facet: Facet,
) -> Result<Vec<(String, String, i64)>> {
    let (value, label, join) = match facet {
        Facet::Kind => ("e.kind", "e.kind", ""),
        Facet::Outcome => ("e.outcome", "e.outcome", ""),
        Facet::Source => ("s.slug", "s.name", "JOIN sources s ON s.id = e.source_id"),
        Facet::Environment => ("e.stage", "e.stage", ""),
    };
    let mut query = QueryBuilder::<Postgres>::new(format!(
        "SELECT {value} AS value, {label} AS label, count(*) AS count FROM events e {join} WHERE {value} IS NOT NULL"
    ));
    push_filter(&mut query, filter, Some(facet));
    query.push(" GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT 50");
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("value")?,
                row.try_get("label")?,
                row.try_get("count")?,
            ))
        })
        .collect()
}

/// Bars of `seconds` each over the filter's range; empty ones are left out. Bars of whole days come from the kept counts
/// where they know what is asked, and are as exact.
///
/// # Errors
/// When the database cannot be asked.
pub async fn histogram(
    conn: &mut Conn,
    filter: &EventFilter,
    seconds: i64,
) -> Result<Vec<HistogramBar>> {
    let cut = if seconds % days::DAY == 0 {
        days::cut(conn, filter).await?
    } else {
        None
    };
    let Some(cut) = cut else {
        return bars(scanned(conn, filter, seconds).await?);
    };
    let mut all = days::bars(conn, filter, &cut, seconds).await?;
    for end in cut.ends(filter) {
        for (at, (ok, failed)) in scanned(conn, &end, seconds).await? {
            let bar = all.entry(at).or_default();
            *bar = (bar.0 + ok, bar.1 + failed);
        }
    }
    bars(all)
}

/// Events that did not fail and that did, by the start of their bar, in seconds since 1970.
type Bars = BTreeMap<i64, (i64, i64)>;

fn bars(all: Bars) -> Result<Vec<HistogramBar>> {
    all.into_iter()
        .map(|(at, (ok, failed))| {
            let at = DateTime::from_timestamp(at, 0)
                .ok_or_else(|| crate::Error::Unreadable("events.occurred_at".to_owned()))?;
            Ok(HistogramBar { at, ok, failed })
        })
        .collect()
}

async fn scanned(conn: &mut Conn, filter: &EventFilter, seconds: i64) -> Result<Bars> {
    let mut query =
        QueryBuilder::<Postgres>::new("SELECT (floor(extract(epoch FROM e.occurred_at) / ");
    query.push_bind(seconds).push(") * ").push_bind(seconds);
    query.push(
        ")::bigint AS at, count(*) FILTER (WHERE e.outcome <> 'failure') AS ok,
            count(*) FILTER (WHERE e.outcome = 'failure') AS failed FROM events e WHERE true",
    );
    push_filter(&mut query, filter, None);
    query.push(" GROUP BY 1");
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("at")?,
                (row.try_get("ok")?, row.try_get("failed")?),
            ))
        })
        .collect()
}

/// One event with its raw record; one whose month is gone, where a finding cites it.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn find(conn: &mut Conn, id: EventId) -> Result<Option<Stored>> {
    for joins in [JOINS, &cited()] {
        let mut query = QueryBuilder::<Postgres>::new(format!(
            "SELECT {COLUMNS}, {RECORD} {joins} WHERE e.id = "
        ));
        query.push_bind(id.0);
        if let Some(row) = query.build().fetch_optional(&mut *conn).await? {
            return stored(&row).map(Some);
        }
    }
    Ok(None)
}

/// Where events come from that were kept because findings cite them, when their month went.
fn cited() -> String {
    JOINS.replacen("FROM events e", "FROM cited_events e", 1)
}

/// Events the feed published after a place, under a filter, in the order of the feed.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn published(
    conn: &mut Conn,
    filter: &EventFilter,
    after: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query = QueryBuilder::<Postgres>::new(format!(
        "SELECT {COLUMNS}, {BARE} {FEED}
         JOIN sources s ON s.id = e.source_id LEFT JOIN identities i ON i.id = e.identity_id WHERE f.position > "
    ));
    query.push_bind(after);
    push_filter(&mut query, filter, None);
    query.push(" ORDER BY f.position LIMIT ").push_bind(limit);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(stored).collect()
}

/// Some events, newest first; those whose months are gone, where findings cite them.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn some(conn: &mut Conn, ids: &[EventId]) -> Result<Vec<Stored>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let mut found: Vec<Stored> = Vec::with_capacity(ids.len());
    for joins in [JOINS, &cited()] {
        let here: Vec<uuid::Uuid> = found.iter().map(|event| event.id.0).collect();
        let wanted: Vec<uuid::Uuid> = ids
            .iter()
            .filter(|id| !here.contains(id))
            .copied()
            .collect();
        if wanted.is_empty() {
            break;
        }
        let mut query = QueryBuilder::<Postgres>::new(format!(
            "SELECT {COLUMNS}, {BARE} {joins} WHERE e.id = ANY("
        ));
        query.push_bind(wanted).push(")");
        for row in &query.build().fetch_all(&mut *conn).await? {
            found.push(stored(row)?);
        }
    }
    found.sort_by_key(|event| std::cmp::Reverse((event.event.occurred_at, event.id)));
    Ok(found)
}

/// The beginning of a query for events with what joins them, on `events e`.
pub(crate) fn whole() -> QueryBuilder<Postgres> {
    QueryBuilder::new(format!("SELECT {COLUMNS}, {JOINED} {JOINS}"))
}

/// Time of the newest event.
///
/// # Errors
/// When the database cannot be asked.
pub async fn newest(conn: &mut Conn) -> Result<Option<DateTime<Utc>>> {
    Ok(
        sqlx::query_scalar!("SELECT occurred_at FROM events ORDER BY occurred_at DESC LIMIT 1")
            .fetch_optional(conn)
            .await?,
    )
}
