//! Placeholder.
#![allow(missing_docs)]
use leptos::prelude::*;
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"Rollcall"</p> }
}
