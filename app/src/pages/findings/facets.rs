//! The findings filter in the address, its facets, chips and saved views.

use contract::findings::{FindingClass, FindingFilter, FindingState, Severity};
use leptos_router::params::ParamsMap;

use crate::components::{Facet, Faceted, LinkItem, facet_words};
use crate::paths;
use crate::query::{Address, one, text, words};

impl Faceted for FindingFilter {
    const FACETS: &'static [Facet] = &[
        Facet::new("severity", "Severity"),
        Facet::new("state", "State"),
        Facet::of_names("team", "Owner"),
        Facet::new("rule", "Rule"),
        Facet::new("class", "Class"),
        Facet::new("age", "Age"),
    ];

    fn chosen(&self, facet: &str) -> Vec<String> {
        match facet {
            "severity" => facet_words(&self.severity),
            "state" => facet_words(&self.state),
            "team" => self.team.clone(),
            "rule" => self.rule.clone(),
            "age" => facet_words(&self.age),
            _ => facet_words(&self.class),
        }
    }

    fn searched(&self) -> &str {
        &self.q
    }

    fn address_without(&self, facet: &str) -> String {
        let mut rest = self.clone();
        match facet {
            "severity" => rest.severity.clear(),
            "state" => rest.state.clear(),
            "team" => rest.team.clear(),
            "rule" => rest.rule.clear(),
            "class" => rest.class.clear(),
            "age" => rest.age.clear(),
            _ => rest.q.clear(),
        }
        list(&rest).to_string()
    }
}

/// Reads the filter.
pub fn filter(params: &ParamsMap) -> FindingFilter {
    FindingFilter {
        q: text(params, "q"),
        severity: words(params, "severity"),
        state: words(params, "state"),
        rule: words(params, "rule"),
        class: words(params, "class"),
        team: words(params, "team"),
        age: words(params, "age"),
        identity: one(params, "identity"),
    }
}

/// Writes the filter, without a place in the list.
pub fn list(filter: &FindingFilter) -> Address {
    under(paths::findings(), filter)
}

/// Writes the filter under another path: the exports.
pub fn under(path: String, filter: &FindingFilter) -> Address {
    Address::new(path)
        .with("q", &filter.q)
        .with_each("severity", &filter.severity)
        .with_each("state", &filter.state)
        .with_each("rule", &filter.rule)
        .with_each("class", &filter.class)
        .with_each("team", &filter.team)
        .with_each("age", &filter.age)
        .with_some("identity", filter.identity)
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
