//! What the explorer's address asks for, and the addresses one step from it.

use chrono::{DateTime, NaiveDateTime, Utc};
use contract::events::EventFilter;
use contract::ids::EventId;
use leptos_router::params::ParamsMap;

use crate::components::{Facet, Faceted, facet_words};
use crate::paths;
use crate::query::{Address, one, text, words};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// The filter.
    pub filter: EventFilter,
    /// The window up to now, in hours, where the filter has no range.
    pub hours: Option<i64>,
    /// The page.
    pub after: Option<String>,
    /// The event that is open.
    pub event: Option<EventId>,
    /// Whether new events are shown as they come.
    pub live: bool,
}

impl Asked {
    /// Reads an address.
    pub(super) fn read(params: &ParamsMap) -> Self {
        Self {
            filter: EventFilter {
                q: text(params, "q"),
                kind: words(params, "kind"),
                outcome: words(params, "outcome"),
                source: words(params, "source"),
                environment: words(params, "environment"),
                identity: one(params, "identity"),
                from: moment(&text(params, "from")),
                to: moment(&text(params, "to")),
            },
            hours: one(params, "hours"),
            after: Some(text(params, "after")).filter(|after| !after.is_empty()),
            event: one(params, "event"),
            live: text(params, "live") == "1",
        }
    }

    /// Without one filter, at the first page.
    pub(super) fn without(mut self, name: &str) -> Self {
        match name {
            "kind" => self.filter.kind.clear(),
            "outcome" => self.filter.outcome.clear(),
            "source" => self.filter.source.clear(),
            "environment" => self.filter.environment.clear(),
            "identity" => self.filter.identity = None,
            "q" => self.filter.q.clear(),
            _ => (self.filter.from, self.filter.to) = (None, None),
        }
        self.at(None)
    }

    /// At a page; nothing is open there.
    pub(super) fn at(mut self, after: Option<String>) -> Self {
        self.after = after;
        self.event = None;
        self
    }

    /// With an event open.
    pub(super) fn open(mut self, event: Option<EventId>) -> Self {
        self.event = event;
        self
    }

    /// In a window up to now.
    pub(super) fn within(self, hours: i64) -> Self {
        let mut asked = self.without("time");
        asked.hours = Some(hours);
        asked
    }

    /// Whether anything but the window is asked for.
    pub(super) fn is_filtered(&self) -> bool {
        self.filter != EventFilter::default()
    }

    /// What stays when a facet is chosen: the window and the identity.
    pub(super) fn kept(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
        [
            pair("hours", self.hours.map(|hours| hours.to_string())),
            pair("identity", self.filter.identity.map(|id| id.to_string())),
            pair("from", self.filter.from.map(field)),
            pair("to", self.filter.to.map(field)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What stays when a window is chosen: the facets, the words, the identity.
    pub(super) fn kept_by_range(&self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for Facet { name, .. } in Self::FACETS {
            kept.extend(
                self.chosen(name)
                    .into_iter()
                    .map(|word| ((*name).to_owned(), word)),
            );
        }
        kept.extend(
            self.filter
                .identity
                .map(|id| ("identity".to_owned(), id.to_string())),
        );
        if !self.filter.q.is_empty() {
            kept.push(("q".to_owned(), self.filter.q.clone()));
        }
        kept
    }
}

impl Faceted for Asked {
    const FACETS: &'static [Facet] = &[
        Facet::new("kind", "Kind"),
        Facet::new("outcome", "Outcome"),
        Facet::of_names("source", "Source"),
        Facet::new("environment", "Environment"),
    ];

    fn chosen(&self, facet: &str) -> Vec<String> {
        match facet {
            "kind" => facet_words(&self.filter.kind),
            "outcome" => facet_words(&self.filter.outcome),
            "source" => self.filter.source.clone(),
            _ => facet_words(&self.filter.environment),
        }
    }

    fn searched(&self) -> &str {
        &self.filter.q
    }

    fn address_without(&self, facet: &str) -> String {
        self.clone().without(facet).to_string()
    }
}

impl Asked {
    /// The filter and the window under another path: the exports, the tail.
    pub(super) fn under(&self, path: String) -> Address {
        let mut address = Address::new(path).with("q", &self.filter.q);
        for Facet { name, .. } in Self::FACETS {
            address = address.with_each(name, &self.chosen(name));
        }
        address
            .with_some("identity", self.filter.identity)
            .with_some("hours", self.hours)
            .with_some("from", self.filter.from.map(field))
            .with_some("to", self.filter.to.map(field))
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.under(paths::events())
            .with_some("after", self.after.as_ref())
            .with_some("event", self.event)
            .with_some("live", self.live.then_some("1"))
            .fmt(f)
    }
}

/// A moment as the range's fields write it, in UTC.
pub(super) fn field(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|spelling| NaiveDateTime::parse_from_str(text, spelling).ok())
        .map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let mut params = ParamsMap::new();
        for (name, value) in [
            ("q", "a b"),
            ("kind", "deployment"),
            ("kind", "other"),
            ("source", "github"),
            ("environment", "production"),
            ("from", "2026-11-20T08:45"),
            ("hours", "24"),
            ("after", "1-2"),
            ("kind", "nonsense"),
        ] {
            params.insert(name, value.to_owned());
        }
        let asked = Asked::read(&params);
        assert_eq!(
            asked.to_string(),
            "/events?q=a%20b&kind=deployment&kind=other&source=github&environment=production&hours=24&from=2026-11-20T08%3A45&after=1-2"
        );
        assert_eq!(asked.clone().without("kind").filter.kind, vec![]);
        assert_eq!(asked.without("time").filter.from, None);
    }
}
