//! What must be said and stay: notices, errors with their request id, empty states, waiting.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe, Tone};

/// Draws a notice that stays.
#[component]
pub fn Notice(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// What happened, bold.
    #[prop(optional, into)]
    title: Maybe,
    /// Whether assistive technology must hear it at once.
    #[prop(optional)]
    urgent: bool,
    /// What was kept, what to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = match tone {
        Tone::Ok => Icon::Ok,
        Tone::Warn => Icon::High,
        Tone::Crit | Tone::Solid => Icon::Critical,
        Tone::Unknown => Icon::Unknown,
        Tone::Info | Tone::Plain => Icon::Info,
    };
    let title = title.take().map(|title| view! { <b>{title}</b>" " });
    view! {
        <div class=format!("notice {}", tone.class()) role=if urgent { "alert" } else { "status" }>
            <Glyph icon/>
            <div>{title}{children.map(|children| children())}</div>
        </div>
    }
    .into_any()
}

/// Draws a failure: what happened, what was kept, what to do, and the number to pass on.
#[component]
pub fn ErrorPanel(
    /// What happened: `The list could not be loaded.`
    #[prop(into)]
    title: String,
    /// What was kept and what to do.
    #[prop(optional, into)]
    advice: Maybe,
    /// The request id.
    #[prop(optional, into)]
    request_id: Maybe,
    /// Where to try again.
    #[prop(optional, into)]
    retry: Maybe,
) -> impl IntoView {
    let request = request_id.take().map(|id| {
        view! { <p class="small muted after">"If it fails twice, pass on this number: "<code>{id}</code></p> }
    });
    let retry = retry.take().map(|href| {
        view! { <p class="btn-row after"><a class="btn sm" href=href rel="external">"Try again"</a></p> }
    });
    view! {
        <div class="notice crit error-panel" role="alert">
            <Glyph icon=Icon::Critical/>
            <div><b>{title}</b>" "{advice.take()}{request}{retry}</div>
        </div>
    }
    .into_any()
}

/// Draws an empty state that says what to do next.
#[component]
pub fn EmptyState(
    /// What is not there: `No failures in this hour`.
    #[prop(into)]
    title: String,
    /// Why, and what would change it.
    #[prop(optional, into)]
    text: Maybe,
    /// What to do next: links and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = text.take().map(|text| view! { <p>{text}</p> });
    let next = children.map(|children| view! { <div class="btn-row">{children()}</div> });
    view! { <div class="empty"><p class="empty-title">{title}</p>{text}{next}</div> }.into_any()
}

/// Draws grey lines where content is about to be.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
) -> impl IntoView {
    let lines = (0..lines)
        .map(|line| {
            let class = if line % 3 == 2 {
                "skeleton short"
            } else {
                "skeleton"
            };
            view! { <div class=class></div> }
        })
        .collect_view();
    view! { <div class="stack skeletons" role="status"><span class="vh">"Loading"</span>{lines}</div> }.into_any()
}
