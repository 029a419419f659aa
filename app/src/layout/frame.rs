//! The page frame: rail, top bar and the one `<main>`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Crumb, Palette, Rail, RailItem, Topbar};

/// What the frame says about the person looking; the pages map it from the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameViewer {
    /// Full name.
    pub name: String,
    /// Two letters for the avatar.
    pub initials: String,
    /// Team and roles in one short line: `Security, admin`.
    pub roles_line: String,
    /// The organisation's name.
    pub org: String,
    /// Findings that wait for this person.
    pub waiting_findings: u32,
    /// Review items that wait for this person.
    pub waiting_reviews: u32,
    /// Whether this person only answers for identities: *My reviews* comes first, administration is left out.
    pub is_owner_only: bool,
    /// The places this person may go; empty means the usual ones.
    pub places: Vec<RailItem>,
}

impl FrameViewer {
    /// The places on this person's rail, in order.
    pub fn places(&self) -> Vec<RailItem> {
        if self.places.is_empty() {
            RailItem::usual(self.is_owner_only)
        } else {
            self.places.clone()
        }
    }
}

/// Draws a signed-in page.
#[component]
pub fn Frame(
    /// Who is looking.
    viewer: FrameViewer,
    /// What the page is about; also the document title.
    #[prop(into)]
    title: String,
    /// Where on the rail the page belongs.
    section: RailItem,
    /// The page above this one; its presence moves the `<h1>` into the page.
    #[prop(optional)]
    crumb: Option<Crumb>,
    /// The one primary action, right of the search.
    #[prop(optional)]
    action: Option<AnyView>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let document_title = format!("{title} · Rollcall");
    let places = viewer.places();
    view! {
        <Title text=document_title/>
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <Patterns/>
        <div class="app">
            <Rail viewer section/>
            <div class="page">
                <Topbar title crumb action/>
                <main id="main" tabindex="-1">{children()}</main>
            </div>
        </div>
        <Palette places/>
    }
    .into_any()
}

/// Draws the hatch that charts use for "unknown"; one per document, found by its id.
#[component]
pub fn Patterns() -> impl IntoView {
    const HATCH: &str = r#"<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-bg" d="M0 0h5v5H0z"/><path class="hatch-line" d="M0 0v5"/></pattern>"#;
    view! { <svg class="vh" width="0" height="0" aria-hidden="true" inner_html=HATCH></svg> }
}
