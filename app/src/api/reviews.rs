//! Reviews: what waits for the viewer, one item, the answer to it.

use contract::campaigns::{DecisionDraft, DecisionKind, MyReview, ReviewPageView, ReviewQueue};
use contract::ids::{CampaignId, ItemId, PersonId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// Campaigns in which something was given to the viewer.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not review.
#[server(prefix = "/api/ui", endpoint = "reviews/mine")]
pub async fn list_my_reviews() -> Result<Vec<MyReview>, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::my_reviews(&op).await?)
}

/// The viewer's queue in a campaign.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such campaign.
#[server(prefix = "/api/ui", endpoint = "reviews/queue")]
pub async fn load_queue(id: CampaignId) -> Result<ReviewQueue, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::queue(&op, id).await?)
}

/// The review page of an item, with what was typed before and not taken.
///
/// # Errors
/// [`AppError::NotFound`] when there is none, or it is not the viewer's to see.
#[server(prefix = "/api/ui", endpoint = "reviews/item", input = Json)]
pub async fn load_review(
    item: ItemId,
    draft: Option<DecisionDraft>,
) -> Result<ReviewPageView, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::page(&op, item, draft).await?)
}

/// Takes an answer and goes on to the next item; what was typed comes back when it is not taken.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such item.
#[server(prefix = "/api/ui", endpoint = "reviews/decide")]
pub async fn decide_item(
    campaign: CampaignId,
    item: ItemId,
    decision: DecisionKind,
    #[server(default)] reason: String,
    #[server(default)] targets: Vec<String>,
    hash: String,
    #[server(default)] seen_current_hash: String,
    seen_answers: i64,
) -> Result<(), AppError> {
    use service::Error::{Conflict, Forbidden, Invalid};
    let op = crate::request::op()?;
    let draft = DecisionDraft {
        decision,
        reason: reason.clone(),
        targets: targets.clone(),
    };
    let seen = Some(seen_current_hash);
    let input = contract::campaigns::DecisionInput {
        item,
        decision,
        reason,
        targets,
        hash,
        seen_current_hash: seen,
        seen_answers,
    };
    let to = match service::campaigns::decide(&op, input).await {
        Ok(done) => crate::pages::reviews::address::after(campaign, item, done.next),
        Err(Invalid(_) | Conflict(_) | Forbidden(_)) => {
            crate::pages::reviews::address::again(campaign, item, &draft)
        }
        Err(error) => return Err(error.into()),
    };
    leptos_axum::redirect(&to);
    Ok(())
}

/// Takes the viewer's answer back and shows the item again.
///
/// # Errors
/// [`AppError::Conflict`] when there is nothing to take back.
#[server(prefix = "/api/ui", endpoint = "reviews/withdraw")]
pub async fn withdraw_decision(item: ItemId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let done = service::campaigns::withdraw(&op, item).await?;
    leptos_axum::redirect(&crate::paths::review_item(done.campaign, item));
    Ok(())
}

/// Hands an open item to somebody else.
///
/// # Errors
/// [`AppError::Invalid`] when the reason or the person is missing.
#[server(prefix = "/api/ui", endpoint = "reviews/reassign")]
pub async fn reassign_item(
    campaign: CampaignId,
    item: ItemId,
    to: PersonId,
    #[server(default)] why: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::reassign(
        &op,
        contract::campaigns::ReassignInput {
            item,
            to,
            reason: why,
        },
    )
    .await?;
    leptos_axum::redirect(&crate::paths::campaign_tab(campaign, "items"));
    Ok(())
}
