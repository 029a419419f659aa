//! Search over everything with a name: where the box in the top bar leads.

use contract::overview::SearchHit;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::search::find_anything;
use crate::components::{Cell, Column, DataTable, EmptyState, RowHead, TableKind};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Hits of each kind that a search gives at most.
const MOST: usize = 20;

/// Draws the hits, grouped by what they are.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let words = move || query.with(|params| text(params, "q"));
    let data = Resource::new(words, find_anything);
    loaded(data, move |viewer, hits| {
        let words = query.with_untracked(|params| text(params, "q"));
        view! {
            <Frame viewer=frame_viewer(&viewer) title=format!("Search: {words}") section=RailItem::Nowhere>
                {results(&words, &hits)}
            </Frame>
        }
        .into_any()
    })
}

fn results(words: &str, hits: &[SearchHit]) -> AnyView {
    if hits.is_empty() {
        let text = if words.trim().chars().count() < 2 {
            "Type at least two characters."
        } else {
            "Names, purposes and subjects were searched. Try a part of the name."
        };
        return view! { <EmptyState title=format!("Nothing is called “{words}”") text=text><a class="btn" href=paths::identities()>"See all identities"</a></EmptyState> }.into_any();
    }
    [
        ("identity", "Identities"),
        ("campaign", "Campaigns"),
        ("team", "Teams"),
        ("person", "People"),
    ]
    .into_iter()
    .map(|(kind, title)| group(kind, title, hits))
    .collect_view()
    .into_any()
}

fn group(kind: &'static str, title: &'static str, hits: &[SearchHit]) -> Option<AnyView> {
    let rows: Vec<_> = hits
        .iter()
        .filter(|hit| hit.kind == kind)
        .cloned()
        .collect();
    (!rows.is_empty()).then(|| {
        let note = if rows.len() < MOST {
            format!("{} found", rows.len())
        } else {
            format!("the first {MOST}; more of the name narrows it")
        };
        view! {
            <Block id=kind title=title note=note>
                <DataTable caption=title columns=vec![Column::new("Name"), Column::new("What it is").class("c-wide")] kind=TableKind::MiniCards>
                    {rows.into_iter().map(row).collect_view()}
                </DataTable>
            </Block>
        }
        .into_any()
    })
}

fn row(hit: SearchHit) -> AnyView {
    let href = paths::hit(&hit);
    view! { <tr><RowHead class="c-main"><a class="ident-name" href=href>{hit.name}</a></RowHead><Cell label="What it is" class="full">{hit.detail}</Cell></tr> }.into_any()
}
