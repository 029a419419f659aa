//! How a campaign's state is drawn.

use contract::campaigns::CampaignState;
use leptos::prelude::*;

use crate::components::{Badge, Icon, Status, Tone};

fn looks(state: CampaignState) -> (Tone, Icon) {
    match state {
        CampaignState::Draft => (Tone::Plain, Icon::Edit),
        CampaignState::Active => (Tone::Info, Icon::Play),
        CampaignState::Preview => (Tone::Plain, Icon::Check),
        CampaignState::Remediating => (Tone::Warn, Icon::Lock),
        CampaignState::Sealed => (Tone::Ok, Icon::Seal),
        CampaignState::Cancelled => (Tone::Plain, Icon::Ban),
    }
}

/// As a badge, beside a title.
pub fn badge(state: CampaignState) -> AnyView {
    let (tone, icon) = looks(state);
    view! { <Badge tone icon>{state.label()}</Badge> }.into_any()
}

/// As a word, in a table.
pub fn status(state: CampaignState) -> AnyView {
    let (tone, icon) = looks(state);
    view! { <Status tone icon>{state.label()}</Status> }.into_any()
}
