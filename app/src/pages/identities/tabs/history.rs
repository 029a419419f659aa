//! What was decided and what was changed, newest first.

use contract::campaigns::DecisionKind;
use contract::identities::{HistoryEntry, IdentityView, PastReview};
use leptos::prelude::*;

use crate::components::{
    Cell, Column, DataTable, EmptyState, Icon, Status, TableKind, Timeline, TimelineEntry, Tone,
    When, WordDiff,
};
use crate::layout::Block;

/// Draws what was changed in Rollcall, with what stood before and after.
pub fn draw(view: &IdentityView) -> AnyView {
    if view.history.is_empty() {
        return view! { <EmptyState title="Nothing was done to it in Rollcall" text="It came by an import or an event and has stood as it is since."/> }.into_any();
    }
    let entries = view
        .history
        .iter()
        .enumerate()
        .map(|(n, entry)| change(n == 0, entry, view))
        .collect_view();
    view! { <Block id="h-hist" title="History" note="newest first"><Timeline>{entries}</Timeline></Block> }.into_any()
}

fn change(current: bool, entry: &HistoryEntry, view: &IdentityView) -> AnyView {
    let entry = entry.clone();
    let (at, now) = (entry.at, view.now);
    let place = match entry.position {
        Some(position) => format!(", entry {position} of the record"),
        None => ", one of the many of an import".to_owned(),
    };
    let when = view! { <When at now/>{place} }.into_any();
    let fields = entry
        .changes
        .iter()
        .map(|(field, before, after)| {
            let (before, after) = (before.clone(), after.clone());
            view! { <div class="small"><span class="muted">{field.replace('_', " ")}": "</span><WordDiff before after/></div> }
        })
        .collect_view();
    view! { <TimelineEntry current when><b>{entry.summary.clone()}</b>" by "{entry.by.clone()}{fields}</TimelineEntry> }.into_any()
}

/// Draws what its reviewers decided.
pub fn reviews(view: &IdentityView) -> AnyView {
    if view.reviews.is_empty() {
        return view! { <EmptyState title="Never reviewed" text="It appears here once a campaign it is part of is closed."/> }.into_any();
    }
    let rows = view
        .reviews
        .iter()
        .map(|review| decision(review, view))
        .collect_view();
    let columns = vec![
        Column::new("Campaign"),
        Column::new("Decision"),
        Column::new("Reason"),
        Column::new("By"),
        Column::new("When"),
    ];
    view! {
        <Block id="h-rev" title="Reviews" note="newest first">
            <DataTable caption="Past decisions" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn decision(review: &PastReview, view: &IdentityView) -> AnyView {
    let review = review.clone();
    let now = view.now;
    let (tone, icon) = match review.decision {
        DecisionKind::Approve => (Tone::Ok, Icon::Ok),
        DecisionKind::Modify => (Tone::Info, Icon::Edit),
        DecisionKind::Revoke => (Tone::Crit, Icon::Ban),
        DecisionKind::DontKnow => (Tone::Unknown, Icon::Unknown),
    };
    let reason = if review.reason.is_empty() {
        view! { <span class="faint nowrap">"none given"</span> }.into_any()
    } else {
        review.reason.clone().into_any()
    };
    view! {
        <tr>
            <Cell class="c-main">{review.campaign.clone()}</Cell>
            <Cell class="fit" label="Decision"><Status tone icon>{review.decision.label()}</Status></Cell>
            <Cell label="Reason" class="full">{reason}</Cell>
            <Cell class="fit" label="By">{review.by.clone()}</Cell>
            <Cell class="fit" label="When"><When at=review.at now/></Cell>
        </tr>
    }
    .into_any()
}
