//! The filter of a campaign's items in the address, its facets and chips.

use contract::campaigns::ItemFilter;
use contract::ids::CampaignId;
use leptos_router::params::ParamsMap;

use crate::components::{Facet, Faceted, facet_words};
use crate::paths;
use crate::query::{Address, text, words};

/// The filter of one campaign.
pub struct OfCampaign(pub CampaignId, pub ItemFilter);

impl Faceted for OfCampaign {
    const FACETS: &'static [Facet] = &[
        Facet::new("outcome", "Outcome"),
        Facet::of_names("team", "Team"),
        Facet::of_names("reviewer", "Reviewer"),
        Facet::new("advice", "Advice"),
    ];

    fn chosen(&self, facet: &str) -> Vec<String> {
        match facet {
            "outcome" => facet_words(&self.1.outcome),
            "team" => self.1.team.clone(),
            "reviewer" => facet_words(&self.1.reviewer),
            _ => facet_words(&self.1.advice),
        }
    }

    fn searched(&self) -> &str {
        &self.1.q
    }

    fn address_without(&self, facet: &str) -> String {
        let mut rest = self.1.clone();
        match facet {
            "outcome" => rest.outcome.clear(),
            "team" => rest.team.clear(),
            "reviewer" => rest.reviewer.clear(),
            "advice" => rest.advice.clear(),
            _ => rest.q.clear(),
        }
        address(self.0, &rest).to_string()
    }
}

/// Reads the filter.
pub fn read(params: &ParamsMap) -> ItemFilter {
    ItemFilter {
        q: text(params, "q"),
        outcome: words(params, "outcome"),
        advice: words(params, "advice"),
        team: words(params, "team"),
        reviewer: words(params, "reviewer"),
    }
}

/// The items tab under a filter, at its first page.
pub fn address(id: CampaignId, filter: &ItemFilter) -> Address {
    Address::new(paths::campaign(id))
        .with("tab", "items")
        .with("q", &filter.q)
        .with_each("outcome", &filter.outcome)
        .with_each("advice", &filter.advice)
        .with_each("team", &filter.team)
        .with_each("reviewer", &filter.reviewer)
}

#[cfg(test)]
mod tests {
    use contract::campaigns::{Advice, ItemOutcome};

    use super::*;

    #[test]
    fn a_filter_survives_the_address_and_loses_one_facet_at_a_time() {
        let id: CampaignId = uuid::Uuid::nil().into();
        let asked = ItemFilter {
            q: "pay".into(),
            outcome: vec![ItemOutcome::Open, ItemOutcome::DontKnow],
            advice: vec![Advice::LookCloser],
            team: vec!["none".into()],
            reviewer: vec![uuid::Uuid::max().into()],
        };
        let written = address(id, &asked).to_string();
        let (_, query) = written.split_once('?').expect("a query");
        let mut params = ParamsMap::new();
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').expect("a pair");
            params.insert(key.to_owned(), value.to_owned());
        }
        assert_eq!(read(&params), asked);
        let less = OfCampaign(id, asked).address_without("outcome");
        assert!(
            !less.contains("outcome=") && less.contains("advice=look_closer"),
            "{less}"
        );
    }
}
