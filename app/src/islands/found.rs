//! The field of the palette: what is called like the words typed so far.

use std::time::Duration;

use contract::overview::SearchHit;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::search::find_anything;
use crate::paths;

/// How long a person pauses when they want an answer.
const PAUSE: Duration = Duration::from_millis(120);
/// Hits shown; the search page has the rest.
const MOST: usize = 8;

/// Draws the palette's field and, below it, what it finds. Without scripts it is the field of a search form.
#[island]
pub fn FindAsTyped() -> impl IntoView {
    let found = RwSignal::new(Vec::<SearchHit>::new());
    let wanted = StoredValue::new(String::new());
    let pause = StoredValue::new(None::<TimeoutHandle>);
    let find = move || {
        let words = wanted.get_value();
        spawn_local(async move {
            // Whoever's session has ended finds nothing here, and is told on the page they go to.
            let hits = find_anything(words.clone()).await.unwrap_or_default();
            // An answer that comes after the next letter is for nobody.
            if wanted.get_value() == words {
                found.set(hits);
            }
        });
    };
    let typed = move |event| {
        let words = event_target_value(&event).trim().to_owned();
        let enough = words.chars().count() > 1;
        wanted.set_value(words);
        if let Some(handle) = pause.get_value() {
            handle.clear();
        }
        if enough {
            pause.set_value(set_timeout_with_handle(find, PAUSE).ok());
        } else {
            found.set(Vec::new());
        }
    };
    view! {
        <input id="palette-q" name="q" type="search" placeholder="Go to…" autocomplete="off" on:input=typed/>
        <ul class="jumps found" aria-label="Found" hidden=move || found.with(Vec::is_empty)>
            {move || found.get().into_iter().take(MOST).map(hit).collect_view()}
        </ul>
    }
}

fn hit(hit: SearchHit) -> impl IntoView {
    let href = paths::hit(&hit);
    view! { <li><a class="jump" data-found="" href=href><span>{hit.name}</span><small>{hit.detail}</small></a></li> }
}
