//! Shortening the feed from its beginning, where every event is past its retention.

use crate::{Result, Tx};

/// Takes away up to `limit` places from the beginning whose events were removed by retention, and keeps position and hash
/// of the last, from which the chain is walked. Returns how many went. A place whose event is gone for no reason stays:
/// the walk names it.
///
/// # Errors
/// When the database refuses.
pub async fn trim(tx: &mut Tx, limit: i64) -> Result<u64> {
    let base = sqlx::query_scalar!("SELECT base_position FROM feed_head FOR UPDATE")
        .fetch_one(&mut **tx)
        .await?;
    let last = sqlx::query!(
        r#"WITH slice AS MATERIALIZED (
               SELECT f.position, f.hash,
                   EXISTS (SELECT FROM events e WHERE e.id = f.event_id AND e.occurred_at = f.occurred_at)
                   OR NOT EXISTS (SELECT FROM event_purges p WHERE p.source_id = f.source_id
                       AND p.month = date_trunc('month', f.occurred_at AT TIME ZONE 'UTC')::date) AS stays
               FROM feed f WHERE f.position > $1 ORDER BY f.position LIMIT $2
           )
           SELECT s.position, s.hash FROM slice s WHERE s.position =
               (SELECT COALESCE(min(position) FILTER (WHERE stays) - 1, max(position)) FROM slice)"#,
        base,
        limit
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(last) = last else { return Ok(0) };
    let gone = sqlx::query!("DELETE FROM feed WHERE position <= $1", last.position)
        .execute(&mut **tx)
        .await?
        .rows_affected();
    sqlx::query!(
        "UPDATE feed_head SET base_position = $1, base_hash = $2",
        last.position,
        last.hash
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone)
}
