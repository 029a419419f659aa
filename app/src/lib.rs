//! The user interface, compiled twice: `ssr` to native, `hydrate` to the browser.

pub mod components;
pub mod format;
pub mod layout;
#[cfg(feature = "ssr")]
pub mod shell;

use leptos::prelude::*;

/// The application; the route table comes with the pages.
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"Rollcall"</p> }
}
