//! The door: the page of somebody who is not signed in.

use leptos::prelude::*;
use leptos_meta::Title;

use super::rail::Brand;
use crate::components::Maybe;

/// Draws a sheet in the middle of an empty page: sign-in, sign-out, refusal.
#[component]
pub fn Door(
    /// The heading; also the document title.
    #[prop(into)]
    title: String,
    /// The organisation, when it is known before sign-in.
    #[prop(optional, into)]
    org: Maybe,
    /// Small facts under the sheet.
    #[prop(optional)]
    foot: Option<AnyView>,
    /// The sheet's content.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Rollcall")/>
        <div class="door">
            <main id="main">
                <div class="sheet">
                    <Brand org=org.take().unwrap_or_default() href="/"/>
                    <h1>{title}</h1>
                    {children()}
                </div>
            </main>
            <footer>{foot}</footer>
        </div>
    }
    .into_any()
}
