//! Answers of a review: read over a whole campaign, and items handed on. To answer is a person's, and so is to take an
//! answer back: nobody attests by a token.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::campaigns::{DecisionKind, GivenAnswer, ItemState, ReassignInput};
use contract::ids::{ItemId, PersonId};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, campaigns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::campaigns::read;
use super::list::{Asked, Pairs, one, unread, wrong};
use super::wire::{ItemDetail, PersonName, words};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{id}/decisions", get(list))
        .route("/campaigns/{id}/items/{item}/reassignment", post(hand_on))
}

/// An answer of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignDecision {
    /// Id; later answers have greater ones.
    id: Uuid,
    /// The item it was given to.
    item_id: Uuid,
    /// The item's identity.
    identity_id: Uuid,
    /// Its name as frozen.
    identity_name: String,
    /// Number among the answers of the item, from 1: the last one is in force.
    number: i32,
    /// Stage it was given in, from 1.
    stage: i32,
    /// What was decided.
    #[schema(schema_with = words::decision)]
    decision: DecisionKind,
    /// Why.
    reason: String,
    /// What a modify asks for; empty otherwise.
    #[schema(value_type = Vec<Object>)]
    targets: serde_json::Value,
    /// Who.
    by: PersonName,
    /// When.
    at: DateTime<Utc>,
    /// Whether it follows what was recommended.
    followed: bool,
    /// Whether it was one answer for many items.
    bulk: bool,
    /// Whether it is a revoke that shall not wait for the close.
    at_once: bool,
}

impl From<GivenAnswer> for CampaignDecision {
    fn from(given: GivenAnswer) -> Self {
        let (identity, identity_name) = given.identity;
        let answer = given.decision;
        Self {
            id: given.id,
            item_id: given.item.0,
            identity_id: identity.0,
            identity_name,
            number: given.number,
            stage: given.stage,
            decision: answer.decision,
            reason: answer.reason,
            targets: serde_json::to_value(answer.targets).unwrap_or_default(),
            by: answer.by.into(),
            at: answer.at,
            followed: answer.followed,
            bulk: answer.bulk,
            at_once: given.at_once,
        }
    }
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ReadEvidence)?;
    let id = read(&id)?;
    let path = format!("/campaigns/{id}/decisions");
    let asked = Asked::read(pairs)?.strictly(&Address::new(path.as_str()), &[])?;
    let after = asked.cursor(|after| after.parse::<Uuid>().is_ok())?;
    let page = campaigns::answers(&op, id, after, asked.limit).await?;
    asked.answer::<_, CampaignDecision>(&op.settings().public_url, &path, page)
}

/// To whom an open item is handed, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// Id of somebody who is active and may review.
    to: Uuid,
    /// Why, in a sentence.
    #[schema(example = "She built it and is back from her holidays")]
    reason: String,
}

async fn hand_on(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path((campaign, item)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ReassignItem)?;
    let campaign = read(&campaign)?;
    let item: ItemId = item
        .parse()
        .map_err(|_| wrong("item", "is no id of an item"))?;
    let wish: Handover = sent(&body)?;
    if campaigns::campaign_of(&op, item).await? != campaign {
        return Err(Error::NotFound("item").into());
    }
    let input = ReassignInput {
        item,
        to: PersonId(wish.to),
        reason: wish.reason,
    };
    campaigns::reassign(&op, input).await?;
    // What is handed on stays open.
    if let Some(told) = unread(&op, Access::ViewCampaigns, ItemState::Open) {
        return Ok(told);
    }
    let (view, _) = campaigns::review_item(&op, item).await?;
    Ok(one(&ItemDetail::from(view)))
}
