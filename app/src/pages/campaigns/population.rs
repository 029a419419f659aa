//! The fields of a population: all of it or what is due, narrowed by boxes, or by a search of the inventory.

use contract::identities::{Environment, IdentityFilter, IdentityKind, IdentitySort, RiskTier};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::components::{Check, CheckboxGroup, Choice, Notice, Tone};
use crate::pages::identities::address;
use crate::paths;

/// The filter a search of the inventory stands for, by its query string.
pub fn of_search(query: &str) -> IdentityFilter {
    let mut params = ParamsMap::new();
    for (key, value) in query
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='))
    {
        params.insert(key.to_owned(), value.to_owned());
    }
    address::filter(&params)
}

/// The query string of a filter; empty for the whole inventory.
pub fn search_of(filter: &IdentityFilter) -> String {
    let address = address::list(filter, IdentitySort::Risk).to_string();
    address
        .split_once('?')
        .map(|(_, query)| query.to_owned())
        .unwrap_or_default()
}

/// A search with what the boxes say in place of its own kinds, environments, tiers and privilege.
pub fn narrowed(
    search: &str,
    kind: &[String],
    environment: &[String],
    tier: &[String],
    privileged: bool,
) -> IdentityFilter {
    IdentityFilter {
        kind: known(kind),
        environment: known(environment),
        tier: known(tier),
        privileged: privileged.then_some(true),
        ..of_search(search)
    }
}

fn known<T: std::str::FromStr>(words: &[String]) -> Vec<T> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// What a filter says that no box does.
fn beyond_boxes(filter: &IdentityFilter) -> IdentityFilter {
    IdentityFilter {
        kind: Vec::new(),
        environment: Vec::new(),
        tier: Vec::new(),
        privileged: None,
        ..filter.clone()
    }
}

/// Draws the fields.
pub fn fields(filter: &IdentityFilter, only_due: bool) -> AnyView {
    let rest = search_of(&beyond_boxes(filter));
    let from_search = (!rest.is_empty()).then(|| {
        let words = rest.replace("%20", " ").replace('=', " ").replace('&', ", ");
        let there = address::of(filter);
        view! {
            <Notice tone=Tone::Info>"Only what "<a href=there>"this search of the inventory"</a>" finds: "{words}". "<a href=paths::identities()>"Search again"</a></Notice>
            <input type="hidden" name="search" value=rest/>
        }
    });
    let kinds = IdentityKind::ALL
        .iter()
        .map(|k| Choice::new(k.as_str(), k.label()))
        .collect::<Vec<_>>();
    let places = Environment::ALL
        .iter()
        .map(|e| Choice::new(e.as_str(), e.label()))
        .collect::<Vec<_>>();
    let tiers = RiskTier::ALL
        .iter()
        .map(|t| Choice::new(t.as_str(), t.label()))
        .collect::<Vec<_>>();
    let chosen =
        |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let chosen_kinds = chosen(filter.kind.iter().map(|k| k.as_str()).collect());
    let chosen_places = chosen(filter.environment.iter().map(|e| e.as_str()).collect());
    let chosen_tiers = chosen(filter.tier.iter().map(|t| t.as_str()).collect());
    let privileged = filter.privileged == Some(true);
    let narrowed = !chosen_kinds.is_empty()
        || !chosen_places.is_empty()
        || !chosen_tiers.is_empty()
        || privileged;
    view! {
        {from_search}
        <Check name="only_due" checked=only_due>
            "Only identities whose review is due by then"<small class="hint">"Without it, every active identity is asked about."</small>
        </Check>
        <details class="more-fields" open=narrowed>
            <summary>"Narrow it further"</summary>
            <CheckboxGroup name="kind[]" legend="Kind" hint="None ticked: all of them" options=kinds chosen=chosen_kinds/>
            <CheckboxGroup name="environment[]" legend="Acts in" hint="None ticked: anywhere" options=places chosen=chosen_places/>
            <CheckboxGroup name="tier[]" legend="Risk tier" hint="None ticked: all of them" options=tiers chosen=chosen_tiers/>
            <Check name="privileged" checked=privileged>"Only those with a privileged permission"</Check>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_take_the_place_of_their_facets_and_leave_the_rest_of_a_search() {
        let asked = IdentityFilter {
            q: "pay & go".into(),
            team: vec!["payments".into()],
            tier: vec![RiskTier::Critical],
            ..IdentityFilter::default()
        };
        let search = search_of(&asked);
        assert_eq!(of_search(&search), asked);
        let boxes = narrowed(&search, &["pipeline".into()], &[], &["low".into()], true);
        assert_eq!((boxes.q.as_str(), boxes.team.len()), ("pay & go", 1));
        assert_eq!(boxes.kind, [IdentityKind::Pipeline]);
        assert_eq!(
            (boxes.tier, boxes.privileged),
            (vec![RiskTier::Low], Some(true))
        );
    }
}
