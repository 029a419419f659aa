//! One answer for a group: items that are alike, with one reason, confirmed by their number.

use contract::access::Viewer;
use contract::campaigns::{Advice, BulkGroup, DecisionKind, ReviewQueue};
use leptos::prelude::*;

use crate::api::reviews::DecideGroup;
use crate::components::{
    Button, ButtonKind, ButtonLink, EmptyState, Notice, TextArea, TextField, Tone,
};
use crate::form::{PostForm, Posted};
use crate::format::counted;
use crate::layout::{Block, Crumb, Frame, RailItem};
use crate::loaded::frame_viewer;
use crate::paths;

/// Draws the groups of the viewer's queue.
pub fn page(viewer: &Viewer, queue: &ReviewQueue, group: Posted<DecideGroup>) -> AnyView {
    let crumb = Crumb::new("My reviews", paths::my_reviews());
    let title = queue.campaign.1.clone();
    let told = told(queue, group);
    let one_by_one = paths::review(queue.campaign.0);
    let blocks = if queue.groups.is_empty() && group.value().is_some_and(|done| done.is_ok()) {
        ().into_any()
    } else if queue.groups.is_empty() {
        view! {
            <EmptyState title="No items are alike enough" text="A group has the same advice and tier; nothing in it changed, and nothing is privileged in production.">
                <ButtonLink href=one_by_one>"One by one"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        let blocks = queue.groups.iter().enumerate();
        blocks
            .map(|(n, found)| block(queue, n, found, group))
            .collect_view()
            .into_any()
    };
    let frame = frame_viewer(viewer);
    view! {
        <Frame viewer=frame title=title.clone() section=RailItem::MyReviews crumb=crumb>
            <h1 class="vh">{format!("{title}: items that are alike")}</h1>
            <Notice tone=Tone::Info title="One answer for many is marked in the evidence.">"What is privileged in production, changed, or reviewed by several is never in a group."</Notice>
            {told}
            {blocks}
        </Frame>
    }
    .into_any()
}

/// What became of the last answer, and the way on to what is left.
fn told(queue: &ReviewQueue, group: Posted<DecideGroup>) -> AnyView {
    match group.value() {
        Some(Ok(done)) => {
            let left: Vec<_> = done
                .left_out
                .iter()
                .map(|(name, why)| view! { <li>{format!("{name}: {why}")}</li> })
                .collect();
            let title = format!("{} decided.", counted(done.decided, "item is", "items are"));
            let on = match queue.open.len() {
                0 => "All is decided".to_owned(),
                1 => "Go on with the other one".to_owned(),
                open => format!("Go on with the other {open}"),
            };
            let href = paths::review(queue.campaign.0);
            view! {
                <Notice tone=Tone::Ok title=title>
                    <ul class="dots">{left}</ul>
                    <p><a href=href data-key="j" aria-keyshortcuts="j">{on}</a>" "<kbd aria-hidden="true">"J"</kbd></p>
                </Notice>
            }
            .into_any()
        }
        Some(Err(error)) => {
            view! { <Notice tone=Tone::Warn title=error.title() urgent=true>{error.to_string()}</Notice> }.into_any()
        }
        None => ().into_any(),
    }
}

fn block(queue: &ReviewQueue, n: usize, found: &BulkGroup, group: Posted<DecideGroup>) -> AnyView {
    let (advice, tier) = (found.advice.as_str(), found.tier.as_str());
    let mine = group.came_from("advice", advice) && group.came_from("tier", tier);
    let typed = |field: &str| group.typed(field).filter(|_| mine);
    let wrong = |field: &str| group.of_field(field).filter(|_| mine);
    let (reason, count) = (
        (typed("reason"), wrong("reason")),
        (typed("count"), wrong("count")),
    );
    let more = found.count - i64::try_from(found.names.len()).unwrap_or(0);
    let names = if more > 0 {
        format!("{}, and {more} more", found.names.join(", "))
    } else {
        found.names.join(", ")
    };
    let (word, kind) = if found.advice == Advice::Revoke {
        ("Revoke all", DecisionKind::Revoke)
    } else {
        ("Approve all", DecisionKind::Approve)
    };
    let (campaign, label) = (
        queue.campaign.0.to_string(),
        format!("Type {} to confirm how many", found.count),
    );
    let title = format!(
        "{} of tier {}, advised: {}",
        counted(found.count, "item", "items"),
        found.tier.label().to_lowercase(),
        found.advice.label().to_lowercase()
    );
    view! {
        <Block id=format!("group-{n}") title=title>
            <p class="muted">{names}</p>
            <PostForm to=group attr:class="form">
                <input type="hidden" name="campaign" value=campaign/>
                <input type="hidden" name="advice" value=advice/>
                <input type="hidden" name="tier" value=tier/>
                <input type="hidden" name="decision" value=kind.as_str()/>
                <TextArea name="reason" id=format!("reason-{n}") label="One reason for all of them" value=reason.0 error=reason.1 required=true rows=2/>
                <TextField name="count" id=format!("count-{n}") label=label value=count.0 error=count.1 required=true inputmode="numeric"/>
                <p class="btn-row after"><Button kind=ButtonKind::Primary>{word}</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}
