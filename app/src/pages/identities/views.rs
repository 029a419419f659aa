//! Saved views: filters people ask for every day.

use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityList, IdentityState, ReviewState,
    RotationState,
};

use super::address;
use crate::components::LinkItem;

/// The views, with their counts where the list knows them.
pub fn items(list: &IdentityList, now_on: &IdentityFilter) -> Vec<LinkItem> {
    let counts = list
        .facets
        .iter()
        .find(|(name, _)| name == "view")
        .map(|(_, values)| values);
    all()
        .into_iter()
        .map(|(key, label, filter)| {
            let item = LinkItem::new(label, address::of(&filter)).current(filter == *now_on);
            match counts.and_then(|values| values.iter().find(|value| value.value == key)) {
                Some(value) => item.count(value.count),
                None => item,
            }
        })
        .collect()
}

fn all() -> Vec<(&'static str, &'static str, IdentityFilter)> {
    let filter = IdentityFilter::default;
    vec![
        ("all", "All", filter()),
        (
            "production",
            "Production",
            IdentityFilter {
                environment: vec![Environment::Production],
                ..filter()
            },
        ),
        (
            "requested",
            "To approve",
            IdentityFilter {
                state: vec![IdentityState::Requested],
                ..filter()
            },
        ),
        (
            "discovered",
            "Discovered",
            IdentityFilter {
                state: vec![IdentityState::Discovered],
                ..filter()
            },
        ),
        (
            "unowned",
            "Needs an owner",
            IdentityFilter {
                team: vec!["none".into()],
                ..filter()
            },
        ),
        (
            "static_production",
            "Static in production",
            IdentityFilter {
                environment: vec![Environment::Production],
                credential: vec![CredentialClass::Static],
                ..filter()
            },
        ),
        (
            "rotation_overdue",
            "Rotation overdue",
            IdentityFilter {
                rotation: vec![RotationState::Overdue],
                ..filter()
            },
        ),
        (
            "review_overdue",
            "Review overdue",
            IdentityFilter {
                review: vec![ReviewState::Overdue],
                ..filter()
            },
        ),
        (
            "unused",
            "Unused for 90 days",
            IdentityFilter {
                unused_days: Some(90),
                ..filter()
            },
        ),
    ]
}
