//! The user interface, compiled twice: to native for the server (`ssr`), to WebAssembly for the browser (`hydrate`).
//!
//! What belongs here: pages, parts, links, and server functions that open an operation and call a service.
//! What does not: judgement (`domain`), SQL (`store`), what an actor may do (`service`).

pub mod api;
pub mod components;
pub mod error;
pub mod form;
pub mod format;
pub mod islands;
pub mod layout;
pub mod loaded;
pub mod pages;
pub mod paths;
pub mod query;
#[cfg(feature = "ssr")]
pub mod request;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <routes::AppRoutes/> }
}
