//! Search over the names of things, best match first.

use contract::overview::SearchHit;

use crate::conditions::holding;
use crate::{Conn, Result};

/// Up to `limit` hits of each kind. `%` and `_` in the words mean themselves.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(conn: &mut Conn, words: &str, limit: i64) -> Result<Vec<SearchHit>> {
    let pattern = holding(words);
    let rows = sqlx::query!(
        r#"(SELECT 'identity' AS "kind!", id::text AS "id!", name AS "name!", purpose AS "detail!", (name ILIKE $1) AS "by_name!"
            FROM identities WHERE search_text ILIKE $1 ORDER BY (name ILIKE $1) DESC, risk DESC, id LIMIT $2)
           UNION ALL
           (SELECT 'campaign', id::text, name, state, true FROM campaigns WHERE name ILIKE $1 ORDER BY created_at DESC LIMIT $2)
           UNION ALL
           (SELECT 'team', slug, name, 'Team', true FROM teams WHERE name ILIKE $1 ORDER BY name LIMIT $2)
           UNION ALL
           (SELECT 'person', id::text, name, email, true FROM people WHERE name ILIKE $1 OR email ILIKE $1 ORDER BY name LIMIT $2)"#,
        pattern,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| SearchHit {
            kind: r.kind,
            id: r.id,
            name: r.name,
            detail: r.detail,
        })
        .collect())
}
