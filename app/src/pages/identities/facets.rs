//! Facets and chips of the list.

use contract::identities::{IdentityFilter, IdentityList, IdentitySort};

use super::address;
use crate::components::{Chip, Facet, FacetGroup, Faceted, facet_chips, facet_groups, facet_words};

/// The filter with the order its addresses keep.
struct Ordered<'a>(&'a IdentityFilter, IdentitySort);

impl Faceted for Ordered<'_> {
    const FACETS: &'static [Facet] = &[
        Facet::new("kind", "Kind"),
        Facet::new("state", "State"),
        Facet::new("environment", "Environment"),
        Facet::of_names("team", "Owner"),
        Facet::new("credential", "Credential"),
        Facet::new("rotation", "Rotation"),
        Facet::new("review", "Review"),
        Facet::of_names("platform", "Platform"),
        Facet::new("tier", "Tier"),
    ];

    fn chosen(&self, facet: &str) -> Vec<String> {
        let filter = self.0;
        match facet {
            "kind" => facet_words(&filter.kind),
            "state" => facet_words(&filter.state),
            "environment" => facet_words(&filter.environment),
            "team" => filter.team.clone(),
            "credential" => facet_words(&filter.credential),
            "rotation" => facet_words(&filter.rotation),
            "review" => facet_words(&filter.review),
            "platform" => facet_words(&filter.platform),
            _ => facet_words(&filter.tier),
        }
    }

    fn searched(&self) -> &str {
        &self.0.q
    }

    fn address_without(&self, facet: &str) -> String {
        address::list(&without(self.0, facet), self.1).to_string()
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
        "overdue" => rest.overdue = false,
        _ => rest.owner = None,
    }
    rest
}

/// The facets with their counts.
pub fn groups(list: &IdentityList, filter: &IdentityFilter) -> Vec<FacetGroup> {
    facet_groups(&list.facets, &Ordered(filter, IdentitySort::Risk))
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
    add("overdue", filter.overdue.then(|| true.to_string()));
    add("owner", filter.owner.map(|id| id.to_string()));
    keep
}

/// A chip for each filter that is on.
pub fn chips(list: &IdentityList, filter: &IdentityFilter, sort: IdentitySort) -> Vec<Chip> {
    let mut chips = facet_chips(&list.facets, &Ordered(filter, sort));
    let mut add = |facet: &str, label: &str, value: Option<String>| {
        chips.extend(value.map(|value| Chip {
            label: label.to_owned(),
            value,
            remove: address::list(&without(filter, facet), sort).to_string(),
        }));
    };
    let yes_or_no = |on: bool| if on { "yes" } else { "no" }.to_owned();
    add("privileged", "Privileged", filter.privileged.map(yes_or_no));
    add(
        "unused_days",
        "Not seen for",
        filter
            .unused_days
            .map(|days| crate::format::count(days, "day")),
    );
    add(
        "overdue",
        "Overdue",
        filter.overdue.then(|| "review or rotation".to_owned()),
    );
    let owner = filter.owner.map(|owner| {
        let named = list.page.rows.iter().find_map(|row| row.owner.as_ref());
        match named {
            Some(person) if person.id == owner => person.name.clone(),
            _ => "one person".to_owned(),
        }
    });
    add("owner", "Answers for it", owner);
    chips
}
