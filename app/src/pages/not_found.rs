//! The page for an address nobody knows.

use leptos::prelude::*;

use crate::layout::Door;
use crate::paths;

/// Says that there is nothing here, with the status that fits.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Door title="There is nothing here">
            <p>"The address is mistyped, or what stood here was removed."</p>
            <p><a class="btn" href=paths::overview()>"Go to the overview"</a></p>
        </Door>
    }
}
