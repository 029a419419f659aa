//! A page of a day's production deployments: its runs are chosen first, and only those are gathered.

use chrono::{DateTime, Datelike as _, NaiveDate};
use contract::Page;
use contract::stories::RunRow;
use domain::access::Access;
use domain::page::cut;
use store::stories::{Mark, Named};

use crate::{Error, Op, Result};

/// The next production deployments of a day, newest first, at most `limit`, each with its chain: what machines read.
/// Without a day, of the day the cursor is of, so that a walk over midnight ends where it began; else of today.
///
/// No page gathers more than a day's list shows, whatever is asked for. Whether there are more says `next` alone: a run whose events went while it was read is left out.
///
/// # Errors
/// [`Error::Invalid`] when the cursor cannot be read or is of another day.
pub async fn page(
    op: &Op,
    day: Option<NaiveDate>,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<RunRow>> {
    op.require(Access::ViewEvents)?;
    let damaged = || {
        Error::field(
            "after",
            "is no cursor of this day; take it from a page of it",
        )
    };
    let mark = match after {
        Some(after) => Some(read_mark(after).ok_or_else(damaged)?),
        None => None,
    };
    let marked = mark.as_ref().map(|mark| mark.at.date_naive());
    let day = day.or(marked).unwrap_or_else(|| op.now.date_naive());
    if marked.is_some_and(|marked| marked != day) {
        return Err(damaged());
    }
    let mut conn = op.db().acquire().await?;
    let limit = limit.min(super::RUNS);
    let named = store::stories::of_day(&mut conn, day, mark.as_ref(), limit + 1).await?;
    let Page { rows, next, .. } = cut(named, limit, write_mark);
    Ok(Page {
        rows: super::rows(&mut conn, rows).await?,
        next,
        total: None,
    })
}

/// Whether a text can be a cursor of [`page`] at all.
pub fn is_cursor(text: &str) -> bool {
    read_mark(text).is_some()
}

fn write_mark(run: &Named) -> String {
    let (at, length) = (run.from.timestamp_micros(), run.repository.len());
    format!("{at}/{length}/{}{}", run.repository, run.key())
}

fn read_mark(cursor: &str) -> Option<Mark> {
    // Either name may hold any character: the length says where the one ends.
    let (micros, rest) = cursor.split_once('/')?;
    let (length, name) = rest.split_once('/')?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    let (repository, key) = name.split_at_checked(length.parse().ok()?)?;
    // Years a day is asked of, and what a text of the database may hold.
    let kept = (1..=9999).contains(&at.year()) && !name.contains('\0');
    kept.then(|| Mark {
        at,
        repository: repository.to_owned(),
        key: key.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_nothing_else_is_one() {
        let at = DateTime::from_timestamp_micros(1_785_578_400_000_001).expect("a time");
        let run = Named {
            repository: "octo/api#1".into(),
            run_id: "#77".into(),
            alone: None,
            from: at,
            to: at,
        };
        let mark = Mark {
            at,
            repository: "octo/api#1".into(),
            key: "#77".into(),
        };
        assert_eq!(read_mark(&write_mark(&run)), Some(mark));
        for nothing in [
            "",
            "octo/api#77",
            "1785578400000001/octo/api",
            "1785578400000001/99/octo/api#7",
            "1785578400000001/8/octo/api#7\0",
            "9223372036854775807/8/octo/api#77",
            "8000000000000000000/8/octo/api#77",
        ] {
            assert!(!is_cursor(nothing), "{nothing:?}");
        }
    }
}
