//! Findings: the list with rows that open, and the same rows on an identity's page.

mod deeds;
mod facets;
mod groups;
pub mod list;
mod row;
mod story;

use contract::findings::FindingFilter;
use contract::identities::IdentityView;
use contract::ids::FindingId;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::components::EmptyState;
pub use row::level;

/// The list under a filter.
pub fn address(filter: &FindingFilter) -> String {
    facets::list(filter).to_string()
}

/// The list under a filter, as an address that can be added to.
pub fn list_address(filter: &FindingFilter) -> crate::query::Address {
    facets::list(filter)
}

/// The filter an address holds.
pub fn filter(params: &ParamsMap) -> FindingFilter {
    facets::filter(params)
}

/// The list with one finding opened.
pub fn opened(id: FindingId) -> String {
    facets::list(&FindingFilter::default())
        .with("finding", id)
        .to_string()
}

/// Draws the findings of one identity, opened.
pub fn of_identity(view: &IdentityView) -> AnyView {
    if view.findings.is_empty() {
        return view! {
            <EmptyState title="Nothing is wrong that a rule can see" text="Every rule judges it whenever it changes, and each night."/>
        }
        .into_any();
    }
    row::plain_table(view.findings.clone(), view.now)
}
