//! `/api/v1/campaigns`: campaigns, their items, and the evidence of a sealed one.

use app::pages::campaigns::filter;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use contract::ids::{CampaignId, ItemId};
use domain::access::Access;
use service::{Error, campaigns};

use super::list::{Asked, Fields, Pairs, bad_request, wrong};
use super::wire::{Campaign, CampaignItem, ItemDetail};
use crate::http::{AppState, Operation, Problem, evidence};

/// Names of the filter of the items; the same as on their page.
pub const FILTER: &[&str] = &["q", "outcome", "advice", "team", "reviewer"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns", get(list))
        .route("/campaigns/{id}", get(view))
        .route("/campaigns/{id}/items", get(items))
        .route("/campaigns/{id}/items/{item}", get(item))
        .route("/campaigns/{id}/evidence", get(pack))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Campaign>(campaigns::list(&op).await?)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let view = campaigns::view(&op, read(&id)?).await?;
    fields.of(Campaign::from(view.row))
}

async fn items(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let id = read(&id)?;
    let asked = Asked::read(pairs)?;
    let filter = filter::read(&asked.filter);
    let asked = asked.strictly(&filter::address(id, &filter), FILTER)?;
    let after = asked.cursor(campaigns::is_cursor)?;
    let page = campaigns::item_rows(&op, id, &filter, after, asked.limit)
        .await
        .map_err(bad_request)?;
    let path = format!("/campaigns/{id}/items");
    asked.answer::<_, CampaignItem>(&op.settings().public_url, &path, page)
}

async fn item(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path((campaign, item)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let campaign = read(&campaign)?;
    let item: ItemId = item
        .parse()
        .map_err(|_| wrong("item", "is no id of an item"))?;
    let (view, _) = campaigns::review_item(&op, item).await?;
    if view.campaign.0 != campaign {
        return Err(Error::NotFound("item").into());
    }
    fields.of(ItemDetail::from(view))
}

async fn pack(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ReadEvidence)?;
    evidence::file(op, read(&id)?).await
}

/// The id in an address.
pub(super) fn read(id: &str) -> Result<CampaignId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a campaign"))
}
