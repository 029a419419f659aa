//! The risk of each day: one row only where it differs from the day before.

use chrono::NaiveDate;
use contract::ids::IdentityId;

use crate::{Conn, Result, Tx};

/// Keeps the day's scores; rows are written only for those whose score differs from the last one kept.
///
/// # Errors
/// When the database refuses.
pub async fn keep_day(tx: &mut Tx, day: NaiveDate) -> Result<u64> {
    let done = sqlx::query!(
        "WITH last AS MATERIALIZED (
             -- Read before anything is written: looked up row by row, a table that was empty when it was last
             -- analysed is read whole for each identity.
             SELECT DISTINCT ON (identity_id) identity_id, risk FROM risk_days WHERE day <= $1
             ORDER BY identity_id, day DESC)
         INSERT INTO risk_days (identity_id, day, risk)
         SELECT n.id, $1, n.risk FROM identities n LEFT JOIN last ON last.identity_id = n.id
         WHERE n.state NOT IN ('removed', 'rejected') AND n.risk IS DISTINCT FROM last.risk
         ON CONFLICT ON CONSTRAINT risk_days_key DO UPDATE SET risk = EXCLUDED.risk",
        day
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// The score of each day from `from` to `to`, oldest first; days before the first one kept are not there.
///
/// # Errors
/// When the database cannot be asked.
pub async fn days(
    conn: &mut Conn,
    id: IdentityId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, i32)>> {
    let rows = sqlx::query!(
        r#"SELECT d.day::date AS "day!", r.risk AS "risk!"
           FROM generate_series($2::date, $3::date, interval '1 day') AS d (day)
               JOIN LATERAL (SELECT k.risk FROM risk_days k WHERE k.identity_id = $1 AND k.day <= d.day::date
                   ORDER BY k.day DESC LIMIT 1) r ON true
           ORDER BY d.day"#,
        id.0,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.day, row.risk)).collect())
}
