//! The monthly partitions: made ahead by a job, and on demand for what comes late.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, Executor};

use crate::{Conn, Db, Result};

/// First and last year that get partitions of their own; the rest stays in the default one.
const YEARS: std::ops::RangeInclusive<i32> = 2006..=2100;

/// Makes the months that hold these times, where they are missing, and returns how many were made.
///
/// In a transaction of its own, before the one that inserts: attaching a partition locks the default one, which
/// must not happen in the middle of a batch. Two callers wait for each other and the second finds the work done.
///
/// # Errors
/// When the database refuses.
pub async fn ensure_months(
    db: &Db,
    times: impl IntoIterator<Item = DateTime<Utc>>,
) -> Result<usize> {
    let months: BTreeSet<(i32, u32)> = times
        .into_iter()
        .map(|time| (time.year(), time.month()))
        .filter(|month| YEARS.contains(&month.0))
        .collect();
    let names: Vec<String> = months
        .iter()
        .map(|(year, month)| name(*year, *month))
        .collect();
    let there = there(&mut *db.acquire().await?, &names).await?;
    let mut made = 0;
    for ((year, month), name) in months.into_iter().zip(names) {
        if !there.contains(&name) {
            made += usize::from(make(db, year, month).await?);
        }
    }
    Ok(made)
}

/// Name of a month's table.
pub(super) fn name(year: i32, month: u32) -> String {
    format!("events_{year:04}_{month:02}")
}

/// Which of these tables are there.
pub(super) async fn there(conn: &mut Conn, tables: &[String]) -> Result<HashSet<String>> {
    // Asked of the tables, not of `to_regclass`: that one may remember from before another session made one.
    let found = sqlx::query_scalar!(
        r#"SELECT relname::text AS "name!" FROM pg_class
           WHERE relname = ANY($1::text[]) AND relnamespace = current_schema()::regnamespace"#,
        tables
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

async fn make(db: &Db, year: i32, month: u32) -> Result<bool> {
    let table = name(year, month);
    let first =
        |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a month of the calendar");
    let from = first(year, month);
    let to = if month == 12 {
        first(year + 1, 1)
    } else {
        first(year, month + 1)
    };
    let mut tx = db.begin().await?;
    sqlx::query!("SELECT pg_advisory_xact_lock(7267)")
        .execute(&mut *tx)
        .await?;
    if !there(&mut tx, std::slice::from_ref(&table))
        .await?
        .is_empty()
    {
        return Ok(false);
    }
    // Names and dates are made here from numbers: nothing foreign is in this text.
    let bounds = format!("occurred_at >= '{from} 00:00+00' AND occurred_at < '{to} 00:00+00'");
    for statement in [
        format!("CREATE TABLE {table} (LIKE events INCLUDING DEFAULTS)"),
        "LOCK TABLE events_default IN ACCESS EXCLUSIVE MODE".to_owned(),
        format!(
            "WITH moved AS (DELETE FROM events_default WHERE {bounds} RETURNING *) INSERT INTO {table} SELECT * FROM moved"
        ),
        format!(
            "ALTER TABLE events ATTACH PARTITION {table} FOR VALUES FROM ('{from} 00:00+00') TO ('{to} 00:00+00')"
        ),
    ] {
        (&mut *tx).execute(AssertSqlSafe(statement)).await?;
    }
    tx.commit().await?;
    Ok(true)
}
