//! Key-value list.

use leptos::prelude::*;

/// Draws a list of labelled values.
#[component]
pub fn KeyValues(
    /// [`KeyValue`]s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="kv">{children()}</dl> }.into_any()
}

/// Draws one labelled value.
#[component]
pub fn KeyValue(
    /// The label.
    #[prop(into)]
    label: String,
    /// Whether the value needs the whole width, under its label.
    #[prop(optional)]
    wide: bool,
    /// The value.
    children: Children,
) -> impl IntoView {
    let class = wide.then_some("wide");
    view! {
        <dt class=class>{label}</dt>
        <dd class=class>{children()}</dd>
    }
    .into_any()
}
