//! Time range: presets as links, and From and To fields that anybody can fill; a histogram's brush fills them too.

use leptos::prelude::*;

use super::{Button, LinkItem, Maybe, Segmented};

/// Draws the range form. From and To are sent as `2026-11-20T08:45`, in UTC.
#[component]
pub fn TimeRange(
    /// The form's id, for the brush.
    #[prop(into)]
    id: String,
    /// The list's own path.
    #[prop(into)]
    action: String,
    /// `1 h`, `24 h`, `7 d`.
    presets: Vec<LinkItem>,
    /// Where it begins.
    #[prop(optional, into)]
    from: Maybe,
    /// Where it ends.
    #[prop(optional, into)]
    to: Maybe,
    /// Parameters that stay as they are: facets, sort.
    #[prop(optional)]
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let keep = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let (from_id, to_id) = (format!("{id}-from"), format!("{id}-to"));
    view! {
        <form class="range" id=id aria-label="Time range, UTC" method="get" action=action data-live="">
            {keep}
            <Segmented label="Window" items=presets/>
            <label for=from_id.clone()>"From"</label>
            <input id=from_id name="from" type="datetime-local" value=from.take()/>
            <label for=to_id.clone()>"to"</label>
            <input id=to_id name="to" type="datetime-local" value=to.take()/>
            <Button>"Apply"</Button>
        </form>
    }
    .into_any()
}
