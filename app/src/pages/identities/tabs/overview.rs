//! What it is: origin, names, risk and its reasons.

use contract::identities::IdentityView;
use contract::people::PersonRef;
use leptos::prelude::*;

use super::{Forms, glass, permissions};
use crate::components::chart::{DayStack, Fill, Series, UseStrip};
use crate::components::{
    Cell, Column, DataTable, EmptyState, FactList, Identifier, KeyValue, KeyValues, Known, Maybe,
    Person, Said, Status, TableKind, Tag, Tone, When,
};
use crate::format::{count, day, number};
use crate::layout::{Block, Split};
use crate::paths;

/// Draws the tab.
pub fn draw(view: &IdentityView, forms: Forms) -> AnyView {
    let side = view! { {names(view)}{links(view)}{risk(view)} }.into_any();
    let body = view! { {use_of_it(view)}{powers(view)}{origin(view)}{glass::draw(view, forms)} };
    view! { <Split label="About this identity" side>{body}</Split> }.into_any()
}

fn use_of_it(view: &IdentityView) -> AnyView {
    let events: i64 = view
        .daily_events
        .iter()
        .map(|(well, failed)| well + failed)
        .sum();
    let days: Vec<bool> = view
        .daily_events
        .iter()
        .map(|(well, failed)| well + failed > 0)
        .collect();
    let used = days.iter().filter(|day| **day).count();
    let label = format!("Days with at least one event: {used} of {}", days.len());
    let note = format!("{}, last 90 days", count(events, "event"));
    let silence = (events == 0).then(|| {
        let word = if view.covered {
            "A source covers its platform, and nothing was seen."
        } else {
            "No source has covered its platform for 90 days, so whether it is used is unknown."
        };
        view! { <p class="small muted after">{word}</p> }
    });
    view! {
        <Block id="h-use" title="Use" note more="All events" href=paths::events_of(view.row.id)>
            <UseStrip label days/>
            {silence}
        </Block>
    }
    .into_any()
}

fn powers(view: &IdentityView) -> AnyView {
    if view.permissions.is_empty() {
        return view! {
            <Block id="h-powers" title="What it may do">
                <EmptyState title="Permissions are unknown" text="None was declared, imported or observed."/>
            </Block>
        }
        .into_any();
    }
    let rows = view
        .permissions
        .iter()
        .take(6)
        .cloned()
        .map(|p| {
            let raw = format!("{} on {}", p.action, p.resource);
            let strong = p.privileged.then(|| view! { <Status tone=Tone::Warn icon=crate::components::Icon::Lock>"Privileged"</Status> });
            let usage = permissions::usage(p.usage, p.last_used_at, view.now);
            view! { <tr><Cell class="c-main">{p.sentence}<span class="sub"><code>{raw}</code></span></Cell><Cell class="fit">{strong}</Cell><Cell class="fit">{usage}</Cell></tr> }
        })
        .collect_view();
    let columns = vec![
        Column::new("Permission"),
        Column::new("Weight").hidden(),
        Column::new("Use, 90 days"),
    ];
    let more = format!(
        "All {}",
        number(i64::try_from(view.permissions.len()).unwrap_or_default())
    );
    view! {
        <Block id="h-powers" title="What it may do" more href=paths::identity_tab(view.row.id, "permissions")>
            <DataTable caption="What it may do" columns kind=TableKind::Mini>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn origin(view: &IdentityView) -> AnyView {
    let words = |text: &String| Maybe::from(text).take();
    let asked = view.requested_by.as_ref().map(person);
    let approved = view.approved_by.as_ref().map(person);
    let since = view! { <When at=view.created_at now=view.now said=Said::Day/> };
    let facts = vec![
        Known::new("Kind", view.row.kind.label()),
        Known::new("Platform", view.row.platform.label()),
        Known::or("Ticket", words(&view.ticket), unknown()),
        Known::or("Justification", words(&view.justification), unknown()),
        Known::or("Asked for by", asked, unknown()),
        Known::or("Approved by", approved, unknown()),
        Known::new("In the roll since", since),
    ];
    view! { <Block id="h-origin" title="Where it comes from"><FactList facts/></Block> }.into_any()
}

fn unknown() -> impl IntoView {
    view! { <span class="faint">"unknown"</span> }
}

fn person(person: &PersonRef) -> AnyView {
    view! { <Person name=person.name.clone() href=paths::person(person.id)/> }.into_any()
}

fn names(view: &IdentityView) -> AnyView {
    if view.selectors.is_empty() {
        return view! {
            <Block id="h-names" title="Selectors" note="how events find it">
                <EmptyState title="Events cannot find it" text="It has no name of the outside world yet."/>
            </Block>
        }
        .into_any();
    }
    let rows = view
        .selectors
        .iter()
        .cloned()
        .map(|selector| {
            view! { <KeyValue label=selector.kind.label() wide=true><Identifier value=selector.value.clone() what=selector.kind.label().to_lowercase()/></KeyValue> }
        })
        .collect_view();
    view! { <Block id="h-names" title="Selectors" note="how events find it"><KeyValues>{rows}</KeyValues></Block> }.into_any()
}

fn links(view: &IdentityView) -> AnyView {
    if view.tags.is_empty() && view.links.is_empty() {
        return ().into_any();
    }
    let tags = view
        .tags
        .iter()
        .cloned()
        .map(|tag| view! { <Tag>{tag}</Tag>" " })
        .collect_view();
    let links = view
        .links
        .iter()
        .cloned()
        .map(|(label, to)| view! { <p><a href=to rel="external noreferrer">{label}</a></p> })
        .collect_view();
    let tags = (!view.tags.is_empty()).then(|| view! { <p>{tags}</p> });
    view! { <Block id="h-links" title="Tags and links">{tags}{links}</Block> }.into_any()
}

fn risk(view: &IdentityView) -> AnyView {
    let title = format!("Why risk {}", view.row.risk);
    if view.risk_reasons.is_empty() {
        return view! { <Block id="h-risk" title><p class="muted">"Nothing known raises it."</p></Block> }.into_any();
    }
    let rows = view
        .risk_reasons
        .iter()
        .cloned()
        .map(|reason| view! { <tr><Cell>{reason.reason}</Cell><Cell class="num">{format!("+{}", reason.points)}</Cell></tr> })
        .collect_view();
    let trend = risk_trend(view);
    view! {
        <Block id="h-risk" title>
            <DataTable caption="Reasons and points" columns=vec![Column::new("Reason"), Column::new("Points").numeric()] kind=TableKind::Mini>{rows}</DataTable>
            {trend}
        </Block>
    }
    .into_any()
}

/// How the score went, day by day, since it is kept.
fn risk_trend(view: &IdentityView) -> AnyView {
    let (Some((_, first)), Some((_, last))) = (view.risk_days.first(), view.risk_days.last())
    else {
        return ().into_any();
    };
    if view.risk_days.len() < 2 {
        return view! { <p class="small muted after">"The course of the score is kept from today on."</p> }.into_any();
    }
    let today = view.now.date_naive();
    let days = view
        .risk_days
        .iter()
        .map(|(date, _)| day(*date, today))
        .collect();
    let values = view
        .risk_days
        .iter()
        .map(|(_, risk)| i64::from(*risk))
        .collect();
    let title = format!(
        "Risk of each day, last {}",
        count(
            i64::try_from(view.risk_days.len()).unwrap_or_default(),
            "day"
        )
    );
    let description = format!("It went from {first} to {last}.");
    let series = vec![Series::new("Risk", Fill::First, values)];
    view! {
        <p class="small muted after">{description.clone()}</p>
        <DayStack id="risk-days" title description days series/>
    }
    .into_any()
}
