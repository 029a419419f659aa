//! Who answers: a team, a person, or nobody yet.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};
use crate::format::initials;

/// Draws a team.
#[component]
pub fn Team(
    /// Its name.
    #[prop(into)]
    name: String,
    /// Its page.
    #[prop(optional, into)]
    href: Maybe,
) -> impl IntoView {
    who("who", name, href)
}

/// Draws a person.
#[component]
pub fn Person(
    /// The full name.
    #[prop(into)]
    name: String,
    /// The person's page.
    #[prop(optional, into)]
    href: Maybe,
) -> impl IntoView {
    who("who person", name, href)
}

/// Draws an owner that may be missing: nobody is a warning, not an empty cell.
#[component]
pub fn Owner(
    /// The team's name.
    #[prop(into)]
    team: Maybe,
    /// Its page.
    #[prop(optional, into)]
    href: Maybe,
) -> impl IntoView {
    match team.take() {
        Some(name) => who("who", name, href),
        None => {
            view! { <span class="who none"><Glyph icon=Icon::User/>"No owner"</span> }.into_any()
        }
    }
}

fn who(class: &'static str, name: String, href: Maybe) -> AnyView {
    let mark = initials(&name);
    match href.take() {
        Some(href) => view! { <a class=class href=href data-m=mark>{name}</a> }.into_any(),
        None => view! { <span class=class data-m=mark>{name}</span> }.into_any(),
    }
}
