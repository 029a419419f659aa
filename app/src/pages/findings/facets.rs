//! The findings filter in the address, its facets, chips and saved views.

use contract::FacetValue;
use contract::findings::{FindingClass, FindingFilter, FindingList, FindingState, Severity};
use leptos_router::params::ParamsMap;

use crate::components::{Chip, FacetGroup, FacetOption, LinkItem};
use crate::paths;
use crate::query::{Address, text, words};

const LEGENDS: [(&str, &str); 5] = [
    ("severity", "Severity"),
    ("state", "State"),
    ("team", "Owner"),
    ("rule", "Rule"),
    ("class", "Class"),
];

/// Reads the filter.
pub fn filter(params: &ParamsMap) -> FindingFilter {
    FindingFilter {
        q: text(params, "q"),
        severity: words(params, "severity"),
        state: words(params, "state"),
        rule: words(params, "rule"),
        class: words(params, "class"),
        team: words(params, "team"),
    }
}

/// Writes the filter, without a place in the list.
pub fn list(filter: &FindingFilter) -> Address {
    Address::new(paths::findings())
        .with("q", &filter.q)
        .with_each("severity", &filter.severity)
        .with_each("state", &filter.state)
        .with_each("rule", &filter.rule)
        .with_each("class", &filter.class)
        .with_each("team", &filter.team)
}

fn chosen(filter: &FindingFilter, facet: &str) -> Vec<String> {
    match facet {
        "severity" => filter.severity.iter().map(ToString::to_string).collect(),
        "state" => filter.state.iter().map(ToString::to_string).collect(),
        "team" => filter.team.clone(),
        "rule" => filter.rule.clone(),
        _ => filter.class.iter().map(ToString::to_string).collect(),
    }
}

fn without(filter: &FindingFilter, facet: &str) -> FindingFilter {
    let mut rest = filter.clone();
    match facet {
        "severity" => rest.severity.clear(),
        "state" => rest.state.clear(),
        "team" => rest.team.clear(),
        "rule" => rest.rule.clear(),
        "class" => rest.class.clear(),
        _ => rest.q.clear(),
    }
    rest
}

fn values<'a>(list: &'a FindingList, facet: &str) -> &'a [FacetValue] {
    list.facets
        .iter()
        .find(|(name, _)| name == facet)
        .map_or(&[], |(_, values)| values.as_slice())
}

/// The facets with their counts.
pub fn groups(list: &FindingList, filter: &FindingFilter) -> Vec<FacetGroup> {
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

/// A chip for each filter that is on.
pub fn chips(found: &FindingList, filter: &FindingFilter) -> Vec<Chip> {
    let chip = |facet: &str, label: &str, value: String| Chip {
        label: label.to_owned(),
        value,
        remove: list(&without(filter, facet)).to_string(),
    };
    let mut chips: Vec<Chip> = LEGENDS
        .iter()
        .filter_map(|(name, legend)| {
            let label = |word: &String| {
                let known = values(found, name)
                    .iter()
                    .find(|value| value.value == *word);
                known.map_or_else(|| word.clone(), |value| value.label.to_lowercase())
            };
            let words: Vec<String> = chosen(filter, name).iter().map(label).collect();
            (!words.is_empty()).then(|| chip(name, legend, words.join(", ")))
        })
        .collect();
    if !filter.q.trim().is_empty() {
        chips.insert(0, chip("q", "Words", filter.q.clone()));
    }
    chips
}

/// Saved views.
pub fn views(filter: &FindingFilter) -> Vec<LinkItem> {
    let base = FindingFilter::default;
    [
        ("Open", base()),
        (
            "Critical and high",
            FindingFilter {
                severity: vec![Severity::Critical, Severity::High],
                ..base()
            },
        ),
        (
            "Detections",
            FindingFilter {
                class: vec![FindingClass::Detection],
                ..base()
            },
        ),
        (
            "Posture",
            FindingFilter {
                class: vec![FindingClass::Posture],
                ..base()
            },
        ),
        (
            "Excepted",
            FindingFilter {
                state: vec![FindingState::Excepted],
                ..base()
            },
        ),
        (
            "Resolved",
            FindingFilter {
                state: vec![FindingState::Resolved],
                ..base()
            },
        ),
    ]
    .into_iter()
    .map(|(label, view)| LinkItem::new(label, list(&view).to_string()).current(view == *filter))
    .collect()
}
