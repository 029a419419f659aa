//! Every source with its coverage.

use chrono::{DateTime, Utc};
use contract::sources::{SourceList, SourceRow};
use leptos::prelude::*;

use crate::api::sources::list_sources;
use crate::components::chart::{HeatStrip, StripDay};
use crate::components::{
    ButtonKind, ButtonLink, Cell, Column, DataTable, EmptyState, Icon, MaybeWhen, RowHead, Status,
    TableKind, Tone, Unknown,
};
use crate::format;
use crate::layout::{Block, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the list of sources.
#[component]
pub fn SourcesPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_sources());
    loaded(data, move |viewer, list| {
        let action = list.may_manage.then(|| {
            view! { <ButtonLink href=paths::new_source() kind=ButtonKind::Primary icon=Icon::Plus>"Add a source"</ButtonLink> }.into_any()
        });
        let page = body(&list);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Sources" section=RailItem::Sources action=action.unwrap_or_else(|| ().into_any())>
                {page}
            </Frame>
        }
        .into_any()
    })
}

fn body(list: &SourceList) -> AnyView {
    if list.rows.is_empty() {
        let add = list.may_manage.then(|| view! { <ButtonLink href=paths::new_source() kind=ButtonKind::Primary>"Add a source"</ButtonLink> });
        return view! {
            <EmptyState title="Nothing is heard yet" text="Every pipeline and service account that shows up in a source becomes a discovered identity, with the events that prove it. Nothing has to be typed in first.">
                {add}
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Source"),
        Column::new("Coverage, last 30 days").class("c-strip"),
        Column::new("State"),
        Column::new("Last delivery").gives_way(3),
        Column::new("Events").numeric().gives_way(3),
        Column::new("Duplicates").numeric().gives_way(5),
        Column::new("Rejects").numeric().gives_way(4),
    ];
    let now = list.now;
    let rows = list
        .rows
        .iter()
        .map(|source| row(source, now))
        .collect_view();
    let note = format!(
        "{}; silence is hatched",
        format::count(i64::try_from(list.rows.len()).unwrap_or_default(), "source")
    );
    view! {
        <Split label="Good to know" side=side()>
            <Block id="sources" title="Where events come from" note>
                <DataTable caption="Sources by name" columns kind=TableKind::MiniCards>{rows}</DataTable>
            </Block>
        </Split>
    }
    .into_any()
}

fn side() -> AnyView {
    view! {
        <Block id="kept" title="What is kept">
            <p class="muted">"Events as they were received, with secrets removed, and references to credentials. Never a credential itself. For good, unless the configuration or a source says for how many months."</p>
        </Block>
        <Block id="silence" title="What silence means">
            <p class="muted">"Where a source was silent, nobody can say that something was unused. Campaigns print each gap in their evidence."</p>
        </Block>
    }
    .into_any()
}

fn row(source: &SourceRow, now: DateTime<Utc>) -> AnyView {
    let format = source.format.map_or(
        "Told from the content",
        contract::events::EventFormat::label,
    );
    let usual = source
        .usual
        .map(|usual| format!("{} on a usual day", format::number(usual)));
    let silent =
        (!source.gaps.is_empty()).then(|| format!("silent {}", super::detail::silent(source)));
    let (strip, state, href, source) = (
        strip(source),
        state(source, now),
        paths::source(&source.slug),
        source.clone(),
    );
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=href>{source.name}</a><small class="sub">{format}</small></RowHead>
            <Cell class="c-strip" label="Coverage">{strip}<small class="sub">{silent}</small></Cell>
            <Cell class="fit" label="State">{state}</Cell>
            <Cell class="fit c-3" label="Last delivery"><MaybeWhen at=source.last_received_at now absent="never"/></Cell>
            <Cell class="num c-3" label="Events">{format::number(source.accepted)}<small class="sub">{usual}</small></Cell>
            <Cell class="num c-5" label="Duplicates">{format::number(source.duplicates)}</Cell>
            <Cell class="num c-4" label="Rejects">{format::number(source.rejected)}</Cell>
        </tr>
    }
    .into_any()
}

/// Draws what a source said in 30 days.
pub(super) fn strip(source: &SourceRow) -> AnyView {
    let days = StripDay::of_counts(&source.days);
    let silent = days.iter().filter(|day| **day == StripDay::Silent).count();
    let label = if source.last_received_at.is_none() {
        format!("{}: nothing was ever received", source.name)
    } else if silent == 0 {
        format!("{}: no gap in the last 30 days", source.name)
    } else {
        format!(
            "{}: silent on {} of the last 30",
            source.name,
            format::count(i64::try_from(silent).unwrap_or_default(), "day")
        )
    };
    view! { <HeatStrip label days/> }.into_any()
}

/// Whether the source speaks, by its last delivery.
pub(super) fn state(source: &SourceRow, now: DateTime<Utc>) -> AnyView {
    let Some(last) = source.last_received_at else {
        return view! { <Unknown word="Never heard" hint="No delivery was received yet"/> }
            .into_any();
    };
    let hours = (now - last).num_hours();
    if hours < 24 {
        view! { <Status tone=Tone::Ok icon=Icon::Ok>"Speaking"</Status> }.into_any()
    } else {
        let word = format!("Silent for {}", format::span(hours * 3600));
        view! { <Status tone=Tone::Warn icon=Icon::High>{word}</Status> }.into_any()
    }
}
