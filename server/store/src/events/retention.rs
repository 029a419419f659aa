//! Removing what is past its retention: whole months where nothing else is in them, rows where something is.
//!
//! Readers are told before anything is gone: whoever has not read past [`Purge::last_position`] is answered that rows are
//! gone. Then the month is detached, or its rows are deleted in bounded batches; keys go after the events they are of, so
//! that a redelivery is never taken as new beside the first.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use contract::ids::SourceId;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use uuid::Uuid;

use super::months;
use crate::{Conn, Result, Tx};

/// Where events of no month of their own lie.
const DEFAULT: &str = "events_default";
/// What a month's table is called between being detached and being dropped.
const DETACHED: &str = "purged_";

/// Events of a source in a month, by the kept counts of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// First day of the month.
    pub month: NaiveDate,
    /// The source.
    pub source: SourceId,
    /// Events received and not removed since.
    pub events: i64,
}

/// What there is of months before a date, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn held(conn: &mut Conn, before: NaiveDate) -> Result<Vec<Held>> {
    let rows = sqlx::query!(
        r#"SELECT d.month AS "month!", d.source_id AS "source_id!", (d.events - COALESCE(p.events, 0))::bigint AS "events!"
           FROM (SELECT date_trunc('month', day::timestamp)::date AS month, source_id, sum(succeeded + failed) AS events
                 FROM event_day_counts WHERE day < $1 GROUP BY 1, 2) d
           LEFT JOIN (SELECT month, source_id, sum(events) AS events FROM event_purges GROUP BY 1, 2) p
                ON p.month = d.month AND p.source_id = d.source_id
           WHERE d.events > COALESCE(p.events, 0) ORDER BY 1, 2"#,
        before
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Held {
            month: row.month,
            source: SourceId(row.source_id),
            events: row.events,
        })
        .collect())
}

/// A table that holds a month's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    table: String,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Part {
    /// Whether the table holds this month and nothing else, so that it can be detached.
    pub fn is_whole(&self) -> bool {
        self.table != DEFAULT
    }
}

/// Where the events of a month lie.
///
/// # Errors
/// When the database cannot be asked.
pub async fn part(conn: &mut Conn, month: NaiveDate, after: NaiveDate) -> Result<Part> {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let own = months::name(month.year(), month.month());
    let there = months::there(conn, std::slice::from_ref(&own)).await?;
    Ok(Part {
        table: if there.contains(&own) {
            own
        } else {
            DEFAULT.to_owned()
        },
        from: midnight(month),
        to: midnight(after),
    })
}

/// How many events of each source are in it, counted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn counted(conn: &mut Conn, part: &Part) -> Result<Vec<(SourceId, i64)>> {
    // The name of the table is made from numbers: nothing foreign is in this text.
    let sql = format!(
        "SELECT source_id, count(*) FROM {} WHERE occurred_at >= $1 AND occurred_at < $2 GROUP BY 1 ORDER BY 1",
        part.table
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(part.from)
        .bind(part.to)
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok((SourceId(row.try_get(0)?), row.try_get(1)?)))
        .collect()
}

/// Sources of which something came lately (ids from `floor` on: they begin with the time of receipt), or waits for its
/// place in the feed. What waits with others of the same delivery is taken as lasting from the first of them to the last:
/// a month more may seem late, for a moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn late(conn: &mut Conn, part: &Part, floor: Uuid) -> Result<Vec<SourceId>> {
    let sql = format!(
        "SELECT DISTINCT source_id FROM {} WHERE id >= $1 AND occurred_at >= $2 AND occurred_at < $3
         UNION SELECT source_id FROM feed_queue WHERE last_at >= $2 AND first_at < $3",
        part.table
    );
    let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(floor)
        .bind(part.from)
        .bind(part.to)
        .fetch_all(conn)
        .await?;
    Ok(found.into_iter().map(SourceId).collect())
}

/// A removal about to be noted: a source's events of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// The source.
    pub source: SourceId,
    /// Events known to go; what is deleted in batches is added as it goes.
    pub events: i64,
    /// Last place in the feed that goes with them.
    pub last_position: i64,
}

/// The last place in the feed of each of these sources' events of a month; 0 where none has one any more.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last_positions(
    conn: &mut Conn,
    part: &Part,
    sources: &[(SourceId, i64)],
) -> Result<Vec<Purge>> {
    let ids: Vec<Uuid> = sources.iter().map(|(id, _)| id.0).collect();
    let found = sqlx::query!(
        r#"SELECT source_id, max(position) AS "last!" FROM feed
           WHERE occurred_at >= $1 AND occurred_at < $2 AND source_id = ANY($3) GROUP BY 1"#,
        part.from,
        part.to,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let last = |id: SourceId| found.iter().find(|row| row.source_id == id.0);
    Ok(sources
        .iter()
        .map(|(source, events)| Purge {
            source: *source,
            events: *events,
            last_position: last(*source).map_or(0, |row| row.last),
        })
        .collect())
}

/// Notes removals of a month, and marks who has not read so far. Returns the numbers of the notes, in the same order.
///
/// # Errors
/// When the database refuses.
pub async fn note(
    tx: &mut Tx,
    month: NaiveDate,
    purges: &[Purge],
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    // Whoever is in the middle of reading ends first; nobody waits for us for long.
    (&mut **tx)
        .execute("SET LOCAL lock_timeout = '10s'")
        .await?;
    let mut numbers = Vec::with_capacity(purges.len());
    for purge in purges {
        let number = sqlx::query_scalar!(
            "INSERT INTO event_purges (month, source_id, events, last_position, purged_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            month,
            purge.source.0,
            purge.events,
            purge.last_position,
            now
        )
        .fetch_one(&mut **tx)
        .await?;
        numbers.push(number);
    }
    let last = purges.iter().map(|purge| purge.last_position).max();
    sqlx::query!(
        "UPDATE feed_consumers SET outrun = true WHERE stream = 'events' AND position < $1",
        last
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE destinations SET outrun = true WHERE stream = 'events' AND position < $1",
        last
    )
    .execute(&mut **tx)
    .await?;
    Ok(numbers)
}

/// Takes a whole month out of the events, in the transaction that notes it; `false`, with nothing done, when something
/// of it came meanwhile.
///
/// # Errors
/// When the database refuses, or somebody reads events for longer than anybody should wait.
pub async fn detach(tx: &mut Tx, part: &Part, floor: Uuid) -> Result<bool> {
    sqlx::query!("SELECT pg_advisory_xact_lock(7267)")
        .execute(&mut **tx)
        .await?;
    // Not concurrently: that cannot be done beside a default partition. It is a change of names, and takes no time.
    (&mut **tx)
        .execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        .await?;
    if !late(tx, part, floor).await?.is_empty() {
        return Ok(false);
    }
    for sql in [
        format!("ALTER TABLE events DETACH PARTITION {}", part.table),
        format!("ALTER TABLE {0} RENAME TO {DETACHED}{0}", part.table),
    ] {
        (&mut **tx).execute(AssertSqlSafe(sql)).await?;
    }
    Ok(true)
}

/// Months that were detached and are not dropped yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn detached(conn: &mut Conn) -> Result<Vec<Part>> {
    let tables = sqlx::query_scalar!(
        r#"SELECT relname::text AS "name!" FROM pg_class
           WHERE relkind = 'r' AND relname ~ '^purged_events_[0-9]{4}_[0-9]{2}$'
             AND relnamespace = current_schema()::regnamespace ORDER BY 1"#
    )
    .fetch_all(conn)
    .await?;
    let whole = |table| Part {
        table,
        from: DateTime::<Utc>::MIN_UTC,
        to: DateTime::<Utc>::MAX_UTC,
    };
    Ok(tables.into_iter().map(whole).collect())
}

/// Drops a month that was detached and whose keys are gone.
///
/// # Errors
/// When the database refuses.
pub async fn drop_detached(tx: &mut Tx, part: &Part) -> Result<()> {
    (&mut **tx)
        .execute(AssertSqlSafe(format!("DROP TABLE {}", part.table)))
        .await?;
    Ok(())
}

/// What a batch goes through.
#[derive(Debug, Clone, Copy)]
pub enum Going {
    /// Everything of a detached month: its rows go with their table.
    Month,
    /// The rows of a source before an id, deleted here, and counted at the note of this number.
    Rows(SourceId, Uuid, i64),
}

/// Goes through the next events after an id, at most `limit`: keeps those that findings cite, and removes their keys.
/// Returns the last id, or `None` when there was nothing more.
///
/// # Errors
/// When the database refuses.
pub async fn batch(
    tx: &mut Tx,
    part: &Part,
    going: Going,
    after: Uuid,
    limit: i64,
) -> Result<Option<Uuid>> {
    let table = &part.table;
    let (narrowed, deleted) = match going {
        Going::Month => ("", String::new()),
        Going::Rows(..) => (
            "AND e.source_id = $3 AND e.id < $4 AND e.occurred_at >= $5 AND e.occurred_at < $6",
            format!(", gone AS (DELETE FROM {table} e USING batch b WHERE e.id = b.id)"),
        ),
    };
    let sql = format!(
        "WITH batch AS (
             SELECT e.id, e.source_id, e.vendor_id FROM {table} e WHERE e.id > $1 {narrowed} ORDER BY e.id LIMIT $2
         ), cited AS (
             INSERT INTO cited_events SELECT e.* FROM {table} e JOIN batch b ON b.id = e.id
             WHERE EXISTS (SELECT FROM findings f WHERE f.events @> ARRAY[b.id]) ON CONFLICT (id) DO NOTHING
         ), keys AS (
             DELETE FROM event_keys k USING batch b WHERE k.source_id = b.source_id AND k.vendor_id = b.vendor_id
         ){deleted}
         SELECT count(*), (SELECT id FROM batch ORDER BY id DESC LIMIT 1) FROM batch"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(limit);
    if let Going::Rows(source, floor, _) = going {
        query = query
            .bind(source.0)
            .bind(floor)
            .bind(part.from)
            .bind(part.to);
    }
    let row = query.fetch_one(&mut **tx).await?;
    let (count, last): (i64, Option<Uuid>) = (row.try_get(0)?, row.try_get(1)?);
    if let Going::Rows(_, _, number) = going {
        sqlx::query!(
            "UPDATE event_purges SET events = events + $2 WHERE id = $1",
            number,
            count
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(last)
}
