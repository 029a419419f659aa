//! How a list is shown: which columns, how dense. Both live in the address.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// One column a person may show or hide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChoice {
    /// The parameter's value.
    pub value: String,
    /// Its name.
    pub label: String,
    /// Whether it is shown.
    pub shown: bool,
}

/// Draws the column chooser: a menu with a form, usable without a script.
#[component]
pub fn ColumnChooser(
    /// The list's own path.
    #[prop(into)]
    action: String,
    /// The columns that may be hidden; each shown one is sent as `column`.
    columns: Vec<ColumnChoice>,
    /// Parameters that stay as they are.
    #[prop(optional)]
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let keep = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let columns = columns
        .into_iter()
        .map(|column| {
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        name="column"
                        value=column.value
                        checked=column.shown
                        prop:checked=column.shown
                    />
                    {column.label}
                </label>
            }
        })
        .collect_view();
    view! {
        <details class="menu wide-only">
            <summary class="btn quiet sm"><Glyph icon=Icon::Columns/>"Columns"</summary>
            <form class="menu-panel" method="get" action=action data-live="">
                {keep}
                {columns}
                <button class="btn sm no-js" type="submit">"Show these"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Draws the link between one line and two lines a row.
#[component]
pub fn DensityLink(
    /// Whether rows have one line now.
    compact: bool,
    /// The same list the other way.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    let words = if compact { "Comfortable" } else { "Compact" };
    view! {
        <a class="btn quiet sm wide-only" href=href data-noscroll=""><Glyph icon=Icon::Density/>{words}</a>
    }
    .into_any()
}
