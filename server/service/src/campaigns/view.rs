//! What watchers and managers see: the list, one campaign's progress, its items.

use std::collections::HashMap;

use contract::Page;
use contract::campaigns::{
    CampaignRow, CampaignState, CampaignView, DriftedItem, ItemFilter, ItemList, ItemRow,
};
use contract::ids::{CampaignId, IdentityId, ItemId};
use domain::access::Access;
use domain::campaign::snapshot::Snapshot;
use domain::campaign::snapshot::diff::diff;
use store::Conn;
use store::campaigns::{ItemData, Of};

use super::freeze::{CHUNK, House};
use super::life::watches;
use super::review::row;
use super::{draft, facets};
use crate::{Error, Op, Result};

/// Campaigns shown in the list.
const LISTED: i64 = 200;
/// Items on one page of a campaign's table.
const ITEMS: i64 = 100;
/// Items compared with what their identity is now, whenever somebody looks: bounds the page's work.
const COMPARED: i64 = 1_000;
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
    let (drifted, compared) = if campaign.state == CampaignState::Active && watches(op) {
        drifted(op, &mut conn, id).await?
    } else {
        (Vec::new(), 0)
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
        policy: campaign.policy.clone(),
        stage: i64::from(campaign.stage),
        open_tasks: store::campaigns::open_tasks(&mut conn, id).await?,
        preview: if matches!(
            campaign.state,
            CampaignState::Draft | CampaignState::Preview
        ) && may_manage
        {
            Some(draft::of(op, &mut conn, &campaign).await?)
        } else {
            None
        },
        drifted: drifted.into_iter().take(TOLD).collect(),
        compared,
        evidence: store::campaigns::pack(&mut conn, id).await?,
        may_manage,
        may_read_evidence: op.require(Access::ReadEvidence).is_ok(),
        now: op.now,
        teams,
        row,
    })
}

/// Where a campaign is in its life: what who may change it hears of it, also when they may not read it.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn state(op: &Op, id: CampaignId) -> Result<CampaignState> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let found = store::campaigns::get(&mut conn, id).await?;
    found
        .map(|campaign| campaign.state)
        .ok_or(Error::NotFound("campaign"))
}

/// One page of a campaign's items in review order, with facets: all for watchers, their own for reviewers.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign.
pub async fn items(
    op: &Op,
    id: CampaignId,
    filter: &ItemFilter,
    after: Option<&str>,
) -> Result<ItemList> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let of = Of {
        campaign: id,
        reviewer: only(op),
    };
    let mut page = store::campaigns::items_page(&mut conn, of, filter, after, ITEMS).await?;
    let groups = store::campaigns::item_groups(&mut conn, of, &filter.q).await?;
    let (total, facets) = facets::count(&groups, filter);
    page.total = Some(total);
    let all = if filter.q.trim().is_empty() {
        groups.iter().map(|group| group.count).sum()
    } else {
        let groups = store::campaigns::item_groups(&mut conn, of, "").await?;
        groups.iter().map(|group| group.count).sum()
    };
    Ok(ItemList { page, facets, all })
}

/// The next items in review order, at most `limit`, without facets: what machines read.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign; [`Error::Invalid`] when the cursor is not one of its items.
pub async fn item_rows(
    op: &Op,
    id: CampaignId,
    filter: &ItemFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<ItemRow>> {
    op.require(Access::ViewCampaigns)?;
    let mut conn = op.db().acquire().await?;
    store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    if let Some(after) = after
        && !store::campaigns::is_item(&mut conn, id, after).await?
    {
        return Err(Error::field("after", "is no cursor of this list"));
    }
    let of = Of {
        campaign: id,
        reviewer: only(op),
    };
    Ok(store::campaigns::items_page(&mut conn, of, filter, after, limit).await?)
}

/// Whether a text can be a cursor of a campaign's items at all.
pub fn is_cursor(text: &str) -> bool {
    text.parse::<ItemId>().is_ok()
}

/// Items whose identity is no longer what was frozen, or, where it was decided on after a change, what was
/// seen then. Looks at the first [`COMPARED`] in review order, and says at how many.
async fn drifted(op: &Op, conn: &mut Conn, id: CampaignId) -> Result<(Vec<DriftedItem>, i64)> {
    let house = House::load(conn, op.now).await?;
    let of = Of {
        campaign: id,
        reviewer: None,
    };
    let most = ItemFilter::default();
    let rows = store::campaigns::items_page(conn, of, &most, None, COMPARED).await?;
    let looked = i64::try_from(rows.rows.len()).unwrap_or(i64::MAX);
    let mut out = Vec::new();
    for chunk in rows.rows.chunks(CHUNK) {
        let ids: Vec<IdentityId> = chunk.iter().map(|row| row.identity.0).collect();
        let item_ids: Vec<ItemId> = chunk.iter().map(|row| row.id).collect();
        let answers = store::campaigns::decisions(conn, &item_ids).await?;
        // Oldest first: the last answer is the one in force.
        let seen: HashMap<ItemId, Option<String>> = answers
            .into_iter()
            .map(|(of, decision)| (of, decision.current_hash))
            .collect();
        let frozen = store::campaigns::frozen_items(conn, &item_ids).await?;
        let frozen: HashMap<ItemId, ItemData> =
            frozen.into_iter().map(|item| (item.id, item)).collect();
        let current: HashMap<IdentityId, Snapshot> = house
            .freeze(conn, &ids)
            .await?
            .into_iter()
            .map(|(now, ..)| (now.identity, now))
            .collect();
        for item in item_ids.iter().filter_map(|id| frozen.get(id)) {
            let Some(now) = current.get(&item.identity) else {
                continue;
            };
            let hash = now.content_hash();
            let seen = seen.get(&item.id).and_then(Option::as_ref);
            if hash != item.hash && seen != Some(&hash) {
                let mut row = row(item);
                row.drifted = true;
                out.push(DriftedItem {
                    row,
                    changes: diff(&item.snapshot, now),
                });
            }
        }
    }
    Ok((out, looked))
}
