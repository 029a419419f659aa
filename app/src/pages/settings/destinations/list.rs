//! Every destination with its lag.

use chrono::{DateTime, Utc};
use contract::destinations::{DestinationList, DestinationRow};
use leptos::prelude::*;

use super::{lag, rate, state};
use crate::api::destinations::list_destinations;
use crate::components::{
    ButtonKind, ButtonLink, Cell, Column, DataTable, EmptyState, Icon, MaybeWhen, RowHead,
    TableKind,
};
use crate::format;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the list.
#[component]
pub fn DestinationsPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_destinations());
    loaded(data, move |viewer, list| {
        let action = list.may_manage.then(|| {
            view! { <ButtonLink href=paths::new_destination() kind=ButtonKind::Primary icon=Icon::Plus>"Add a destination"</ButtonLink> }.into_any()
        });
        let page = body(&list);
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Destinations"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
                action=action.unwrap_or_else(|| ().into_any())
            >
                <DetailHead title="Destinations" lead="Where events, changes of findings and the record are sent: in order, at least once, from a place of each one’s own."/>
                {page}
            </Frame>
        }
        .into_any()
    })
}

fn body(list: &DestinationList) -> AnyView {
    if list.rows.is_empty() {
        let add = list.may_manage.then(|| view! { <ButtonLink href=paths::new_destination() kind=ButtonKind::Primary>"Add a destination"</ButtonLink> });
        return view! {
            <EmptyState title="Nothing is pushed" text="A SIEM can pull the feeds with a token. Where it cannot, Rollcall sends: to Splunk, Elasticsearch, a webhook, syslog or files.">
                {add}
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Destination"),
        Column::new("State"),
        Column::new("Lag"),
        Column::new("Sent").numeric().gives_way(3),
        Column::new("Last taken").gives_way(2),
        Column::new("Set aside").numeric(),
    ];
    let now = list.now;
    let rows = list.rows.iter().map(|row| draw(row, now)).collect_view();
    view! {
        <Block id="destinations" title="Where rows of the feeds are sent" note="in order, at least once">
            <DataTable caption="Destinations by name" columns kind=TableKind::List>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn draw(row: &DestinationRow, now: DateTime<Utc>) -> AnyView {
    let what = format!(
        "{}, {} in {}",
        row.kind.label(),
        row.stream,
        row.format.label()
    );
    let (href, name, at) = (paths::destination(row.id), row.name.clone(), row.sent_at);
    let (stands, behind, speed) = (state(row), lag(row), rate(row));
    let (sent, dead) = (format::number(row.sent), format::number(row.dead));
    let trouble = (!row.trouble.is_empty()).then(|| row.trouble.clone());
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=href>{name}</a><small class="sub">{what}</small></RowHead>
            <Cell class="fit" label="State">{stands}<small class="sub">{trouble}</small></Cell>
            <Cell class="fit" label="Lag">{behind}<small class="sub">{speed}</small></Cell>
            <Cell class="num c-3" label="Sent">{sent}</Cell>
            <Cell class="fit c-2" label="Last taken"><MaybeWhen at now absent="never"/></Cell>
            <Cell class="num" label="Set aside">{dead}</Cell>
        </tr>
    }
    .into_any()
}
