//! Reviews: what waits for the viewer, one item, the answer to it.

use contract::campaigns::{
    AbsenceView, Advice, BulkDone, DecisionDraft, DecisionKind, MyReview, ReviewPageView,
    ReviewQueue,
};
use contract::identities::RiskTier;
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
    #[server(default)] at_once: Option<String>,
    #[server(default)] shown_at: String,
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
        at_once: at_once.is_some(),
        shown_at: shown_at.parse().ok(),
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

/// One answer for a group of items that are alike. `count` is how many the viewer believes they decide on.
///
/// # Errors
/// [`AppError::Invalid`] beside the reason or the count.
#[server(prefix = "/api/ui", endpoint = "reviews/group")]
pub async fn decide_group(
    campaign: CampaignId,
    advice: Advice,
    tier: RiskTier,
    decision: DecisionKind,
    #[server(default)] reason: String,
    #[server(default)] count: String,
) -> Result<BulkDone, AppError> {
    let op = crate::request::op()?;
    let input = contract::campaigns::BulkInput {
        campaign,
        advice,
        tier,
        decision,
        reason,
        count: count.trim().parse().unwrap_or(-1),
    };
    Ok(service::campaigns::decide_group(&op, &input).await?)
}

/// The viewer's own absence, and who can stand in.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer does not review.
#[server(prefix = "/api/ui", endpoint = "reviews/absence")]
pub async fn load_absence() -> Result<AbsenceView, AppError> {
    let op = crate::request::op()?;
    Ok(service::campaigns::absence(&op).await?)
}

/// Plans an absence: reviews go to a deputy meanwhile.
///
/// # Errors
/// [`AppError::Invalid`] beside the days or the deputy.
#[server(prefix = "/api/ui", endpoint = "reviews/away")]
pub async fn be_away(
    #[server(default)] deputy: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let deputy = deputy
        .parse()
        .map_err(|_| service::Error::field("deputy", "Choose who stands in."))?;
    let input = contract::campaigns::AbsenceInput {
        deputy,
        from,
        until,
    };
    service::campaigns::be_away(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::my_reviews());
    Ok(())
}

/// Ends a planned absence.
///
/// # Errors
/// [`AppError::Conflict`] when none is planned.
#[server(prefix = "/api/ui", endpoint = "reviews/back")]
pub async fn be_back() -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::campaigns::be_back(&op).await?;
    leptos_axum::redirect(&crate::paths::my_reviews());
    Ok(())
}
