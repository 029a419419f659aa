//! The left rail: where one can go, and where something waits for this person.

use leptos::prelude::*;

use super::{FrameViewer, RailItem};
use crate::components::{Glyph, Icon};
use crate::paths;

/// Draws the rail; below 900 px it is a sheet opened by `#rail`.
#[component]
pub fn Rail(
    /// Who is looking.
    viewer: FrameViewer,
    /// The current place.
    section: RailItem,
) -> impl IntoView {
    let places = viewer.places();
    let home = places.first().copied().unwrap_or(RailItem::Overview).href();
    let items = places
        .into_iter()
        .map(|place| rail_link(place, section, &viewer))
        .collect_view();
    view! {
        <nav class="rail" id="rail" aria-label="Main">
            <Brand org=viewer.org.clone() href=home/>
            <a class="icon-btn rail-close" href="#main" rel="external" aria-label="Close menu">
                <Glyph icon=Icon::Cross/>
            </a>
            <ul class="nav" data-fresh="rail">{items}</ul>
            <div class="rail-foot">
                <Me viewer/>
                <button class="icon-btn wide-only js-only" type="button" data-rail-toggle="">
                    <Glyph icon=Icon::Rail/>
                    <span class="vh">"Collapse or expand navigation"</span>
                </button>
            </div>
        </nav>
    }
    .into_any()
}

fn rail_link(place: RailItem, section: RailItem, viewer: &FrameViewer) -> AnyView {
    let waiting = place.waiting(viewer);
    let count = (waiting > 0).then(|| {
        view! { <span class="nav-count">{waiting.to_string()}<span class="vh">" waiting for you"</span></span> }
    });
    let group = place
        .opens_group(viewer.is_owner_only)
        .then_some("nav-group");
    view! {
        <li class=group>
            <a href=place.href() aria-current=(place == section).then_some("page")>
                <Glyph icon=place.icon()/>
                <span>{place.label()}</span>
                {count}
            </a>
        </li>
    }
    .into_any()
}

/// Draws the word mark and the organisation.
#[component]
pub fn Brand(
    /// The organisation.
    #[prop(into)]
    org: String,
    /// Where it leads.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    const MARK: &str = r#"<path d="M4 3.5v13M8 3.5v13M12 3.5v13M16 3.5v13"/><path class="slash" d="M1.5 14.5 18.5 5.5"/>"#;
    let org = (!org.is_empty()).then(|| view! { <span class="brand-org">{org}</span> });
    view! {
        <a class="brand" href=href>
            <svg class="brand-mark" viewBox="0 0 20 20" aria-hidden="true" inner_html=MARK></svg>
            <span><b>"Rollcall"</b>{org}</span>
        </a>
    }
    .into_any()
}

/// Draws who is signed in, with the way out; a menu that needs no script.
#[component]
fn Me(
    /// Who is looking.
    viewer: FrameViewer,
) -> impl IntoView {
    view! {
        <details class="menu me-menu">
            <summary class="me">
                <span class="avatar" aria-hidden="true">{viewer.initials}</span>
                <span>{viewer.name}<small>{viewer.roles_line}</small></span>
            </summary>
            <div class="menu-panel">
                <form method="post" action=paths::sign_out()>
                    <button class="menu-item" type="submit"><Glyph icon=Icon::SignOut/>"Sign out"</button>
                </form>
                <form method="post" action=paths::sign_out_everywhere()>
                    <button class="menu-item" type="submit"><Glyph icon=Icon::Ban/>"Sign out everywhere"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
