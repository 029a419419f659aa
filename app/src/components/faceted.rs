//! Facets and chips of any list: from its filter and the counted values to what is drawn.

use contract::FacetValue;

use super::{Chip, FacetGroup, FacetOption};

/// A facet as a list names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The parameter: `environment`.
    pub name: &'static str,
    /// The words above: `Environment`.
    pub legend: &'static str,
    /// Whether its values are names, whose capitals stay in a chip.
    pub names: bool,
}

impl Facet {
    /// A facet of common words.
    pub const fn new(name: &'static str, legend: &'static str) -> Self {
        Self {
            name,
            legend,
            names: false,
        }
    }

    /// A facet of names: teams, sources, products.
    pub const fn of_names(name: &'static str, legend: &'static str) -> Self {
        Self {
            name,
            legend,
            names: true,
        }
    }
}

/// A filter that facets narrow.
pub trait Faceted {
    /// Its facets, in the order they are shown.
    const FACETS: &'static [Facet];

    /// The chosen words of a facet.
    fn chosen(&self, facet: &str) -> Vec<String>;

    /// The words searched for; empty when none.
    fn searched(&self) -> &str;

    /// The list without a facet or, for `q`, without the words; at its first page.
    fn address_without(&self, facet: &str) -> String;
}

/// The counted values of a facet; none when nothing was counted.
type Counted = [(String, Vec<FacetValue>)];

fn values<'a>(counted: &'a Counted, facet: &str) -> &'a [FacetValue] {
    counted
        .iter()
        .find(|(name, _)| name == facet)
        .map_or(&[], |(_, values)| values.as_slice())
}

/// The facets with their counts; those with nothing to choose are left out.
pub fn facet_groups<F: Faceted>(counted: &Counted, filter: &F) -> Vec<FacetGroup> {
    F::FACETS
        .iter()
        .map(|facet| {
            let chosen = filter.chosen(facet.name);
            let known = values(counted, facet.name);
            let mut options: Vec<FacetOption> = known
                .iter()
                .map(|value| FacetOption {
                    checked: chosen.contains(&value.value),
                    value: value.value.clone(),
                    label: value.label.clone(),
                    count: Some(value.count),
                })
                .collect();
            // A chosen value that shows nothing must stay where it can be taken back.
            let gone = |word: &&String| !known.iter().any(|value| value.value == **word);
            options.extend(chosen.iter().filter(gone).map(|word| FacetOption {
                value: word.clone(),
                label: word.clone(),
                count: Some(0),
                checked: true,
            }));
            FacetGroup {
                name: facet.name.to_owned(),
                legend: facet.legend.to_owned(),
                options,
            }
        })
        .filter(|group| !group.options.is_empty())
        .collect()
}

/// A chip for the words and for each facet that is on.
pub fn facet_chips<F: Faceted>(counted: &Counted, filter: &F) -> Vec<Chip> {
    let words = filter.searched().trim();
    let words = (!words.is_empty()).then(|| Chip {
        label: "Words".to_owned(),
        value: words.to_owned(),
        remove: filter.address_without("q"),
    });
    let facets = F::FACETS.iter().filter_map(|facet| {
        let label = |word: &String| {
            let known = values(counted, facet.name)
                .iter()
                .find(|value| value.value == *word);
            match known {
                None => word.clone(),
                Some(value) if facet.names => value.label.clone(),
                Some(value) => value.label.to_lowercase(),
            }
        };
        let words: Vec<String> = filter.chosen(facet.name).iter().map(label).collect();
        (!words.is_empty()).then(|| Chip {
            label: facet.legend.to_owned(),
            value: words.join(", "),
            remove: filter.address_without(facet.name),
        })
    });
    words.into_iter().chain(facets).collect()
}

/// The words of several values, as facets and addresses write them.
pub fn facet_words<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fruit(Vec<String>, &'static str);

    impl Faceted for Fruit {
        const FACETS: &'static [Facet] = &[
            Facet::new("colour", "Colour"),
            Facet::of_names("sort", "Sort"),
        ];

        fn chosen(&self, facet: &str) -> Vec<String> {
            if facet == "colour" {
                self.0.clone()
            } else {
                vec!["boskoop".to_owned()]
            }
        }

        fn searched(&self) -> &str {
            self.1
        }

        fn address_without(&self, facet: &str) -> String {
            format!("/fruit?without={facet}")
        }
    }

    fn counted() -> Vec<(String, Vec<FacetValue>)> {
        let value = |value: &str, label: &str, count| FacetValue {
            value: value.to_owned(),
            label: label.to_owned(),
            count,
        };
        vec![
            ("colour".to_owned(), vec![value("red", "Red", 3)]),
            ("sort".to_owned(), vec![value("boskoop", "Boskoop", 2)]),
        ]
    }

    #[test]
    fn a_chosen_value_without_rows_stays_in_its_facet() {
        let groups = facet_groups(&counted(), &Fruit(vec!["blue".to_owned()], ""));
        let colours: Vec<(&str, Option<i64>, bool)> = groups[0]
            .options
            .iter()
            .map(|option| (option.label.as_str(), option.count, option.checked))
            .collect();
        assert_eq!(colours, [("Red", Some(3), false), ("blue", Some(0), true)]);
    }

    #[test]
    fn chips_name_words_first_and_keep_the_capitals_of_names() {
        let chips = facet_chips(&counted(), &Fruit(vec!["red".to_owned()], " ripe "));
        let said: Vec<(&str, &str, &str)> = chips
            .iter()
            .map(|chip| {
                (
                    chip.label.as_str(),
                    chip.value.as_str(),
                    chip.remove.as_str(),
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                ("Words", "ripe", "/fruit?without=q"),
                ("Colour", "red", "/fruit?without=colour"),
                ("Sort", "Boskoop", "/fruit?without=sort"),
            ]
        );
    }
}
