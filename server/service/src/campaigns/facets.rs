//! Facet counts of a campaign's items: each value's count under every other facet's choice.

use contract::FacetValue;
use contract::campaigns::{Advice, ItemFilter, ItemOutcome};
use store::campaigns::{ItemGroup, NO_TEAM};

/// Facets with more values than this show those with most items.
const VALUES: usize = 30;

/// Total of the filter, and the facets with their counts.
pub fn count(groups: &[ItemGroup], filter: &ItemFilter) -> (i64, Vec<(String, Vec<FacetValue>)>) {
    let passes = |g: &ItemGroup| {
        [
            any(&filter.outcome, |v| v.as_str() == g.outcome),
            any(&filter.advice, |v| v.as_str() == g.advice),
            any(&filter.team, |v| *v == g.team),
            any(&filter.reviewer, |v| v.0 == g.reviewer),
        ]
    };
    let sum = |facet: usize, has: &dyn Fn(&ItemGroup) -> bool| -> i64 {
        let others = |g: &&ItemGroup| {
            passes(g)
                .iter()
                .enumerate()
                .all(|(i, ok)| *ok || i == facet)
        };
        let counted = groups.iter().filter(others).filter(|g| has(g));
        counted.map(|g| g.count).sum()
    };
    let word = |value: &str, label: &str, count| FacetValue {
        value: value.to_owned(),
        label: label.to_owned(),
        count,
    };
    let outcomes = ItemOutcome::ALL
        .iter()
        .map(|v| word(v.as_str(), v.label(), sum(0, &|g| g.outcome == v.as_str())))
        .filter(|v| groups.iter().any(|g| g.outcome == v.value));
    let advice = Advice::ALL
        .iter()
        .map(|v| word(v.as_str(), v.label(), sum(1, &|g| g.advice == v.as_str())));
    let teams = distinct(groups, |g| {
        let label = if g.team == NO_TEAM {
            "No team"
        } else {
            &g.team
        };
        (g.team.clone(), label.to_owned())
    });
    let teams = teams
        .into_iter()
        .map(|(value, label)| word(&value, &label, sum(2, &|g| g.team == value)));
    let people = distinct(groups, |g| {
        (g.reviewer.to_string(), g.reviewer_name.clone())
    });
    let people = people.into_iter().map(|(id, name)| {
        let count = sum(3, &|g| g.reviewer.to_string() == id);
        word(&id, &name, count)
    });
    let reviewers: Vec<String> = filter.reviewer.iter().map(ToString::to_string).collect();
    let facets = vec![
        ("outcome".to_owned(), outcomes.collect()),
        ("team".to_owned(), most(teams.collect(), &filter.team)),
        ("reviewer".to_owned(), most(people.collect(), &reviewers)),
        ("advice".to_owned(), advice.collect()),
    ];
    (sum(usize::MAX, &|_| true), facets)
}

fn any<T>(chosen: &[T], is: impl Fn(&T) -> bool) -> bool {
    chosen.is_empty() || chosen.iter().any(is)
}

fn distinct(
    groups: &[ItemGroup],
    of: impl Fn(&ItemGroup) -> (String, String),
) -> Vec<(String, String)> {
    let mut known: Vec<_> = groups.iter().map(of).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// Those with items, most first, and those chosen wherever they stand.
fn most(mut values: Vec<FacetValue>, chosen: &[String]) -> Vec<FacetValue> {
    values.retain(|v| v.count > 0 || chosen.contains(&v.value));
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    let mut place = 0;
    values.retain(|v| {
        place += 1;
        place <= VALUES || chosen.contains(&v.value)
    });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(outcome: &str, team: &str, count: i64) -> ItemGroup {
        ItemGroup {
            outcome: outcome.to_owned(),
            advice: "approve".to_owned(),
            team: team.to_owned(),
            reviewer: uuid::Uuid::nil(),
            reviewer_name: "Ada".to_owned(),
            count,
        }
    }

    #[test]
    fn each_facet_counts_under_the_choices_of_the_others() {
        let groups = [
            group("open", "Payments", 3),
            group("approve", "Payments", 2),
            group("open", NO_TEAM, 5),
        ];
        let filter = ItemFilter {
            outcome: vec![ItemOutcome::Approve],
            ..ItemFilter::default()
        };
        let (total, facets) = count(&groups, &filter);
        let of = |name: &str| -> Vec<(&str, i64)> {
            let (_, values) = facets.iter().find(|(of, _)| of == name).expect("facet");
            values.iter().map(|v| (v.label.as_str(), v.count)).collect()
        };
        assert_eq!(total, 2);
        assert_eq!(of("outcome"), [("Open", 8), ("Approve", 2)]);
        assert_eq!(of("team"), [("Payments", 2)]);
        let (_, facets) = count(&groups, &ItemFilter::default());
        let (_, teams) = &facets[1];
        assert_eq!((teams[0].label.as_str(), teams[0].count), ("No team", 5));
    }

    #[test]
    fn a_long_facet_keeps_what_is_chosen() {
        let groups: Vec<ItemGroup> = (0..40_i64)
            .map(|n| group("open", &format!("Team {n:02}"), 100 - n))
            .collect();
        let filter = ItemFilter {
            team: vec!["Team 39".to_owned()],
            ..ItemFilter::default()
        };
        let (_, facets) = count(&groups, &filter);
        let (_, teams) = &facets[1];
        assert_eq!(teams.len(), VALUES + 1);
        assert!(teams.iter().any(|team| team.value == "Team 39"));
    }
}
