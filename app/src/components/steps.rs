//! Steps, picks, gates and reasons: lists that say what to do, what is chosen, what is missing, and why.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};

/// Draws numbered steps.
#[component]
pub fn Steps(
    /// [`Step`]s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="steps">{children()}</ol> }.into_any()
}

/// Draws one step.
#[component]
pub fn Step(
    /// What to do.
    #[prop(into)]
    title: String,
    /// What it brings.
    #[prop(optional, into)]
    text: Maybe,
    /// Whether it is the one to do now.
    #[prop(optional)]
    now: bool,
    /// How to do it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = text.take().map(|text| view! { <p>{text}</p> });
    view! {
        <li class=now.then_some("now")>
            <div><h3>{title}</h3>{text}{children.map(|children| children())}</div>
        </li>
    }
    .into_any()
}

/// Draws what stands between here and the goal: done or still to do.
#[component]
pub fn Gates(
    /// [`Gate`]s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="gates">{children()}</ul> }.into_any()
}

/// Draws one gate.
#[component]
pub fn Gate(
    /// Whether it is passed.
    done: bool,
    /// What it asks, or what was done.
    children: Children,
) -> impl IntoView {
    let (class, icon, word) = if done {
        ("done", Icon::Ok, "Done: ")
    } else {
        ("todo", Icon::Clock, "Still to do: ")
    };
    view! {
        <li class=class>
            <Glyph icon/>
            <span><span class="vh">{word}</span>{children()}</span>
        </li>
    }
    .into_any()
}

/// Draws a list of reasons.
#[component]
pub fn Reasons(
    /// [`Reason`]s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="reasons">{children()}</ul> }.into_any()
}

/// Draws one reason.
#[component]
pub fn Reason(
    /// What kind of reason it is.
    icon: Icon,
    /// The reason, in a sentence.
    children: Children,
) -> impl IntoView {
    view! { <li><Glyph icon/><span>{children()}</span></li> }.into_any()
}

/// Draws a box that can be picked, as a link.
#[component]
pub fn Pick(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its name.
    #[prop(into)]
    title: String,
    /// What it brings.
    #[prop(into)]
    hint: String,
    /// Whether it is the one picked.
    #[prop(optional)]
    current: bool,
) -> impl IntoView {
    view! {
        <li>
            <a class="pick" href=href aria-current=current.then_some("true")>{title}<small>{hint}</small></a>
        </li>
    }
    .into_any()
}

/// Draws a set of [`Pick`]s.
#[component]
pub fn Picks(
    /// The picks.
    children: Children,
) -> impl IntoView {
    view! { <ul class="picks">{children()}</ul> }.into_any()
}
