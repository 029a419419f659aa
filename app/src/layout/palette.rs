//! The command palette: jump to a page, or to what has a name like the words typed. Opened by Ctrl or ⌘ K, or
//! `#palette`.

use leptos::prelude::*;

use super::RailItem;
use crate::components::Glyph;
use crate::islands::FindAsTyped;
use crate::paths;

/// Draws the palette as a native dialog; the script filters the list while one types.
#[component]
pub fn Palette(
    /// The places of the person looking.
    places: Vec<RailItem>,
) -> impl IntoView {
    let links = places
        .into_iter()
        .map(|place| {
            view! {
                <li>
                    <a class="jump" href=place.href()>
                        <Glyph icon=place.icon()/>
                        {place.label()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <dialog class="dialog palette" id="palette" aria-label="Go to">
            <form method="get" action=paths::search() role="search">
                <label class="vh" for="palette-q">"Go to an identity, campaign, page or action"</label>
                <FindAsTyped/>
            </form>
            <ul class="jumps">{links}</ul>
            <p class="palette-foot">
                <span><kbd>"↑"</kbd><kbd>"↓"</kbd>" choose"</span>
                <span><kbd>"Enter"</kbd>" go, or search for what is typed"</span>
                <span><kbd>"Esc"</kbd>" close"</span>
            </p>
        </dialog>
    }
    .into_any()
}
