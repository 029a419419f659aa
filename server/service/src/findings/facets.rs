//! Facet counts of findings: each value's count under every other facet's choice.

use contract::FacetValue;
use contract::findings::{FindingAge, FindingClass, FindingFilter, FindingState, Severity};
use domain::finding::REGISTRY;
use store::findings::list::{Group, states};

/// Total of the filter, and the facets with their counts.
pub fn count(groups: &[Group], filter: &FindingFilter) -> (i64, Vec<(String, Vec<FacetValue>)>) {
    let wanted = states(filter);
    let passes = |g: &Group| {
        [
            any(&filter.severity, |v| v.as_str() == g.severity),
            wanted.contains(&g.state),
            filter.team.is_empty()
                || filter.team.iter().any(|slug| match &g.team_slug {
                    Some(own) => own == slug,
                    None => slug == "none",
                }),
            filter.rule.is_empty() || filter.rule.contains(&g.rule),
            any(&filter.class, |v| v.as_str() == g.class),
            any(&filter.age, |v| v.as_str() == g.age),
        ]
    };
    let sum = |facet: usize, has: &dyn Fn(&Group) -> bool| -> i64 {
        groups
            .iter()
            .filter(|g| {
                passes(g)
                    .iter()
                    .enumerate()
                    .all(|(i, ok)| *ok || i == facet)
                    && has(g)
            })
            .map(|g| g.count)
            .sum()
    };
    let value = |value: &str, label: &str, count: i64| FacetValue {
        value: value.to_owned(),
        label: label.to_owned(),
        count,
    };
    let facets = vec![
        (
            "severity".to_owned(),
            Severity::ALL
                .iter()
                .map(|v| value(v.as_str(), v.label(), sum(0, &|g| g.severity == v.as_str())))
                .collect(),
        ),
        (
            "state".to_owned(),
            FindingState::ALL
                .iter()
                .map(|v| value(v.as_str(), v.label(), sum(1, &|g| g.state == v.as_str())))
                .collect(),
        ),
        ("team".to_owned(), teams(groups, filter, &|has| sum(2, has))),
        (
            "rule".to_owned(),
            REGISTRY
                .iter()
                .map(|r| (r.id, r.name))
                .chain(domain::detect::REGISTRY.iter().map(|r| (r.id, r.name)))
                .map(|(id, name)| value(id, name, sum(3, &|g| g.rule == id)))
                .filter(|v| v.count > 0 || filter.rule.contains(&v.value))
                .collect(),
        ),
        (
            "class".to_owned(),
            FindingClass::ALL
                .iter()
                .map(|v| value(v.as_str(), v.label(), sum(4, &|g| g.class == v.as_str())))
                .collect(),
        ),
        (
            "age".to_owned(),
            FindingAge::ALL
                .iter()
                .map(|v| value(v.as_str(), v.label(), sum(5, &|g| g.age == v.as_str())))
                .collect(),
        ),
    ];
    (sum(usize::MAX, &|_| true), facets)
}

fn any<T>(chosen: &[T], is: impl Fn(&T) -> bool) -> bool {
    chosen.is_empty() || chosen.iter().any(is)
}

/// Sums the groups of one facet that have something.
type Sum<'a> = &'a dyn Fn(&dyn Fn(&Group) -> bool) -> i64;

/// Teams, most findings first; "No owner" last.
fn teams(groups: &[Group], filter: &FindingFilter, sum: Sum<'_>) -> Vec<FacetValue> {
    let mut known: Vec<(&str, &str)> = groups
        .iter()
        .filter_map(|g| Some((g.team_slug.as_deref()?, g.team_name.as_deref()?)))
        .collect();
    known.sort_unstable();
    known.dedup();
    let mut values: Vec<FacetValue> = known
        .into_iter()
        .map(|(slug, name)| FacetValue {
            value: slug.to_owned(),
            label: name.to_owned(),
            count: sum(&|g| g.team_slug.as_deref() == Some(slug)),
        })
        .filter(|value| value.count > 0 || filter.team.contains(&value.value))
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let nobody = sum(&|g| g.team_slug.is_none());
    if nobody > 0 || filter.team.iter().any(|slug| slug == "none") {
        values.push(FacetValue {
            value: "none".to_owned(),
            label: "No owner".to_owned(),
            count: nobody,
        });
    }
    values
}
