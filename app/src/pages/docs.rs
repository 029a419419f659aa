//! Documentation that the server itself gives: the reference of the JSON API, and how a SIEM is connected.

pub mod guides;

use contract::reference::{Area, FieldView, Reference, RouteView};
use leptos::prelude::*;

use crate::api::docs::load_reference;
use crate::components::{
    ButtonLink, Cell, CodeView, Column, DataTable, RowHead, Step, Steps, TableKind, Tag,
};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the reference.
#[component]
pub fn ReferencePage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_reference());
    loaded(data, move |viewer, reference: Reference| {
        let areas = reference.areas.iter().map(area).collect_view();
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="JSON API"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
            >
                <DetailHead title="JSON API" lead="Every route of version 1, as the code says."/>
                {begin(&reference.url)}
                {areas}
            </Frame>
        }
        .into_any()
    })
}

fn begin(url: &str) -> AnyView {
    let begin = guides::begin(url);
    let (id, code, note) = (begin.id, begin.code, begin.note);
    view! {
        <Block id="begin" title="To begin with">
            <p>"Lists answer a bare array; the next page is in "<code>"Link"</code>" and "<code>"X-Next-Cursor"</code>". Errors are problem+json and name the field. "<code>"If-Match"</code>" with the "<code>"ETag"</code>" you read refuses a change of what has changed since; "<code>"Idempotency-Key"</code>" does a POST once."</p>
            <CodeView id code note/>
            <p class="btn-row after"><ButtonLink href=paths::tokens()>"Make a token"</ButtonLink><ButtonLink href=paths::connect()>"Connect a SIEM"</ButtonLink></p>
        </Block>
    }
    .into_any()
}

fn area(area: &Area) -> AnyView {
    let routes = area.routes.iter().map(route).collect_view();
    let (id, title) = (format!("a-{}", area.name), area.name.clone());
    view! { <Block id title>{routes}</Block> }.into_any()
}

fn route(route: &RouteView) -> AnyView {
    let scope = (!route.scope.is_empty()).then(|| {
        let scope = route.scope.clone();
        view! { <Tag>{scope}</Tag> }
    });
    let statuses: Vec<FieldView> = route
        .statuses
        .iter()
        .map(|(status, when)| FieldView {
            name: status.clone(),
            kind: String::new(),
            about: when.clone(),
        })
        .collect();
    let tables = [
        ("Parameters", route.parameters.as_slice()),
        ("Body", route.body.as_slice()),
        ("Answer", route.answer.as_slice()),
        ("Statuses", statuses.as_slice()),
    ]
    .into_iter()
    .map(|(name, fields)| table(route, name, fields))
    .collect_view();
    let (call, about) = (
        format!("{} {}", route.method, route.path),
        route.about.clone(),
    );
    view! {
        <details class="reject">
            <summary><code>{call}</code>" "{scope}<small class="sub">{about}</small></summary>
            {tables}
        </details>
    }
    .into_any()
}

fn table(route: &RouteView, name: &'static str, fields: &[FieldView]) -> Option<AnyView> {
    if fields.is_empty() {
        return None;
    }
    let rows = fields
        .iter()
        .map(|field| {
            let (name, kind, about) = (field.name.clone(), field.kind.clone(), field.about.clone());
            view! {
                <tr>
                    <RowHead class="c-main"><code>{name}</code></RowHead>
                    <Cell label="Type">{kind}</Cell>
                    <Cell label="What it is" class="full">{about}</Cell>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new(name),
        Column::new("Type"),
        Column::new("What it is"),
    ];
    let caption = format!("{name} of {} {}", route.method, route.path);
    Some(view! { <DataTable caption columns kind=TableKind::Mini>{rows}</DataTable> }.into_any())
}

/// Draws how a SIEM is connected.
#[component]
pub fn ConnectPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_reference());
    loaded(data, move |viewer, reference: Reference| {
        let guides = guides::guides(&reference.url)
            .into_iter()
            .map(guide)
            .collect_view();
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Connect a SIEM"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
            >
                <DetailHead title="Connect a SIEM" lead="With the connector it has already. Every row once and in order; deduplicate on the id where rows are pushed."/>
                {guides}
            </Frame>
        }
        .into_any()
    })
}

fn guide(guide: guides::Guide) -> AnyView {
    let steps = guide
        .samples
        .into_iter()
        .map(|sample| {
            view! {
                <Step title=sample.title text="">
                    <div class="after"><CodeView id=sample.id code=sample.code note=sample.note/></div>
                </Step>
            }
        })
        .collect_view();
    let (about, tried) = (guide.about, guide.tried);
    view! {
        <Block id=guide.id title=guide.title>
            <p>{about}</p>
            <p class="muted small">{tried}</p>
            <Steps>{steps}</Steps>
        </Block>
    }
    .into_any()
}
