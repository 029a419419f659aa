//! What a detail page is about: name, badges, one plain sentence, facts.

use leptos::prelude::*;

use crate::components::{Glyph, Icon, Maybe};

/// Draws the head of a detail page.
#[component]
pub fn DetailHead(
    /// The name; the page's `<h1>`.
    #[prop(into)]
    title: String,
    /// The rest of the name, quieter: `· deploy · production`.
    #[prop(optional, into)]
    detail: Maybe,
    /// The kind's icon.
    #[prop(optional)]
    icon: Option<Icon>,
    /// State and other badges.
    #[prop(optional)]
    badges: Option<AnyView>,
    /// One plain sentence.
    #[prop(optional, into)]
    lead: Maybe,
    /// [`Facts`], and whatever must be said before the tabs.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = icon.map(|icon| view! { <Glyph icon/> });
    let detail = detail
        .take()
        .map(|detail| view! { " "<span>{detail}</span> });
    let lead = lead.take().map(|lead| view! { <p class="lead">{lead}</p> });
    view! {
        <header class="detail-head">
            <div class="title-row">{icon}<h1>{title}{detail}</h1>{badges}</div>
            {lead}
            {children.map(|children| children())}
        </header>
    }
    .into_any()
}

/// Draws the row of facts under a name.
#[component]
pub fn Facts(
    /// [`Fact`]s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }.into_any()
}

/// Draws one fact: its label above, its value below.
#[component]
pub fn Fact(
    /// The label.
    #[prop(into)]
    label: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! { <div><dt>{label}</dt><dd>{children()}</dd></div> }.into_any()
}
