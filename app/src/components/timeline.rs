//! Timeline: what happened, latest first.

use leptos::prelude::*;

/// Draws a timeline.
#[component]
pub fn Timeline(
    /// [`TimelineEntry`]s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline">{children()}</ol> }.into_any()
}

/// Draws one entry.
#[component]
pub fn TimelineEntry(
    /// Whether it is the one that holds now.
    #[prop(optional)]
    current: bool,
    /// When, and by which ticket or review.
    when: AnyView,
    /// What happened.
    children: Children,
) -> impl IntoView {
    view! {
        <li class=current.then_some("on")>
            {children()}
            <div class="when">{when}</div>
        </li>
    }
    .into_any()
}
