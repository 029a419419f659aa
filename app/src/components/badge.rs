//! Badge, status, tag, severity, risk: always an icon and a word, never colour alone.

use leptos::prelude::*;

use super::{Glyph, Icon, Level, Maybe, Tone};

/// Draws a tinted badge: severity, and states beside a title.
#[component]
pub fn Badge(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Its icon.
    icon: Icon,
    /// Its word.
    children: Children,
) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())><Glyph icon/>{children()}</span> }
        .into_any()
}

/// Draws a status as plain icon and word: everywhere in tables and text.
#[component]
pub fn Status(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Its icon.
    icon: Icon,
    /// Its word.
    children: Children,
) -> impl IntoView {
    view! { <span class=format!("status {}", tone.class())><Glyph icon/>{children()}</span> }
        .into_any()
}

/// Draws "Unknown" as such, with what would make it known.
#[component]
pub fn Unknown(
    /// The word; `Unknown` when absent.
    #[prop(optional, into)]
    word: Maybe,
    /// What would make it known.
    #[prop(optional, into)]
    hint: Maybe,
) -> impl IntoView {
    let word = word.take().unwrap_or_else(|| "Unknown".to_owned());
    view! { <span class="status unknown" title=hint.take()><Glyph icon=Icon::Unknown/>{word}</span> }.into_any()
}

/// Draws a quiet label without judgement: `production`, `Tier 1`.
#[component]
pub fn Tag(
    /// Its word.
    children: Children,
) -> impl IntoView {
    view! { <span class="tag">{children()}</span> }.into_any()
}

/// Draws a severity as a badge.
#[component]
pub fn Severity(
    /// The level.
    level: Level,
) -> impl IntoView {
    view! { <Badge tone=level.badge() icon=level.icon()>{level.word()}</Badge> }.into_any()
}

/// Draws a risk score with its bars and word; a missing score is said to be unknown.
#[component]
pub fn Risk(
    /// 0 to 100; absent when it was never scored.
    score: Option<i64>,
    /// The level of that score.
    level: Level,
) -> impl IntoView {
    let Some(score) = score else {
        return view! { <Unknown/> }.into_any();
    };
    let (icon, class) = level.bars();
    view! { <span class=class><b>{score.to_string()}</b><Glyph icon/><small>{level.word()}</small></span> }.into_any()
}
