//! The next item of a review, in sight before the answer to this one is confirmed.
//!
//! While a person reads an item, the next two are fetched: the very pages they would be led to. An answer is posted as
//! its form would be, one at a time, and meanwhile the next page stands there already. Nothing is acknowledged before
//! the server has committed it: until then the queue and the line above the bar say "saving", and leaving the page
//! warns. An answer that is not taken comes back with what was typed and what is missing; where somebody is writing
//! already, right after. Without scripts, or where anything here is not as expected, the form posts as it always did.

mod desk;
mod document;
mod keys;
mod order;
mod told;

use leptos::prelude::*;

use desk::Desk;
use told::Told;

/// Draws the line that says what is on its way, and takes over the review page's form.
#[island]
pub fn NextItem() -> impl IntoView {
    let told = RwSignal::new(Told::Nothing);
    Effect::new(move || Desk::open(told));
    let words = move || {
        told.with(Told::words)
            .map(|words| view! { <p class="toast saving">{words}</p> })
    };
    view! { <div role="status" data-next-item="">{words}</div> }
}
