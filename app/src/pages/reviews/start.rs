//! The door of a queue: straight to the first open item, or the word that all is done.

use contract::campaigns::{ItemRow, ReviewQueue};
use contract::ids::CampaignId;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::address;
use super::bar::undo;
use super::groups;
use super::queue::glyph;
use crate::api::reviews::{DecideGroup, WithdrawDecision, load_queue};
use crate::components::{ButtonKind, ButtonLink, EmptyState, Glyph, Notice, Tone};
use crate::error::AppError;
use crate::form::Posted;
use crate::layout::{Block, Crumb, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws the end of a queue, or leads to its first open item.
#[component]
pub fn ReviewStartPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let withdraw = Posted::<WithdrawDecision>::new();
    let group = Posted::<DecideGroup>::new();
    let key = move || params.read().get("campaign").unwrap_or_default();
    let data = Resource::new(key, |id| async move {
        let id: CampaignId = id
            .parse()
            .map_err(|_| AppError::NotFound("There is no such campaign.".to_owned()))?;
        load_queue(id).await
    });
    loaded(data, move |viewer, queue| {
        let done = address::done(&query.read_untracked());
        let asked = query.with_untracked(|q| !text(q, "groups").is_empty());
        if asked {
            return groups::page(&viewer, &queue, group);
        }
        if let Some(first) = queue.open.first() {
            let to = paths::review_item(queue.campaign.0, first.id);
            return view! { <Redirect path=to/> }.into_any();
        }
        let crumb = Crumb::new("My reviews", paths::my_reviews());
        let title = queue.campaign.1.clone();
        let (finished, undo, decided) = (
            finished(&queue),
            undo(&queue, done, withdraw),
            decided(&queue),
        );
        view! {
            <Frame viewer=frame_viewer(&viewer) title=title section=RailItem::MyReviews crumb=crumb>
                {finished}
                {undo}
                {decided}
            </Frame>
        }
        .into_any()
    })
}

fn finished(queue: &ReviewQueue) -> AnyView {
    if queue.decided.is_empty() {
        return view! {
            <EmptyState title="Nothing here is yours" text="No item of this campaign was given to you.">
                <ButtonLink href=paths::my_reviews()>"My reviews"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let many = queue.decided.len();
    let words = if queue.open_for_answers {
        "Thank you. Each decision can still be changed until the campaign is closed."
    } else {
        "The campaign is closed; nothing changes any more."
    };
    view! { <h1 class="vh">{queue.campaign.1.clone()}</h1><Notice tone=Tone::Ok title=format!("All {many} of your items are decided.")>{words}</Notice> }.into_any()
}

fn decided(queue: &ReviewQueue) -> Option<AnyView> {
    if queue.decided.is_empty() {
        return None;
    }
    let campaign = queue.campaign.0;
    let rows = queue.decided.iter().map(|row: &ItemRow| {
        view! {
            <li>
                <a class="q-item" href=paths::review_item(campaign, row.id)>
                    <Glyph icon=glyph(row)/><b>{row.identity.1.clone()}</b><small>{row.hint.clone()}</small>
                </a>
            </li>
        }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <Block id="decided" title="Decided" note="newest first">
                <ul class="queue-list">{rows}</ul>
                <p class="btn-row after"><ButtonLink href=paths::my_reviews() kind=ButtonKind::Quiet>"My reviews"</ButtonLink></p>
            </Block>
        }
        .into_any(),
    )
}
