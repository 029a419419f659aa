//! What happened to the finding that is open: its events and what people did with it, newest first.

use chrono::{DateTime, Utc};
use contract::findings::FindingStory;
use leptos::prelude::*;

use crate::components::{Said, Timeline, TimelineEntry, When};
use crate::format::count;
use crate::paths;

/// Entries that are shown.
const MOST: usize = 20;

/// Draws it; nothing where there is nothing to tell.
pub fn draw(story: &FindingStory, now: DateTime<Utc>) -> Option<AnyView> {
    let mut entries: Vec<(DateTime<Utc>, AnyView)> = Vec::new();
    for event in &story.events {
        let href = paths::event(event.id);
        let who = event.actor.clone().map(|actor| format!(", by {actor}"));
        let sentence = event.sentence.clone();
        entries.push((
            event.occurred_at,
            view! { <a href=href>{sentence}</a>{who} }.into_any(),
        ));
    }
    for (at, who, summary) in &story.deeds {
        let words = format!("{who}: {summary}");
        entries.push((*at, words.into_any()));
    }
    if entries.is_empty() {
        return None;
    }
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let all = entries.len();
    let rows = entries
        .into_iter()
        .take(MOST)
        .map(|(at, what)| {
            let when = view! { <When at now said=Said::Exact/> }.into_any();
            view! { <TimelineEntry when>{what}</TimelineEntry> }
        })
        .collect_view();
    let more = all.saturating_sub(MOST);
    let more = (more > 0).then(|| {
        let words = count(i64::try_from(more).unwrap_or_default(), "earlier entry");
        view! { <p class="small muted">{words}</p> }
    });
    Some(
        view! { <h2 class="after">"What happened"</h2><Timeline>{rows}</Timeline>{more} }
            .into_any(),
    )
}
