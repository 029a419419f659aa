//! The top bar: what this page is, search, theme, one primary action.

use leptos::prelude::*;

use crate::components::{Glyph, Icon};
use crate::paths;

/// The page above this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// Names the page above.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// Draws the top bar.
#[component]
pub fn Topbar(
    /// What the page is about.
    #[prop(into)]
    title: String,
    /// The page above; without one the title is the page's `<h1>`.
    crumb: Option<Crumb>,
    /// The primary action.
    action: Option<AnyView>,
) -> impl IntoView {
    let heading = match crumb {
        Some(crumb) => view! {
            <nav aria-label="Path"><a class="crumb" href=crumb.href>{crumb.label}</a></nav>
            <span class="here">{title}</span>
        }
        .into_any(),
        None => view! { <h1>{title}</h1> }.into_any(),
    };
    view! {
        <header class="topbar">
            <a class="icon-btn narrow-only" href="#rail" rel="external" aria-label="Open menu">
                <Glyph icon=Icon::Menu/>
            </a>
            <div class="topbar-title">{heading}</div>
            <SearchBox/>
            <a class="icon-btn narrow-only" href="#search" rel="external" aria-label="Search">
                <Glyph icon=Icon::Search/>
            </a>
            <ThemeSwitch/>
            {action}
        </header>
    }
    .into_any()
}

/// Draws the search: a plain form, so that it works before and without hydration.
#[component]
fn SearchBox() -> impl IntoView {
    view! {
        <form class="search" id="search" role="search" method="get" action=paths::search()>
            <label class="vh" for="q">"Search identities, campaigns, pages"</label>
            <input id="q" name="q" type="search" placeholder="Search" autocomplete="off" aria-keyshortcuts="/"/>
            <button type="submit" aria-label="Search"><Glyph icon=Icon::Search/></button>
            <span class="keys" aria-hidden="true"><kbd>"/"</kbd><kbd>"Ctrl K"</kbd></span>
        </form>
    }
    .into_any()
}

/// Draws the theme switch; which of its words is read follows the theme, by style alone.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        <button class="icon-btn js-only" type="button" data-theme-toggle="" title="Switch theme">
            <Glyph icon=Icon::Theme/>
            <span class="vh">
                "Theme: "
                <span class="theme-auto">"follows the system"</span>
                <span class="theme-light">"light"</span>
                <span class="theme-dark">"dark"</span>
            </span>
        </button>
    }
    .into_any()
}
