//! What is known of a thing, as labelled values; what is not known says so in its place.

use leptos::prelude::*;

use super::{KeyValue, KeyValues};

/// One fact of a [`FactList`].
pub struct Known {
    label: &'static str,
    value: AnyView,
}

impl Known {
    /// A fact whose value is there.
    pub fn new(label: &'static str, value: impl IntoView) -> Self {
        Self {
            label,
            value: value.into_any(),
        }
    }

    /// A fact whose value may be missing, and what stands there then.
    pub fn or(label: &'static str, value: Option<impl IntoView>, absent: impl IntoView) -> Self {
        match value {
            Some(value) => Self::new(label, value),
            None => Self::new(label, absent),
        }
    }
}

/// Draws facts in their order.
#[component]
pub fn FactList(
    /// The facts.
    facts: Vec<Known>,
) -> impl IntoView {
    let rows = facts
        .into_iter()
        .map(|Known { label, value }| view! { <KeyValue label>{value}</KeyValue> })
        .collect_view();
    view! { <KeyValues>{rows}</KeyValues> }.into_any()
}
