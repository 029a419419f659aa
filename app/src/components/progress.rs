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

/// Draws a progress bar that follows the server's events with a script, and shows how it stands without one.
///
/// The stream sends `progress` with `{"value","max","words"}`, and `done` when the page has something else to show.
#[component]
pub fn LiveProgress(
    /// What progresses: `Rows read`.
    #[prop(into)]
    label: String,
    /// How much is done.
    value: i64,
    /// How much there is; absent where nobody knows yet.
    max: Option<i64>,
    /// Where the events come from.
    #[prop(into)]
    stream: String,
    /// How it stands, in words.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let value = max.map(|max| value.clamp(0, max.max(1)).to_string());
    let max = max.map(|max| max.max(1).to_string());
    let said = words.clone();
    view! {
        <progress class="live" max=max value=value aria-label=label data-progress=stream>{words}</progress>
        <p class="small" data-progress-words="" role="status">{said}</p>
    }
    .into_any()
}
