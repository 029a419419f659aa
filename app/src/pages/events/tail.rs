//! New events as they come, in a place of their own above the list, so that no row moves under the reader's hand.

use leptos::prelude::*;

use super::address::Asked;
use crate::components::ButtonLink;
use crate::paths;

/// Draws the switch.
pub(super) fn choice(asked: &Asked) -> AnyView {
    let mut other = asked.clone().at(None);
    other.live = !asked.live;
    let words = if asked.live {
        "Stop watching"
    } else {
        "Watch live"
    };
    view! { <ButtonLink href=other.to_string() small=true>{words}</ButtonLink> }.into_any()
}

/// Draws the place; nothing where it is not asked for.
pub(super) fn draw(asked: &Asked) -> Option<AnyView> {
    if !asked.live {
        return None;
    }
    let mut filter = asked.clone();
    (filter.hours, filter.filter.from, filter.filter.to) = (None, None, None);
    let stream = filter.under(paths::tail_events()).to_string();
    Some(
        view! {
            <section class="tail" aria-labelledby="tail-h" data-tail=stream>
                <div class="head"><h2 id="tail-h">"Live"</h2><span class="note" data-tail-state="">"Waiting for the first event; without scripts, reload the page"</span></div>
                <ol class="tail-rows" tabindex="0" aria-label="New events, latest first"></ol>
            </section>
        }
        .into_any(),
    )
}
