//! Runners, as events told of them (`detect::note_runners` writes them) and lists name them (`imports::runners`).

use chrono::{DateTime, Utc};
use contract::Page;
use contract::ids::EventId;
use contract::runners::{RunnerKind, RunnerRow};
use domain::page::cut;
use uuid::Uuid;

use crate::conditions::literal;
use crate::{Conn, Result};

/// A page of runners, latest first; the cursor is the last one's time and id.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    q: &str,
    kind: Option<RunnerKind>,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<RunnerRow>> {
    let mark = after.and_then(read_mark);
    let rows = sqlx::query!(
        r#"SELECT r.id, r.platform, r.owner, r.name, r.runner_group, r.labels, r.first_seen, r.last_seen, r.runs, r.event_id, r.listed_at, r.online, r.seen,
               runner_kind(r.hosted, r.ephemeral, r.runs) AS "kind!",
               ARRAY(SELECT p.repository FROM runner_repositories p WHERE p.runner_id = r.id
                     ORDER BY p.last_seen DESC, p.repository LIMIT 5) AS "repositories!: Vec<String>",
               (SELECT count(*) FROM runner_repositories p WHERE p.runner_id = r.id) AS "repository_count!"
           FROM runners r
           WHERE ($1 = '' OR concat_ws(' ', r.name, r.owner, array_to_string(r.labels, ' ')) ILIKE '%' || $1 || '%')
             AND ($2::text IS NULL OR runner_kind(r.hosted, r.ephemeral, r.runs) = $2)
             AND ($3::timestamptz IS NULL OR (r.last_seen, r.id) < ($3, $4))
           ORDER BY r.last_seen DESC, r.id DESC LIMIT $5"#,
        literal(q.trim()),
        kind.map(RunnerKind::as_str),
        mark.map(|mark| mark.0),
        mark.map_or(Uuid::nil(), |mark| mark.1),
        limit + 1
    )
    .fetch_all(conn)
    .await?;
    let Page { rows, next, .. } = cut(rows, limit, |row| {
        format!("{}-{}", row.last_seen.timestamp_micros(), row.id.simple())
    });
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(RunnerRow {
                platform: row.platform.parse()?,
                owner: row.owner,
                name: row.name,
                kind: row.kind.parse()?,
                group: row.runner_group,
                labels: row.labels,
                repositories: row.repositories,
                repository_count: row.repository_count,
                runs: row.runs,
                first_seen: row.first_seen,
                last_seen: row.last_seen,
                event: row.event_id.map(EventId),
                listed_at: row.listed_at,
                online: row.online,
                seen: row.seen,
            })
        })
        .collect::<Result<Vec<RunnerRow>>>()?;
    Ok(Page {
        rows,
        next,
        total: None,
    })
}

/// How many runners there are of each kind under the words searched.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn kinds(conn: &mut Conn, q: &str) -> Result<Vec<(RunnerKind, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT runner_kind(r.hosted, r.ephemeral, r.runs) AS "kind!", count(*) AS "count!" FROM runners r
           WHERE $1 = '' OR concat_ws(' ', r.name, r.owner, array_to_string(r.labels, ' ')) ILIKE '%' || $1 || '%'
           GROUP BY 1 ORDER BY 1"#,
        literal(q.trim())
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.kind.parse()?, row.count)))
        .collect()
}

/// Whether a text is a cursor of [`page`].
pub fn is_mark(text: &str) -> bool {
    read_mark(text).is_some()
}

fn read_mark(cursor: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (micros, id) = cursor.split_once('-')?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some((at, id.parse().ok()?))
}
