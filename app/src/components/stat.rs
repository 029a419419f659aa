//! Stat tile: one number that leads to rows, its course, one line of context.

use leptos::prelude::*;

use super::chart::{Spark, Sparkline};
use super::{Glyph, Icon, Maybe};

/// Draws the row of tiles.
#[component]
pub fn Stats(
    /// [`StatTile`]s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="ledger stats">{children()}</ul> }.into_any()
}

/// Draws one tile; a figure that is not known is said to be unknown, never 0.
#[component]
pub fn StatTile(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The rows behind it.
    #[prop(into)]
    href: String,
    /// The figure, written out; absent when unknown.
    #[prop(into)]
    figure: Maybe,
    /// The unit: `%`.
    #[prop(optional, into)]
    unit: Maybe,
    /// Its course.
    #[prop(optional_no_strip)]
    spark: Option<Spark>,
    /// One line of context; where the figure is unknown, what would make it known.
    children: Children,
) -> impl IntoView {
    let figure = match figure.take() {
        Some(figure) => {
            let unit = unit.take().map(|unit| view! { <small>" "{unit}</small> });
            view! { {figure}{unit} }.into_any()
        }
        None => {
            view! { <span class="status"><Glyph icon=Icon::Unknown/>"Unknown"</span> }.into_any()
        }
    };
    let spark = match spark {
        Some(spark) => view! { <Sparkline spark/> }.into_any(),
        None => view! { <span></span> }.into_any(),
    };
    view! {
        <li>
            <a class="stat" href=href>
                <span class="stat-label">{label}</span>
                <span class="stat-figure">{figure}</span>
                {spark}
                <span class="stat-note">{children()}</span>
            </a>
        </li>
    }
    .into_any()
}
