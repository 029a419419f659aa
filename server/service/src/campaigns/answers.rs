//! Answers of a whole campaign, as machines read them.

use contract::Page;
use contract::campaigns::GivenAnswer;
use contract::ids::CampaignId;
use domain::access::Access;
use domain::page::cut;
use uuid::Uuid;

use crate::{Error, Op, Result};

/// The next answers of a campaign in the order they were given, at most `limit`: what its evidence will hold.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign; [`Error::Invalid`] when the cursor is not one of ours.
pub async fn answers(
    op: &Op,
    id: CampaignId,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<GivenAnswer>> {
    op.require(Access::ReadEvidence)?;
    let unknown = |_| Error::field("after", "is no cursor of this list");
    let after: Option<Uuid> = after.map(str::parse).transpose().map_err(unknown)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let rows = store::campaigns::answer_page(&mut conn, id, after, limit + 1).await?;
    Ok(cut(rows, limit, |row| row.id.to_string()))
}
