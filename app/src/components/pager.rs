//! Keyset pager: there are no page numbers, only where one is and what comes next.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};

/// Draws the pager under a table.
#[component]
pub fn Pager(
    /// What is shown: `1 to 13 of 61`.
    #[prop(into)]
    text: String,
    /// The first page, when this is another.
    #[prop(optional, into)]
    first: Maybe,
    /// The next page, when there is one.
    #[prop(optional, into)]
    next: Maybe,
    /// The words of the way back: `First page`, `Newest`.
    #[prop(default = "First page")]
    first_label: &'static str,
    /// The words of the way on: `Next`, `Older`.
    #[prop(default = "Next")]
    next_label: &'static str,
) -> impl IntoView {
    let first = match first.take() {
        Some(href) => view! { <a class="btn sm" href=href><Glyph icon=Icon::ChevronLeft/>{first_label}</a> }.into_any(),
        None => view! { <span class="btn sm" aria-disabled="true"><Glyph icon=Icon::ChevronLeft/>{first_label}</span> }
            .into_any(),
    };
    let next = match next.take() {
        Some(href) => {
            view! { <a class="btn sm" href=href rel="next">{next_label}<Glyph icon=Icon::ChevronRight/></a> }.into_any()
        }
        None => view! { <span class="btn sm" aria-disabled="true">{next_label}<Glyph icon=Icon::ChevronRight/></span> }
            .into_any(),
    };
    view! { <nav class="pager" aria-label="Pages"><span>{text}</span>{first}{next}</nav> }
        .into_any()
}
