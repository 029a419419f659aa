//! The parameters of a feed, and the address that asks for more of the same.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use contract::FieldError;
use contract::feed::{FeedFormat, FeedStream};
use domain::feed::Selection;
use service::feed::FeedQuery;

use super::Mode;

/// Parameters every feed has, beside `limit` and `after`.
pub const PARAMETERS: &[&str] = &[
    "since", "until", "format", "envelope", "wait", "consumer", "raw", "order",
];

/// Filters of the event feed, as they are written.
pub const FILTERS: &[&str] = &[
    "filter[type]",
    "filter[source]",
    "filter[outcome]",
    "filter[identity]",
];

/// How every cursor of a feed begins: base64 of `v1:`. Cursors of lists are hexadecimal digits.
const CURSOR: &str = "djE6";
/// Seconds somebody may wait at most.
const WAIT: u64 = 60;
/// What the bodies of newline-delimited JSON are called.
const NDJSON: &[&str] = &[
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
];

/// In what the rows are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// A bare array.
    Array,
    /// An object with the rows, the cursor, and whether there is more.
    Envelope,
    /// A line each.
    Lines,
}

/// What was asked, as it was written and as it was understood.
pub(super) struct Asked {
    path: &'static str,
    pairs: Vec<(String, String)>,
    known: Option<String>,
    /// As understood.
    pub query: FeedQuery,
    /// How the feed tells that it ends.
    pub mode: Mode,
    /// In whose words.
    pub format: FeedFormat,
    /// Wrapped in what.
    pub body: Body,
    /// How long to wait for a row.
    pub wait: Duration,
    /// A place kept for the reader, moved on at once.
    pub consumer: Option<String>,
    /// `limit=all`: not a page, but everything there is.
    pub everything: bool,
}

/// Whether a list that is also a feed is asked for as a feed.
pub fn is_feed(pairs: &[(String, String)], headers: &HeaderMap) -> bool {
    let asked = pairs.iter().any(|(name, value)| {
        PARAMETERS.contains(&name.as_str())
            || name.starts_with("filter[")
            || (name == "after" && value.starts_with(CURSOR))
            || (name == "limit" && value == "all")
    });
    asked || lines(headers)
}

/// Whether a parameter is given once at most; filters may be repeated.
fn is_single(name: &str) -> bool {
    PARAMETERS.contains(&name) || matches!(name, "after" | "limit" | "per_page")
}

/// Whether the caller reads lines.
fn lines(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| {
        accept
            .split(',')
            .filter_map(|part| part.split(';').next())
            .any(|kind| NDJSON.contains(&kind.trim()) || kind.trim() == "text/plain")
    })
}

impl Asked {
    /// Reads the parameters.
    pub(super) fn read(
        stream: FeedStream,
        path: &'static str,
        pairs: Vec<(String, String)>,
        headers: &HeaderMap,
    ) -> Result<Self, FieldError> {
        let polling = path == "/logs";
        let known = headers.get(header::IF_NONE_MATCH);
        let mut asked = Self {
            path,
            known: known
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            query: FeedQuery {
                filter: Selection::all(stream),
                ..FeedQuery::default()
            },
            mode: if polling { Mode::Polling } else { Mode::Drain },
            format: if polling {
                FeedFormat::Okta
            } else {
                FeedFormat::Native
            },
            body: if lines(headers) {
                Body::Lines
            } else {
                Body::Array
            },
            wait: Duration::ZERO,
            consumer: None,
            everything: false,
            pairs: Vec::new(),
        };
        for (place, (name, value)) in pairs.iter().enumerate() {
            let mut before = pairs[..place].iter().filter(|(other, _)| other == name);
            if before.any(|(_, known)| known == value || is_single(name)) {
                return Err(bad(name, "is given twice"));
            }
            asked.parameter(name, value)?;
        }
        if asked.everything && (asked.body != Body::Lines || asked.consumer.is_some()) {
            let words = "can be all only with Accept: application/x-ndjson, and without a consumer";
            return Err(bad("limit", words));
        }
        asked.pairs = pairs;
        Ok(asked)
    }

    fn parameter(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        match name {
            "after" if value.is_empty() => {
                return Err(bad(
                    name,
                    "is empty; leave it out to start at the beginning",
                ));
            }
            "after" => self.query.after = Some(value.to_owned()),
            "since" => self.query.since = Some(time(name, value)?),
            "until" => self.query.until = Some(time(name, value)?),
            "limit" if value == "all" => self.everything = true,
            "limit" | "per_page" => self.query.limit = Some(limit(name, value)?),
            "format" => self.format = value.parse().map_err(|_| unknown(name, value))?,
            "envelope" if yes(name, value)? => self.body = Body::Envelope,
            "envelope" => {}
            "raw" => self.query.raw = yes(name, value)?,
            "wait" => self.wait = wait(value)?,
            "consumer" => self.consumer = Some(value.to_owned()),
            // What pollers of Okta and GitHub send beside; there is only this order.
            "order" if matches!(value, "asc" | "published") => {}
            "sortOrder" if value.eq_ignore_ascii_case("ascending") => {}
            "q" | "filter" if value.is_empty() => {}
            other => self.filter(other, value)?,
        }
        Ok(())
    }

    /// A mistyped filter must not silently mean "everything".
    fn filter(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        let filter = name
            .strip_prefix("filter[")
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(name);
        let words: Vec<&str> = value
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect();
        match self.query.filter.narrow(filter, &words) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let names = self.query.filter.names();
                let names: Vec<String> =
                    names.iter().map(|name| format!("filter[{name}]")).collect();
                let words = format!("is no parameter here; there are {}", names.join(", "));
                Err(bad(
                    name,
                    format!("{words}, after, limit, {}", PARAMETERS.join(", ")),
                ))
            }
            Err(word) => Err(unknown(name, &word)),
        }
    }

    /// Whether the caller has this answer already.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        let tag = headers
            .get(header::ETAG)
            .and_then(|value| value.to_str().ok());
        tag.zip(self.known.as_deref()).is_some_and(|(tag, known)| {
            known
                .split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"))
        })
    }

    /// The address of this page, or of the one after `cursor`, with everything else the caller asked for.
    pub(super) fn url(&self, base: &str, cursor: Option<&str>) -> String {
        let mut url = format!("{base}/api/v1{}", self.path);
        let kept = self
            .pairs
            .iter()
            .filter(|(name, _)| cursor.is_none() || !matches!(name.as_str(), "after" | "since"));
        let next = cursor.map(|cursor| ("after", cursor));
        let pairs = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(next);
        for (place, (name, value)) in pairs.enumerate() {
            url.push(if place == 0 { '?' } else { '&' });
            encode(name, &mut url);
            url.push('=');
            encode(value, &mut url);
        }
        url
    }

    /// The filter as it was written, to be shown.
    pub(super) fn written(&self) -> serde_json::Value {
        self.pairs
            .iter()
            .filter(|(name, _)| name.starts_with("filter["))
            .map(|(name, value)| (name.clone(), serde_json::Value::from(value.clone())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

fn bad(field: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message: message.into(),
    }
}

fn unknown(field: &str, word: &str) -> FieldError {
    bad(field, format!("does not know {word:?}"))
}

fn limit(name: &str, value: &str) -> Result<i64, FieldError> {
    value
        .parse()
        .map_err(|_| bad(name, "must be a number between 1 and 1000"))
}

fn wait(value: &str) -> Result<Duration, FieldError> {
    let seconds = value.parse().ok().filter(|seconds| *seconds <= WAIT);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        bad(
            "wait",
            format!("must be a number of seconds between 0 and {WAIT}"),
        )
    })
}

fn yes(name: &str, value: &str) -> Result<bool, FieldError> {
    match value {
        "1" | "true" | "yes" => Ok(true),
        "0" | "false" | "no" => Ok(false),
        _ => Err(bad(name, "must be true or false")),
    }
}

/// RFC 3339; a `+` that was not escaped arrives as a space.
fn time(name: &str, value: &str) -> Result<DateTime<Utc>, FieldError> {
    let mended = value.trim().replace(' ', "+");
    DateTime::parse_from_rfc3339(&mended)
        .map(|time| time.to_utc())
        .map_err(|_| bad(name, "must be a time such as 2026-01-31T09:30:00Z"))
}

fn encode(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &'static str, pairs: &[(&str, &str)]) -> Result<Asked, FieldError> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Asked::read(FeedStream::Events, path, pairs, &HeaderMap::new())
    }

    #[test]
    fn parameters_are_understood_and_kept_in_links() {
        let read = asked(
            "/events",
            &[
                ("since", "2026-01-01T00:00:00 01:00"),
                ("limit", "5"),
                ("filter[kind]", "deployment,other"),
                ("format", "ocsf"),
            ],
        );
        let Ok(asked) = read else {
            panic!("not understood")
        };
        assert_eq!(
            asked.query.since.map(|time| time.to_rfc3339()).as_deref(),
            Some("2025-12-31T23:00:00+00:00")
        );
        assert!(matches!(&asked.query.filter, Selection::Events(filter) if filter.kind.len() == 2));
        assert_eq!(
            asked.url("http://h", Some("c")),
            "http://h/api/v1/events?limit=5&filter%5Bkind%5D=deployment%2Cother&format=ocsf&after=c"
        );
        assert!(asked.url("http://h", None).contains("since="));
    }

    #[test]
    fn times_come_in_every_usual_spelling() {
        for text in [
            "2026-01-31T09:30:00Z",
            "2026-01-31T09:30:00.1Z",
            "2026-01-31T09:30:00.123456789Z",
            "2026-01-31T09:30:00+00:00",
            "2026-01-31T09:30:00 00:00",
        ] {
            assert!(asked("/events", &[("since", text)]).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_pollers_of_other_services_send_is_taken() {
        let poller = [("sortOrder", "ASCENDING"), ("q", ""), ("filter", "")];
        assert!(asked("/logs", &poller).is_ok_and(|asked| asked.format == FeedFormat::Okta));
        assert!(asked("/events", &[("per_page", "7"), ("order", "asc")]).is_ok());
        assert!(asked("/logs", &[("sortOrder", "DESCENDING")]).is_err());
    }

    #[test]
    fn only_filters_are_repeated_and_each_word_once() {
        let twice = [("limit", "7"), ("limit", "8")];
        assert!(asked("/events", &twice).is_err_and(|wrong| wrong.field == "limit"));
        let words = [("filter[kind]", "deployment"), ("filter[kind]", "other")];
        assert!(asked("/events", &words).is_ok());
        let same = [("filter[kind]", "other"), ("filter[kind]", "other")];
        assert!(asked("/events", &same).is_err());
    }

    #[test]
    fn mistakes_are_refused() {
        for pairs in [
            [("after", "")],
            [("limit", "many")],
            [("limit", "all")],
            [("since", "yesterday")],
            [("wait", "61")],
            [("format", "xml")],
            [("envelope", "maybe")],
            [("order", "desc")],
            [("filter[kind]", "party")],
            [("filter[colour]", "red")],
            [("filter[identity]", "7")],
            [("colour", "red")],
        ] {
            assert!(
                asked("/events", &pairs).is_err_and(|wrong| wrong.field == pairs[0].0),
                "{pairs:?}"
            );
        }
    }
}
