//! The queue at the left of the review page: what is open, what is decided.

use contract::campaigns::{DecisionKind, ItemRow, ItemState, ReviewQueue};
use contract::ids::ItemId;
use leptos::prelude::*;

use crate::components::{Glyph, Icon, Progress};
use crate::format::day_minute;
use crate::paths;

/// Draws the queue with the item in view marked.
pub fn queue(queue: &ReviewQueue, current: ItemId) -> AnyView {
    let (open, decided) = (queue.open.len(), queue.decided.len());
    let all = open + decided;
    let campaign = queue.campaign.0;
    let list = |rows: &[ItemRow]| {
        rows.iter()
            .map(|row| entry(row, paths::review_item(campaign, row.id), row.id == current))
            .collect_view()
    };
    let in_decided = queue.decided.iter().any(|row| row.id == current);
    let rest = (decided > 0).then(|| {
        view! {
            <details open=in_decided>
                <summary><Glyph icon=Icon::ChevronRight/>{format!("Decided, {decided}")}</summary>
                <ul>{list(&queue.decided)}</ul>
            </details>
        }
    });
    view! {
        <nav class="queue" id="queue" data-fresh="queue" aria-label="Your items" tabindex="0">
            <div class="queue-head">
                <p><b>{format!("{decided} of {all} decided")}</b><span class="muted">"due "{day_minute(queue.due_at)}</span></p>
                <Progress label="Items decided" value=number(decided) max=number(all)/>
            </div>
            <h2 class="queue-title">{if open == 0 { "Nothing open".to_owned() } else { format!("Open, {open}") }}</h2>
            <ul>{list(&queue.open)}</ul>
            {alike(queue)}
            {rest}
        </nav>
    }
    .into_any()
}

/// The way to the items that are alike; it leads right into the first reason.
fn alike(queue: &ReviewQueue) -> Option<AnyView> {
    let many: i64 = queue.groups.iter().map(|group| group.count).sum();
    let href = format!("{}#reason-0", paths::review_groups(queue.campaign.0));
    (many > 0).then(|| {
        view! {
            <p class="queue-note">
                <a href=href data-key="g" aria-keyshortcuts="g">{format!("Decide {many} alike together")}</a>
                <kbd aria-hidden="true">"G"</kbd>
                <br/>
                <small class="muted">"same advice and tier, nothing changed; asks for one reason"</small>
            </p>
        }
        .into_any()
    })
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn entry(row: &ItemRow, href: String, current: bool) -> AnyView {
    let (name, detail) = split(&row.identity.1);
    let class =
        (row.state == ItemState::Open && (row.changed || row.findings > 0)).then_some("warn");
    let detail = detail.map(|detail| view! { " "<span class="muted">{detail.to_owned()}</span> });
    view! {
        <li>
            <a class="q-item" href=href aria-current=current.then_some("true")>
                <Glyph icon=glyph(row)/>
                <b>{name.to_owned()}{detail}</b>
                <small class=class>{row.hint.clone()}</small>
            </a>
        </li>
    }
    .into_any()
}

/// The telling part of a name and the rest: `ledger-worker · release · production`.
pub fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once(" · ") {
        Some((name, rest)) => (name, Some(rest)),
        None => (name, None),
    }
}

/// The icon of an item in a queue.
pub fn glyph(row: &ItemRow) -> Icon {
    match (row.state, row.decision) {
        (ItemState::Decided, Some(DecisionKind::Approve)) => Icon::Check,
        (ItemState::Decided, Some(DecisionKind::Modify)) => Icon::Edit,
        (ItemState::Decided, Some(DecisionKind::Revoke)) => Icon::Ban,
        (ItemState::Decided, _) => Icon::Unknown,
        (ItemState::NotReviewed | ItemState::Gone, _) => Icon::Clock,
        (ItemState::Open, _) if row.changed => Icon::Changed,
        (ItemState::Open, _) if row.findings > 0 => Icon::Findings,
        (ItemState::Open, _) => Icon::Open,
    }
}
