//! Tasks of every campaign, as machines read them.

use contract::Page;
use contract::campaigns::{Patch, TaskFilter, TaskRow};
use contract::ids::{CampaignId, TaskId};
use domain::access::Access;
use domain::campaign::remediation::patch;
use domain::page::cut;
use uuid::Uuid;

use crate::{Error, Op, Result};

/// The next tasks in the order they were made, at most `limit`.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn tasks(
    op: &Op,
    filter: &TaskFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<(CampaignId, TaskRow)>> {
    op.require(Access::ViewCampaigns)?;
    let unknown = |_| Error::field("after", "is no cursor of this list");
    let after: Option<Uuid> = after.map(str::parse).transpose().map_err(unknown)?;
    let mut conn = op.db().acquire().await?;
    let rows = store::campaigns::task_page(&mut conn, filter, after, limit + 1).await?;
    Ok(cut(rows, limit, |(_, row)| row.id.to_string()))
}

/// One task with what carries it out.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn task(op: &Op, id: TaskId) -> Result<(CampaignId, TaskRow, Patch)> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let (campaign, row) = store::campaigns::task_row(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("task"))?;
    let item = store::campaigns::item(&mut conn, row.item).await?;
    let patch = item
        .map(|item| patch::compile(&item.snapshot, row.decision, &row.targets))
        .unwrap_or_default();
    Ok((campaign, row, patch))
}
