//! Results beside their facets: count, chips, exports, and the bar of what is selected.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};
use crate::format::number;

/// A filter that is on, and the same list without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The facet: `Environment`.
    pub label: String,
    /// The chosen values: `production`.
    pub value: String,
    /// The list without it.
    pub remove: String,
}

/// Draws facets, results and drawer side by side.
#[component]
pub fn Browse(
    /// Whether a [`super::Drawer`] is the last child.
    #[prop(optional)]
    with_drawer: bool,
    /// [`super::FacetBar`], [`Results`], maybe a drawer.
    children: Children,
) -> impl IntoView {
    let class = if with_drawer {
        "browse with-drawer"
    } else {
        "browse"
    };
    view! { <div class=class>{children()}</div> }.into_any()
}

/// Draws the results region.
#[component]
pub fn Results(
    /// What the rows are, for assistive technology.
    #[prop(into)]
    label: String,
    /// [`Toolbar`], table or empty state, pager, [`Bulk`].
    children: Children,
) -> impl IntoView {
    view! { <section class="results" aria-label=label>{children()}</section> }.into_any()
}

/// Draws how many there are: `61 of 152 identities`.
#[component]
pub fn Count(
    /// How many match.
    shown: i64,
    /// How many there are; left out when nothing is filtered or unknown.
    #[prop(optional_no_strip)]
    of: Option<i64>,
    /// The noun: `identities`.
    #[prop(into)]
    noun: String,
) -> impl IntoView {
    let rest = match of {
        Some(all) if all != shown => format!(" of {} {noun}", number(all)),
        _ => format!(" {noun}"),
    };
    view! { <p class="count"><b>{number(shown)}</b>{rest}</p> }.into_any()
}

/// Draws the line above a table: count, chips, actions.
#[component]
pub fn Toolbar(
    /// [`Count`].
    count: AnyView,
    /// The filters that are on.
    #[prop(optional)]
    chips: Vec<Chip>,
    /// The list without any filter.
    #[prop(optional, into)]
    clear: Maybe,
    /// Columns, density, exports.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let has_chips = !chips.is_empty();
    let chips = chips.into_iter().map(chip).collect_view();
    let clear = clear
        .take()
        .map(|href| view! { <li><a class="btn quiet sm" href=href>"Clear"</a></li> });
    view! {
        <div class="toolbar">
            {count}
            {has_chips.then(|| view! { <ul class="chips" aria-label="Filters in use">{chips}{clear}</ul> })}
            {children.map(|children| view! { <div class="end">{children()}</div> })}
        </div>
    }
    .into_any()
}

fn chip(chip: Chip) -> AnyView {
    let remove = format!("Remove filter {} {}", chip.label.to_lowercase(), chip.value);
    view! {
        <li class="chip">
            <span>{chip.label}":\u{a0}"</span>
            {chip.value}
            <a href=chip.remove aria-label=remove><Glyph icon=Icon::Cross/></a>
        </li>
    }
    .into_any()
}

/// Draws the bar for what is selected; it is part of a form with an id the checkboxes name.
///
/// With a script it appears once something is ticked and counts; without one it is always there.
#[component]
pub fn Bulk(
    /// Buttons that act on the selection.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk" role="region" aria-label="Selection" data-bulk="">
            <b class="js-only" data-selected="">"0 selected"</b>
            <b class="no-js">"With the ticked rows"</b>
            {children()}
        </div>
    }
    .into_any()
}

/// Draws the export links: exactly what is shown.
#[component]
pub fn Export(
    /// The CSV of this list.
    #[prop(optional, into)]
    csv: Maybe,
    /// The JSON of this list.
    #[prop(optional, into)]
    json: Maybe,
    /// The same, one JSON object a line.
    #[prop(optional, into)]
    ndjson: Maybe,
) -> impl IntoView {
    let csv = csv.take().map(|href| {
        view! { <a class="btn quiet sm" href=href rel="external" download=""><Glyph icon=Icon::Download/>"CSV"</a> }
    });
    let json = json.take().map(|href| {
        view! { <a class="btn quiet sm" href=href rel="external" download=""><Glyph icon=Icon::Download/>"JSON"</a> }
    });
    let ndjson = ndjson.take().map(|href| {
        view! { <a class="btn quiet sm" href=href rel="external" download=""><Glyph icon=Icon::Download/>"NDJSON"</a> }
    });
    view! { {csv}{json}{ndjson} }.into_any()
}
