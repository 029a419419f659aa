//! The inventory of runners, as events tell of them and lists name them.

use contract::Page;
use contract::runners::{RunnerKind, RunnerList, RunnerRow};
use domain::access::Access;

use crate::{Op, Result};

/// Rows of one page.
const PAGE: i64 = 50;

/// A page of runners, latest first.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see the inventory.
pub async fn list(
    op: &Op,
    q: &str,
    kind: Option<RunnerKind>,
    after: Option<&str>,
) -> Result<RunnerList> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let page = store::runners::page(&mut conn, q, kind, after, PAGE).await?;
    let kinds = store::runners::kinds(&mut conn, q).await?;
    Ok(RunnerList {
        now: op.now,
        page,
        kinds,
    })
}

/// The next runners, latest first, at most `limit`: what machines read.
///
/// # Errors
/// As [`list`].
pub async fn rows(
    op: &Op,
    q: &str,
    kind: Option<RunnerKind>,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<RunnerRow>> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::runners::page(&mut conn, q, kind, after, limit).await?)
}

/// Whether a text can be a cursor of runners at all.
pub fn is_cursor(text: &str) -> bool {
    store::runners::is_mark(text)
}
