//! Export of exactly what the list shows, page by page: the door streams, nothing is held whole.

use contract::identities::{IdentityFilter, IdentityRow, IdentitySort};
use domain::access::Access;

use crate::{Op, Result};

/// Rows read at once.
const CHUNK: i64 = 500;

/// A piece of an export.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The rows.
    pub rows: Vec<IdentityRow>,
    /// Where the next piece begins; absent at the end.
    pub next: Option<String>,
}

/// The next piece of the export of a list.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see identities.
pub async fn export_page(
    op: &Op,
    filter: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
) -> Result<ExportPage> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let page = store::identities::list::page(&mut conn, filter, sort, after, CHUNK, op.now).await?;
    Ok(ExportPage {
        rows: page.rows,
        next: page.next,
    })
}
