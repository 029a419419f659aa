//! My reviews: every running campaign in which something was given to the viewer.

use contract::access::Viewer;
use contract::campaigns::MyReview;
use leptos::prelude::*;

use super::absence;
use crate::api::reviews::{BeAway, BeBack, list_my_reviews, load_absence};
use crate::components::{
    ButtonKind, ButtonLink, Cell, Column, DataTable, EmptyState, Icon, Notice, Progress, RowHead,
    Status, TableKind, Tone,
};
use crate::form::Posted;
use crate::format::{count, counted, day_minute};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the campaigns that wait for the viewer, due first.
#[component]
pub fn MyReviewsPage() -> impl IntoView {
    let data = Resource::new(
        || (),
        |()| async { Ok((list_my_reviews().await?, load_absence().await?)) },
    );
    let (away, back) = (Posted::<BeAway>::new(), Posted::<BeBack>::new());
    loaded(data, move |viewer, (reviews, absence)| {
        let absence = absence::block(&absence, away, back);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="My reviews" section=RailItem::MyReviews>
                {duty(&viewer)}
                {list(&reviews)}
                {absence}
            </Frame>
        }
        .into_any()
    })
}

/// The backup's duty: somebody left, and this viewer answers until somebody else is named.
fn duty(viewer: &Viewer) -> AnyView {
    if viewer.stands_in == 0 {
        return ().into_any();
    }
    let title = format!(
        "You stand in for {}.",
        counted(
            viewer.stands_in,
            "identity whose owner has left",
            "identities whose owner has left"
        )
    );
    let href = paths::person(viewer.id);
    view! { <Notice tone=Tone::Warn title>"Their reviews come to you. Make yourself the owner, or name somebody: "<a href=href>"see which they are"</a>"."</Notice> }.into_any()
}

fn list(reviews: &[MyReview]) -> AnyView {
    if reviews.is_empty() {
        return view! {
            <EmptyState title="Nothing waits for you" text="When a review campaign starts, the identities you answer for appear here, with the day by which they are due.">
                <ButtonLink href=paths::identities()>"See the identities"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let open: i64 = reviews.iter().map(|review| review.open).sum();
    let note = if open == 0 {
        "everything is decided".to_owned()
    } else {
        format!("{} open", count(open, "item"))
    };
    let columns = vec![
        Column::new("Campaign"),
        Column::new("Due"),
        Column::new("Decided").class("bar-cell"),
        Column::new("Open").numeric(),
        Column::new("Go on").hidden(),
    ];
    let rows = reviews.iter().map(row).collect_view();
    view! {
        <Block id="mine" title="Given to you" note=note>
            <DataTable caption="Campaigns with items for you, due first" columns=columns kind=TableKind::MiniCards>
                {rows}
            </DataTable>
        </Block>
    }
    .into_any()
}

fn row(review: &MyReview) -> AnyView {
    let review = review.clone();
    let decided = review.items - review.open;
    let id = review.campaign.id;
    let groups = (review.open > 1)
        .then(|| view! { <small class="sub"><a href=paths::review_groups(id)>"Groups that are alike"</a></small> });
    let action = match review.next {
        Some(item) => {
            let words = if decided == 0 { "Begin" } else { "Go on" };
            view! { <ButtonLink href=paths::review_item(id, item) kind=ButtonKind::Primary>{words}</ButtonLink> }.into_any()
        }
        None => view! { <Status tone=Tone::Ok icon=Icon::Check>"All decided"</Status> }.into_any(),
    };
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=paths::review(id)>{review.campaign.name.clone()}</a>{groups}</RowHead>
            <Cell label="Due" class="fit">{day_minute(review.campaign.due_at)}" UTC"</Cell>
            <Cell label="Decided" class="bar-cell"><Progress label="Items decided" value=decided max=review.items/>" "{decided}" of "{review.items}</Cell>
            <Cell label="Open" class="num">{review.open}</Cell>
            <Cell class="fit">{action}</Cell>
        </tr>
    }
    .into_any()
}
