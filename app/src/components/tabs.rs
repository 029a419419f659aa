//! Choices that are links, so that the choice lives in the address: tabs, segments, saved views.

use leptos::prelude::*;

use super::Maybe;

/// One link of a set, one of which is current.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkItem {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// How many rows stand behind it.
    pub count: Option<String>,
    /// Whether it is the one shown.
    pub current: bool,
}

impl LinkItem {
    /// Names a link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
            ..Self::default()
        }
    }

    /// Adds how many rows stand behind it.
    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = Some(crate::format::number(count));
        self
    }

    /// Marks it as the one shown, or not.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

fn links(items: Vec<LinkItem>, current: &'static str) -> AnyView {
    items
        .into_iter()
        .map(|item| {
            let count = item.count.map(|count| view! { " "<small>{count}</small> });
            view! { <a href=item.href aria-current=item.current.then_some(current)>{item.label}{count}</a> }
        })
        .collect_view()
        .into_any()
}

/// Draws the tabs of a detail page.
#[component]
pub fn Tabs(
    /// What is tabbed, for assistive technology.
    #[prop(into)]
    label: String,
    /// The tabs.
    items: Vec<LinkItem>,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{links(items, "page")}</nav> }.into_any()
}

/// Draws saved views above a table.
#[component]
pub fn SavedViews(
    /// The views.
    items: Vec<LinkItem>,
) -> impl IntoView {
    view! { <nav class="views" aria-label="Saved views">{links(items, "page")}</nav> }.into_any()
}

/// Draws a segmented choice.
#[component]
pub fn Segmented(
    /// The segments.
    items: Vec<LinkItem>,
    /// What is chosen, for assistive technology.
    #[prop(optional, into)]
    label: Maybe,
) -> impl IntoView {
    let label = label.take();
    let role = label.is_some().then_some("group");
    view! { <span class="seg" role=role aria-label=label>{links(items, "true")}</span> }.into_any()
}
