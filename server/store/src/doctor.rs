//! What `rollcall doctor` asks of the database.

use chrono::{DateTime, Datelike as _, Utc};

use crate::{Conn, Result};

/// The database's clock.
///
/// # Errors
/// When the database cannot be asked.
pub async fn clock(conn: &mut Conn) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#)
        .fetch_one(conn)
        .await?)
}

/// Whether the events table has a partition for the month of a moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn has_month(conn: &mut Conn, at: DateTime<Utc>) -> Result<bool> {
    let from = format!("%FROM ('{:04}-{:02}-01%", at.year(), at.month());
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
               WHERE i.inhparent = 'events'::regclass AND pg_get_expr(c.relpartbound, c.oid) LIKE $1) AS "there!""#,
        from
    )
    .fetch_one(conn)
    .await?;
    Ok(there)
}

/// Events no month was made for.
///
/// # Errors
/// When the database cannot be asked.
pub async fn strays(conn: &mut Conn) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM events_default"#)
            .fetch_one(conn)
            .await?,
    )
}

/// Jobs that are due, and jobs that failed for good.
///
/// # Errors
/// When the database cannot be asked.
pub async fn jobs(conn: &mut Conn, now: DateTime<Utc>) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE failed_at IS NULL AND run_at <= $1) AS "due!",
               count(*) FILTER (WHERE failed_at IS NOT NULL) AS "aside!" FROM jobs"#,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok((row.due, row.aside))
}
