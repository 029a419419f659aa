//! Facet counts from groups: each value's count under every *other* facet's choice.

use contract::FacetValue;
use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityKind, IdentityState, Platform,
    ReviewState, RiskTier, RotationState,
};
use store::identities::IN_ROLL;
use store::identities::facets::Group;

/// A facet's name and values.
type Facet = (String, Vec<FacetValue>);

/// A test of a group.
type Has<'a> = &'a dyn Fn(&Group) -> bool;

/// How many facets a group is judged by.
const FACETS: usize = 9;

/// Total of the filter, and the facets with their counts.
pub fn count(groups: &[Group], filter: &IdentityFilter) -> (i64, Vec<Facet>) {
    let counter = Counter {
        judged: groups.iter().map(|g| (passes(g, filter), g)).collect(),
    };
    let mut facets = who_and_where(&counter, filter);
    facets.push(("team".to_owned(), teams(&counter, groups, filter)));
    facets.extend(how_it_stands(&counter, filter));
    let words = !filter.q.trim().is_empty();
    if !words
        && filter.privileged.is_none()
        && filter.unused_days.is_none()
        && !filter.overdue
        && filter.owner.is_none()
    {
        facets.push(("view".to_owned(), views(groups)));
    }
    (counter.sum(FACETS, &|_| true), facets)
}

/// Sums groups under all facets but one.
struct Counter<'a> {
    judged: Vec<([bool; FACETS], &'a Group)>,
}

impl Counter<'_> {
    fn sum(&self, facet: usize, has: Has<'_>) -> i64 {
        self.judged
            .iter()
            .filter(|(p, g)| p.iter().enumerate().all(|(i, ok)| *ok || i == facet) && has(g))
            .map(|(_, g)| g.count)
            .sum()
    }

    /// Values of an enum that would show something, or are chosen.
    fn values<T: Copy + PartialEq>(
        &self,
        facet: usize,
        all: &[T],
        chosen: &[T],
        words: Words<T>,
        has: fn(&Group, T) -> bool,
    ) -> Vec<FacetValue> {
        all.iter()
            .map(|value| (*value, self.sum(facet, &|g| has(g, *value))))
            .filter(|(value, n)| *n > 0 || chosen.contains(value))
            .map(|(value, n)| FacetValue {
                value: words.0(value).to_owned(),
                label: words.1(value).to_owned(),
                count: n,
            })
            .collect()
    }
}

/// The stable word of an enum and the one a person reads.
type Words<T> = (fn(T) -> &'static str, fn(T) -> &'static str);

macro_rules! facet {
    ($counter:ident, $at:literal, $name:literal, $kind:ty, $chosen:expr, $has:expr) => {
        (
            $name.to_owned(),
            $counter.values(
                $at,
                <$kind>::ALL,
                $chosen,
                (<$kind>::as_str, <$kind>::label),
                $has,
            ),
        )
    };
}

fn who_and_where(c: &Counter<'_>, filter: &IdentityFilter) -> Vec<Facet> {
    vec![
        facet!(c, 0, "kind", IdentityKind, &filter.kind, |g, v| g.kind == v),
        facet!(c, 1, "state", IdentityState, &filter.state, |g, v| g.state
            == v),
        facet!(
            c,
            2,
            "environment",
            Environment,
            &filter.environment,
            |g, v| g.environments.contains(&v)
        ),
        facet!(c, 7, "platform", Platform, &filter.platform, |g, v| g
            .platform
            == v),
    ]
}

fn how_it_stands(c: &Counter<'_>, filter: &IdentityFilter) -> Vec<Facet> {
    vec![
        facet!(
            c,
            4,
            "credential",
            CredentialClass,
            &filter.credential,
            |g, v| g.credential == v
        ),
        facet!(c, 5, "rotation", RotationState, &filter.rotation, |g, v| g
            .rotation
            == v),
        facet!(c, 6, "review", ReviewState, &filter.review, |g, v| g.review
            == v),
        facet!(c, 8, "tier", RiskTier, &filter.tier, |g, v| g.tier == v),
    ]
}

/// Whether a group passes each facet, by its number.
fn passes(group: &Group, filter: &IdentityFilter) -> [bool; FACETS] {
    [
        any(&filter.kind, &group.kind),
        if filter.state.is_empty() {
            IN_ROLL.contains(&group.state)
        } else {
            filter.state.contains(&group.state)
        },
        filter.environment.is_empty()
            || group
                .environments
                .iter()
                .any(|place| filter.environment.contains(place)),
        filter.team.is_empty()
            || group
                .team
                .as_ref()
                .is_some_and(|(slug, _)| filter.team.contains(slug))
            || (group.unowned && filter.team.iter().any(|slug| slug == "none")),
        any(&filter.credential, &group.credential),
        any(&filter.rotation, &group.rotation),
        any(&filter.review, &group.review),
        any(&filter.platform, &group.platform),
        any(&filter.tier, &group.tier),
    ]
}

fn any<T: PartialEq>(chosen: &[T], value: &T) -> bool {
    chosen.is_empty() || chosen.contains(value)
}

/// Teams, most rows first; "No owner" last.
fn teams(counter: &Counter<'_>, groups: &[Group], filter: &IdentityFilter) -> Vec<FacetValue> {
    let mut known: Vec<&(String, String)> = groups.iter().filter_map(|g| g.team.as_ref()).collect();
    known.sort_unstable();
    known.dedup();
    let mut values: Vec<FacetValue> = known
        .into_iter()
        .map(|(slug, name)| FacetValue {
            value: slug.clone(),
            label: name.clone(),
            count: counter.sum(3, &|g| g.team.as_ref().is_some_and(|(s, _)| s == slug)),
        })
        .filter(|value| value.count > 0 || filter.team.contains(&value.value))
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let unowned = counter.sum(3, &|g| g.unowned);
    if unowned > 0 || filter.team.iter().any(|slug| slug == "none") {
        values.push(FacetValue {
            value: "none".to_owned(),
            label: "No owner".to_owned(),
            count: unowned,
        });
    }
    values
}

/// Rows behind each saved view, whatever the facets say.
fn views(groups: &[Group]) -> Vec<FacetValue> {
    let production = |g: &Group| g.environments.contains(&Environment::Production);
    let views: [(&str, Has<'_>); 8] = [
        ("all", &|_| true),
        ("production", &production),
        ("requested", &|g| g.state == IdentityState::Requested),
        ("discovered", &|g| g.state == IdentityState::Discovered),
        ("unowned", &|g| g.unowned),
        ("static_production", &|g| {
            production(g) && g.credential == CredentialClass::Static
        }),
        ("rotation_overdue", &|g| {
            g.rotation == RotationState::Overdue
        }),
        ("review_overdue", &|g| g.review == ReviewState::Overdue),
    ];
    let in_roll = |g: &&Group| IN_ROLL.contains(&g.state);
    views
        .into_iter()
        .map(|(key, has)| FacetValue {
            value: key.to_owned(),
            label: String::new(),
            count: groups
                .iter()
                .filter(in_roll)
                .filter(|g| has(g))
                .map(|g| g.count)
                .sum(),
        })
        .collect()
}
