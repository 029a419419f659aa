//! The list's filter as it stands in the address, both ways.

use contract::identities::{IdentityFilter, IdentitySort};
use leptos_router::params::ParamsMap;

use crate::paths;
use crate::query::{Address, one, text, words};

/// Reads the filter.
pub fn filter(params: &ParamsMap) -> IdentityFilter {
    IdentityFilter {
        q: text(params, "q"),
        kind: words(params, "kind"),
        state: words(params, "state"),
        platform: words(params, "platform"),
        environment: words(params, "environment"),
        team: words(params, "team"),
        credential: words(params, "credential"),
        rotation: words(params, "rotation"),
        review: words(params, "review"),
        tier: words(params, "tier"),
        privileged: one(params, "privileged"),
        unused_days: one(params, "unused_days"),
        overdue: one(params, "overdue").unwrap_or_default(),
        owner: one(params, "owner"),
    }
}

/// Reads the order; highest risk first unless said.
pub fn sort(params: &ParamsMap) -> IdentitySort {
    one(params, "sort").unwrap_or(IdentitySort::Risk)
}

/// Writes filter and order, without a place in the list.
pub fn list(filter: &IdentityFilter, sort: IdentitySort) -> Address {
    under(paths::identities(), filter, sort)
}

/// Writes filter and order under another path: the exports.
pub fn under(path: String, filter: &IdentityFilter, sort: IdentitySort) -> Address {
    let sort = (sort != IdentitySort::Risk).then_some(sort);
    Address::new(path)
        .with("q", &filter.q)
        .with_each("kind", &filter.kind)
        .with_each("state", &filter.state)
        .with_each("platform", &filter.platform)
        .with_each("environment", &filter.environment)
        .with_each("team", &filter.team)
        .with_each("credential", &filter.credential)
        .with_each("rotation", &filter.rotation)
        .with_each("review", &filter.review)
        .with_each("tier", &filter.tier)
        .with_some("privileged", filter.privileged)
        .with_some("unused_days", filter.unused_days)
        .with_some("overdue", filter.overdue.then_some(true))
        .with_some("owner", filter.owner)
        .with_some("sort", sort)
}

/// The list under one filter, highest risk first.
pub fn of(filter: &IdentityFilter) -> String {
    list(filter, IdentitySort::Risk).to_string()
}

/// What is late: a review or a rotation.
pub fn overdue() -> IdentityFilter {
    IdentityFilter {
        overdue: true,
        ..IdentityFilter::default()
    }
}

#[cfg(test)]
mod tests {
    use contract::identities::{CredentialClass, Environment};

    use super::*;

    #[test]
    fn a_filter_survives_the_address() {
        let asked = IdentityFilter {
            q: "pay & go".into(),
            environment: vec![Environment::Production, Environment::Staging],
            credential: vec![CredentialClass::Static],
            team: vec!["payments".into(), "none".into()],
            unused_days: Some(90),
            overdue: true,
            ..IdentityFilter::default()
        };
        let address = list(&asked, IdentitySort::Name).to_string();
        let (_, query) = address.split_once('?').expect("a query");
        let mut params = ParamsMap::new();
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').expect("a pair");
            params.insert(
                key.to_owned(),
                value.replace("%20", " ").replace("%26", "&"),
            );
        }
        assert_eq!(filter(&params), asked);
        assert_eq!(sort(&params), IdentitySort::Name);
        assert_eq!(of(&IdentityFilter::default()), "/identities");
    }
}
