//! Progress that is known: done of all.

use leptos::prelude::*;

use crate::format::number;

/// Draws a progress bar.
#[component]
pub fn Progress(
    /// What progresses: `Items decided`.
    #[prop(into)]
    label: String,
    /// How much is done.
    value: i64,
    /// How much there is.
    max: i64,
) -> impl IntoView {
    let words = format!("{} of {}", number(value), number(max));
    view! {
        <progress max=max.max(1).to_string() value=value.to_string() aria-label=label>{words}</progress>
    }
    .into_any()
}
