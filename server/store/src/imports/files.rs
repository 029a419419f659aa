//! Uploaded files on their way, and the list of what was imported.

use chrono::{DateTime, Utc};
use contract::Page;
use contract::ids::{ImportId, PersonId};
use contract::imports::{ImportHint, ImportProgress, ImportReport, ImportRow, ImportState};
use domain::page::cut;
use serde_json::Value;
use sqlx::types::Json;

use crate::{Conn, Result, Tx};

/// Bytes of one part: what travels to and from the database at once.
const PART: usize = 1024 * 1024;

/// A file about to be put aside, or refused.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    /// Its id.
    pub id: ImportId,
    /// Its name.
    pub file: &'a str,
    /// Its length in bytes.
    pub size: i64,
    /// SHA-256 of its bytes.
    pub digest: &'a [u8],
    /// Where it stands.
    pub state: ImportState,
    /// Headers of a table.
    pub columns: &'a [String],
    /// What the person says of it.
    pub hint: &'a ImportHint,
    /// Rows there are, where that is known.
    pub rows_total: Option<i64>,
    /// What is wrong with it, for one that is refused.
    pub report: Option<&'a ImportReport>,
    /// Why it is refused; empty otherwise.
    pub reason: &'a str,
    /// Who brings it.
    pub by: Option<PersonId>,
    /// Their name.
    pub by_name: &'a str,
}

/// Notes a file.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, new: &NewFile<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO imports (id, file, size, digest, state, columns, hint, rows_total, report, problems, reason, by_id,
             by_name, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        new.id.0,
        new.file,
        new.size,
        new.digest,
        new.state.as_str(),
        new.columns,
        Json(new.hint) as _,
        new.rows_total,
        new.report.map(Json) as _,
        new.report.map_or(0, |report| report.problem_count),
        new.reason,
        new.by.map(|person| person.0),
        new.by_name,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts the bytes of a file aside.
///
/// # Errors
/// When the database refuses.
pub async fn put_aside(tx: &mut Tx, id: ImportId, bytes: &[u8]) -> Result<()> {
    for (part, bytes) in (0_i32..).zip(bytes.chunks(PART)) {
        sqlx::query!(
            "INSERT INTO import_parts (import_id, part, bytes) VALUES ($1, $2, $3)",
            id.0,
            part,
            bytes
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The bytes of a file that was put aside; empty when they are gone.
///
/// # Errors
/// When the database cannot be asked.
pub async fn bytes(conn: &mut Conn, id: ImportId, size: i64) -> Result<Vec<u8>> {
    let mut all = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    for part in 0_i32.. {
        let found = sqlx::query_scalar!(
            "SELECT bytes FROM import_parts WHERE import_id = $1 AND part = $2",
            id.0,
            part
        )
        .fetch_optional(&mut *conn)
        .await?;
        match found {
            Some(bytes) => all.extend_from_slice(&bytes),
            None => break,
        }
    }
    Ok(all)
}

/// A file as it stands.
#[derive(Debug, Clone)]
pub struct File {
    /// Its row of the list.
    pub row: ImportRow,
    /// Headers of a table.
    pub columns: Vec<String>,
    /// What was said of it.
    pub hint: ImportHint,
    /// Whether the good rows are to be taken though there are bad ones.
    pub skip_problems: bool,
    /// What it would do, or did.
    pub report: Option<ImportReport>,
    /// How far it is.
    pub progress: ImportProgress,
    /// Why it ended where it did.
    pub reason: String,
    /// Who brought it.
    pub by: Option<PersonId>,
}

/// One file.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn get(conn: &mut Conn, id: ImportId) -> Result<Option<File>> {
    let row = sqlx::query!(
        r#"SELECT file, size, state, columns, hint AS "hint: Json<ImportHint>", skip_problems, rows_total, rows_done,
               problems, report AS "report: Json<ImportReport>", reason, by_id, by_name, created_at, updated_at
           FROM imports WHERE id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let state: ImportState = row.state.parse()?;
        let report = row.report.map(|report| report.0);
        Ok(File {
            row: ImportRow {
                id,
                file: row.file,
                size: row.size,
                state,
                totals: report.as_ref().map(totals),
                problems: row.problems,
                by: row.by_name,
                at: row.created_at,
                updated_at: row.updated_at,
            },
            columns: row.columns,
            hint: row.hint.0,
            skip_problems: row.skip_problems,
            report,
            progress: ImportProgress {
                state,
                rows: row.rows_done,
                of: row.rows_total,
                problems: row.problems,
            },
            reason: row.reason,
            by: row.by_id.map(PersonId),
        })
    })
    .transpose()
}

fn totals(report: &ImportReport) -> [i64; 4] {
    use contract::imports::ImportOutcome::{Conflict, Create, Unchanged, Update};
    [Create, Update, Unchanged, Conflict].map(|outcome| report.total(outcome))
}

/// Where a file stands and how far it is.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn progress(conn: &mut Conn, id: ImportId) -> Result<Option<ImportProgress>> {
    let row = sqlx::query!(
        "SELECT state, rows_done, rows_total, problems FROM imports WHERE id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(ImportProgress {
            state: row.state.parse()?,
            rows: row.rows_done,
            of: row.rows_total,
            problems: row.problems,
        })
    })
    .transpose()
}

/// Locks a file until commit and says where it stands.
///
/// # Errors
/// When the database cannot be asked, or the stored word is unknown.
pub async fn lock(tx: &mut Tx, id: ImportId) -> Result<Option<ImportState>> {
    let word = sqlx::query_scalar!("SELECT state FROM imports WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(word.map(|word| word.parse()).transpose()?)
}

/// A page of the list, newest first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Page<ImportRow>> {
    let (at, id) = after.and_then(cursor).unzip();
    let rows = sqlx::query!(
        r#"SELECT id, file, size, state, problems, report -> 'counts' AS counts, by_name, created_at, updated_at FROM imports
           WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid)
           ORDER BY created_at DESC, id DESC LIMIT $3"#,
        at,
        id,
        limit + 1
    )
    .fetch_all(conn)
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(ImportRow {
                id: ImportId(row.id),
                file: row.file,
                size: row.size,
                state: row.state.parse()?,
                totals: row.counts.as_ref().map(sums),
                problems: row.problems,
                by: row.by_name,
                at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(cut(rows, limit, |row| {
        format!("{}.{}", row.at.timestamp_micros(), row.id)
    }))
}

/// The counts of a stored report, summed over what its rows are about.
fn sums(counts: &Value) -> [i64; 4] {
    let all = counts.as_array().map_or(&[] as &[Value], Vec::as_slice);
    ["create", "update", "unchanged", "conflict"]
        .map(|word| all.iter().filter_map(|count| count[word].as_i64()).sum())
}

/// Whether a text is a cursor of the list.
pub fn is_cursor(text: &str) -> bool {
    cursor(text).is_some()
}

/// Reads a cursor; a damaged one begins at the first page.
fn cursor(text: &str) -> Option<(DateTime<Utc>, uuid::Uuid)> {
    let (at, id) = text.split_once('.')?;
    // No import is older than 1970, and PostgreSQL knows no time before 4713 BC.
    let at = at.parse().ok().filter(|at| *at >= 0)?;
    Some((DateTime::from_timestamp_micros(at)?, id.parse().ok()?))
}

/// Notes how far a file is. Outside its transaction: others watch.
///
/// # Errors
/// When the database refuses.
pub async fn note_progress(conn: &mut Conn, id: ImportId, rows: i64, problems: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE imports SET rows_done = $2, problems = $3 WHERE id = $1 AND state IN ('checking', 'saving')",
        id.0,
        rows,
        problems
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins to check a file anew, with what the person says of it now.
///
/// # Errors
/// When the database refuses.
pub async fn check_again(
    tx: &mut Tx,
    id: ImportId,
    hint: &ImportHint,
    columns: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE imports SET state = 'checking', hint = $2, columns = $3, rows_done = 0, problems = 0, report = NULL,
             updated_at = $4 WHERE id = $1",
        id.0,
        Json(hint) as _,
        columns,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Begins to save a file.
///
/// # Errors
/// When the database refuses.
pub async fn confirm(
    tx: &mut Tx,
    id: ImportId,
    skip_problems: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE imports SET state = 'saving', skip_problems = $2, rows_done = 0, updated_at = $3,
             rows_total = COALESCE((report ->> 'rows')::bigint, rows_total)
         WHERE id = $1",
        id.0,
        skip_problems,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a check or an import came to.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// Where the file stands now.
    pub state: ImportState,
    /// The report, where there is one.
    pub report: Option<&'a ImportReport>,
    /// Why; empty where that needs no words.
    pub reason: &'a str,
}

/// Keeps what a check or an import came to. A file that is done with is not kept any longer.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    tx: &mut Tx,
    id: ImportId,
    outcome: &Outcome<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE imports SET state = $2, report = COALESCE($3, report), reason = $4, updated_at = $5,
             problems = COALESCE($6, problems), rows_done = COALESCE($7, rows_done)
         WHERE id = $1",
        id.0,
        outcome.state.as_str(),
        outcome.report.map(Json) as _,
        outcome.reason,
        now,
        outcome.report.map(|report| report.problem_count),
        outcome.report.map(|report| report.rows)
    )
    .execute(&mut **tx)
    .await?;
    if outcome.state != ImportState::Ready {
        sqlx::query!("DELETE FROM import_parts WHERE import_id = $1", id.0)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Gives up files nobody confirmed since a moment, and says how many.
///
/// # Errors
/// When the database refuses.
pub async fn expire(tx: &mut Tx, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "WITH gone AS (UPDATE imports SET state = 'expired', updated_at = $2
                       WHERE state IN ('checking', 'ready') AND updated_at < $1 RETURNING id)
         DELETE FROM import_parts p USING gone WHERE p.import_id = gone.id AND p.part = 0",
        since,
        now
    )
    .execute(&mut **tx)
    .await?;
    // What else lies about belongs to nobody who could confirm it.
    sqlx::query!(
        "DELETE FROM import_parts p USING imports i
         WHERE i.id = p.import_id AND i.state NOT IN ('checking', 'ready', 'saving')"
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
