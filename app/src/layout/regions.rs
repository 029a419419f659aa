//! Regions of a page, divided by hairlines: a box means that something floats or can be picked.

use leptos::prelude::*;

use crate::components::Maybe;

/// Draws the heading line of a region: title, note, and where there is more.
#[component]
pub fn Head(
    /// The heading's id, for `aria-labelledby`.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Unit and window, small.
    #[prop(optional, into)]
    note: Maybe,
    /// The link's words.
    #[prop(optional, into)]
    more: Maybe,
    /// Where the link leads.
    #[prop(optional, into)]
    href: Maybe,
) -> impl IntoView {
    let note = note
        .take()
        .map(|note| view! { <span class="note">{note}</span> });
    let more = more
        .take()
        .map(|more| view! { <a class="more" href=href.take()>{more}</a> });
    view! { <div class="head"><h2 id=id>{title}</h2>{note}{more}</div> }.into_any()
}

/// Draws a grid of regions; `class` picks the page's columns (`ov`, `cp`).
#[component]
pub fn Ledger(
    /// The page's grid.
    #[prop(optional, into)]
    class: Maybe,
    /// The sections.
    children: Children,
) -> impl IntoView {
    let class = format!("ledger {}", class.get().unwrap_or_default());
    view! { <div class=class>{children()}</div> }.into_any()
}

/// Draws one region of a [`Ledger`], labelled by its heading.
#[component]
pub fn Section(
    /// The heading's id.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Unit and window, small.
    #[prop(optional, into)]
    note: Maybe,
    /// The link's words.
    #[prop(optional, into)]
    more: Maybe,
    /// Where the link leads.
    #[prop(optional, into)]
    href: Maybe,
    /// The region's place in the page's grid, such as `ov-trend`.
    #[prop(optional, into)]
    class: Maybe,
    /// The content.
    children: Children,
) -> impl IntoView {
    let labelled_by = id.clone();
    view! {
        <section class=class.take() aria-labelledby=labelled_by>
            <Head id title note more href/>
            {children()}
        </section>
    }
    .into_any()
}

/// Draws a page's body with a side column that moves below it on narrow screens.
#[component]
pub fn Split(
    /// What the side column is, for assistive technology.
    #[prop(into)]
    label: String,
    /// The side column: [`Block`]s.
    side: AnyView,
    /// The body: [`Block`]s.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="split">
            <div>{children()}</div>
            <section class="side" aria-label=label>{side}</section>
        </div>
    }
    .into_any()
}

/// Draws one region of a [`Split`].
#[component]
pub fn Block(
    /// The heading's id.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Unit and window, small.
    #[prop(optional, into)]
    note: Maybe,
    /// The link's words.
    #[prop(optional, into)]
    more: Maybe,
    /// Where the link leads.
    #[prop(optional, into)]
    href: Maybe,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <Section id title note more href class="block">{children()}</Section> }.into_any()
}
