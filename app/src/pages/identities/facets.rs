//! Facets and chips of the list.

use contract::FacetValue;
use contract::identities::{IdentityFilter, IdentityList, IdentitySort};

use super::address;
use crate::components::{Chip, FacetGroup, FacetOption};

const LEGENDS: [(&str, &str); 9] = [
    ("kind", "Kind"),
    ("state", "State"),
    ("environment", "Environment"),
    ("team", "Owner"),
    ("credential", "Credential"),
    ("rotation", "Rotation"),
    ("review", "Review"),
    ("platform", "Platform"),
    ("tier", "Tier"),
];

/// The chosen words of a facet.
fn chosen(filter: &IdentityFilter, facet: &str) -> Vec<String> {
    fn texts<T: ToString>(values: &[T]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }
    match facet {
        "kind" => texts(&filter.kind),
        "state" => texts(&filter.state),
        "environment" => texts(&filter.environment),
        "team" => filter.team.clone(),
        "credential" => texts(&filter.credential),
        "rotation" => texts(&filter.rotation),
        "review" => texts(&filter.review),
        "platform" => texts(&filter.platform),
        _ => texts(&filter.tier),
    }
}

fn without(filter: &IdentityFilter, facet: &str) -> IdentityFilter {
    let mut rest = filter.clone();
    match facet {
        "kind" => rest.kind.clear(),
        "state" => rest.state.clear(),
        "environment" => rest.environment.clear(),
        "team" => rest.team.clear(),
        "credential" => rest.credential.clear(),
        "rotation" => rest.rotation.clear(),
        "review" => rest.review.clear(),
        "platform" => rest.platform.clear(),
        "tier" => rest.tier.clear(),
        "q" => rest.q.clear(),
        "privileged" => rest.privileged = None,
        "unused_days" => rest.unused_days = None,
        _ => rest.owner = None,
    }
    rest
}

fn values<'a>(list: &'a IdentityList, facet: &str) -> &'a [FacetValue] {
    list.facets
        .iter()
        .find(|(name, _)| name == facet)
        .map_or(&[], |(_, values)| values.as_slice())
}

/// The facets with their counts.
pub fn groups(list: &IdentityList, filter: &IdentityFilter) -> Vec<FacetGroup> {
    LEGENDS
        .iter()
        .map(|(name, legend)| {
            let chosen = chosen(filter, name);
            FacetGroup {
                name: (*name).to_owned(),
                legend: (*legend).to_owned(),
                options: values(list, name)
                    .iter()
                    .map(|value| FacetOption {
                        value: value.value.clone(),
                        label: value.label.clone(),
                        count: Some(value.count),
                        checked: chosen.contains(&value.value),
                    })
                    .collect(),
            }
        })
        .filter(|group| !group.options.is_empty())
        .collect()
}

/// What the facets' form must carry along: order and what is no facet.
pub fn keep(filter: &IdentityFilter, sort: IdentitySort) -> Vec<(String, String)> {
    let mut keep = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        keep.extend(value.map(|value| (key.to_owned(), value)));
    };
    add(
        "sort",
        (sort != IdentitySort::Risk).then(|| sort.to_string()),
    );
    add("privileged", filter.privileged.map(|on| on.to_string()));
    add(
        "unused_days",
        filter.unused_days.map(|days| days.to_string()),
    );
    add("owner", filter.owner.map(|id| id.to_string()));
    keep
}

/// A chip for each filter that is on.
pub fn chips(list: &IdentityList, filter: &IdentityFilter, sort: IdentitySort) -> Vec<Chip> {
    let chip = |facet: &str, label: &str, value: String| Chip {
        label: label.to_owned(),
        value,
        remove: address::list(&without(filter, facet), sort).to_string(),
    };
    let mut chips: Vec<Chip> = LEGENDS
        .iter()
        .filter_map(|(name, legend)| {
            let chosen = chosen(filter, name);
            let label = |word: &String| {
                let known = values(list, name).iter().find(|value| value.value == *word);
                known.map_or_else(|| word.clone(), |value| value.label.to_lowercase())
            };
            let words: Vec<String> = chosen.iter().map(label).collect();
            (!words.is_empty()).then(|| chip(name, legend, words.join(", ")))
        })
        .collect();
    if !filter.q.trim().is_empty() {
        chips.insert(0, chip("q", "Words", filter.q.clone()));
    }
    if let Some(privileged) = filter.privileged {
        chips.push(chip(
            "privileged",
            "Privileged",
            if privileged { "yes" } else { "no" }.to_owned(),
        ));
    }
    if let Some(days) = filter.unused_days {
        chips.push(chip(
            "unused_days",
            "Not seen for",
            crate::format::count(days, "day"),
        ));
    }
    if filter.owner.is_some() {
        chips.push(chip("owner", "Owner", "one person".to_owned()));
    }
    chips
}
