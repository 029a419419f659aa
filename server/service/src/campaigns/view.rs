//! What watchers and managers see: the list, one campaign's progress, its items.

use contract::campaigns::{CampaignRow, CampaignState, CampaignView, DriftedItem, ItemRow};
use contract::ids::{CampaignId, IdentityId};
use domain::access::Access;
use domain::campaign::snapshot::diff::diff;
use store::Conn;

use super::draft;
use super::freeze::{CHUNK, House};
use super::life::watches;
use super::review::row;
use crate::{Error, Op, Result};

/// Campaigns shown in the list.
const LISTED: i64 = 200;
/// Items shown in a campaign's table.
const ITEMS: i64 = 2_000;
/// Drifted items told one by one.
const TOLD: usize = 50;

/// Campaigns, newest first; an owner sees those in which they have items.
///
/// # Errors
/// [`Error::Refused`] when the actor may not.
pub async fn list(op: &Op) -> Result<Vec<CampaignRow>> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::campaigns::rows(&mut conn, None, only(op), LISTED).await?)
}

/// The person whose items alone may be seen; `None` for watchers.
fn only(op: &Op) -> Option<contract::ids::PersonId> {
    if watches(op) {
        return None;
    }
    // Nobody in particular has no items: an unknown id keeps everything out.
    Some(
        op.actor
            .person()
            .map_or(uuid::Uuid::nil().into(), |person| person.id),
    )
}

/// One campaign with its progress.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it is not the viewer's to see.
pub async fn view(op: &Op, id: CampaignId) -> Result<CampaignView> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let row = store::campaigns::rows(&mut conn, Some(&[id]), only(op), 1)
        .await?
        .pop();
    let mut row = row.ok_or(Error::NotFound("campaign"))?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let mut teams = store::campaigns::by_team(&mut conn, id).await?;
    let drifted = if campaign.state == CampaignState::Active && watches(op) {
        drifted(op, &mut conn, id).await?
    } else {
        Vec::new()
    };
    row.drifted = i64::try_from(drifted.len()).unwrap_or(i64::MAX);
    for team in &mut teams {
        let theirs = drifted
            .iter()
            .filter(|item| item.row.team.as_deref().unwrap_or("No team") == team.team);
        team.drifted = i64::try_from(theirs.count()).unwrap_or(i64::MAX);
    }
    let may_manage = op.require(Access::ManageCampaigns).is_ok();
    Ok(CampaignView {
        notes: campaign.notes.clone(),
        query: campaign.query.clone(),
        reviewers: store::campaigns::by_reviewer(&mut conn, id).await?,
        burn_up: store::campaigns::burn_up(&mut conn, id).await?,
        preview: if campaign.state == CampaignState::Draft && may_manage {
            Some(draft::of(op, &mut conn, &campaign).await?)
        } else {
            None
        },
        drifted: drifted.into_iter().take(TOLD).collect(),
        evidence: store::campaigns::pack(&mut conn, id).await?,
        may_manage,
        may_read_evidence: op.require(Access::ReadEvidence).is_ok(),
        now: op.now,
        teams,
        row,
    })
}

/// A campaign's items in review order: all for watchers, their own for reviewers.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign.
pub async fn items(op: &Op, id: CampaignId) -> Result<Vec<ItemRow>> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    Ok(store::campaigns::items(&mut conn, id, only(op), ITEMS).await?)
}

/// Items whose identity is no longer what was frozen, or, where it was decided on after a change, what was
/// seen then.
async fn drifted(op: &Op, conn: &mut Conn, id: CampaignId) -> Result<Vec<DriftedItem>> {
    let house = House::load(conn, op.now).await?;
    let mut out = Vec::new();
    let mut after = None;
    loop {
        let items = store::campaigns::evidence_items(
            conn,
            id,
            after,
            i64::try_from(CHUNK).unwrap_or(i64::MAX),
        )
        .await?;
        let Some(last) = items.last() else { break };
        after = Some(last.id);
        let ids: Vec<IdentityId> = items.iter().map(|item| item.identity).collect();
        let item_ids: Vec<_> = items.iter().map(|item| item.id).collect();
        let answers = store::campaigns::decisions(conn, &item_ids).await?;
        let current = house.freeze(conn, &ids).await?;
        for item in items {
            let Some((now, ..)) = current
                .iter()
                .find(|(now, ..)| now.identity == item.identity)
            else {
                continue;
            };
            let hash = now.content_hash();
            let seen = answers
                .iter()
                .rev()
                .find(|(of, _)| *of == item.id)
                .and_then(|(_, d)| d.current_hash.as_ref());
            if hash != item.hash && seen != Some(&hash) {
                let mut row = row(&item);
                row.drifted = true;
                out.push(DriftedItem {
                    row,
                    changes: diff(&item.snapshot, now),
                });
            }
        }
    }
    Ok(out)
}
