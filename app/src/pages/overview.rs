//! The overview: five answers at a glance, each figure a link to the rows behind it.

mod alarm;
mod answers;
mod campaign;
mod coverage;
mod empty;
mod owners;
mod trend;

use contract::overview::Overview;
use leptos::prelude::*;

use crate::api::overview::load_overview;
use crate::components::{ButtonKind, ButtonLink, Icon};
use crate::layout::{Frame, Ledger, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::roles;
use crate::paths;

/// Draws the overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_overview());
    loaded(data, move |viewer, overview| {
        let body = if overview.today.identities == 0 {
            empty::draw(&viewer, &overview)
        } else {
            draw(&overview)
        };
        let asks = roles::acts(&viewer);
        let action = asks.then(|| view! { <ButtonLink href=paths::new_identity() kind=ButtonKind::Primary icon=Icon::Plus>"Ask for"<span class="wide-only">" an identity"</span></ButtonLink> }).into_any();
        view! { <Frame viewer=frame_viewer(&viewer) title="Overview" section=RailItem::Overview action>{body}</Frame> }
            .into_any()
    })
}

fn draw(overview: &Overview) -> AnyView {
    let regions = view! {
        {trend::draw(overview)}
        {owners::draw(overview)}
        {owners::overdue(overview)}
        {alarm::draw(overview)}
        {campaign::draw(overview)}
        {coverage::draw(overview)}
    };
    view! {
        {answers::draw(overview)}
        <Ledger class="ov">{regions}</Ledger>
    }
    .into_any()
}
