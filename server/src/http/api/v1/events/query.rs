//! The parameters of the feed, and the address that asks for more of the same.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use contract::FieldError;
use contract::events::{EventKind, Outcome};
use contract::ids::IdentityId;
use domain::feed::FeedFilter;
use service::feed::FeedQuery;

/// What was asked, as it was written and as it was understood.
pub(super) struct Asked {
    pairs: Vec<(String, String)>,
    /// As understood.
    pub query: FeedQuery,
}

impl Asked {
    /// Reads the parameters.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Result<Self, FieldError> {
        let mut query = FeedQuery::default();
        let mut filter = FeedFilter::default();
        for (name, value) in &pairs {
            match name.as_str() {
                "after" if value.is_empty() => {
                    return Err(bad(
                        name,
                        "is empty; leave it out to start at the beginning",
                    ));
                }
                "after" => query.after = Some(value.clone()),
                "since" => query.since = Some(time(name, value)?),
                "until" => query.until = Some(time(name, value)?),
                "limit" => query.limit = Some(limit(value)?),
                "filter[source]" => filter.source.extend(words::<String>(name, value)?),
                "filter[kind]" | "filter[type]" => {
                    filter.kind.extend(words::<EventKind>(name, value)?);
                }
                "filter[outcome]" => filter.outcome.extend(words::<Outcome>(name, value)?),
                "filter[identity]" => filter.identity.extend(words::<IdentityId>(name, value)?),
                // A mistyped filter must not silently mean "everything".
                other if other.starts_with("filter") => {
                    let known = "is no filter; there are source, kind, outcome and identity";
                    return Err(bad(name, known));
                }
                _ => {}
            }
        }
        query.filter = filter;
        Ok(Self { pairs, query })
    }

    /// The address of this page, or of the one after `cursor`, with everything else the caller asked for.
    pub(super) fn url(&self, base: &str, cursor: Option<&str>) -> String {
        let mut url = format!("{base}/api/v1/events");
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
}

fn bad(field: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message: message.into(),
    }
}

fn limit(value: &str) -> Result<i64, FieldError> {
    value
        .parse()
        .map_err(|_| bad("limit", "must be a number between 1 and 1000"))
}

/// Values separated by commas, or one per repetition of the name.
fn words<T: FromStr>(name: &str, value: &str) -> Result<Vec<T>, FieldError> {
    value
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse()
                .map_err(|_| bad(name, format!("does not know {word:?}")))
        })
        .collect()
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

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, FieldError> {
        Asked::read(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn parameters_are_understood_and_kept_in_links() {
        let read = asked(&[
            ("since", "2026-01-01T00:00:00 01:00"),
            ("limit", "5"),
            ("filter[kind]", "deployment,other"),
        ]);
        let Ok(asked) = read else {
            panic!("not understood")
        };
        assert_eq!(
            asked.query.since.map(|time| time.to_rfc3339()).as_deref(),
            Some("2025-12-31T23:00:00+00:00")
        );
        assert_eq!(asked.query.filter.kind.len(), 2);
        assert_eq!(
            asked.url("http://h", Some("c")),
            "http://h/api/v1/events?limit=5&filter%5Bkind%5D=deployment%2Cother&after=c"
        );
        assert!(asked.url("http://h", None).contains("since="));
    }

    #[test]
    fn mistakes_are_refused() {
        for pairs in [
            [("after", "")],
            [("limit", "many")],
            [("since", "yesterday")],
            [("filter[kind]", "party")],
            [("filter[colour]", "red")],
            [("filter[identity]", "7")],
        ] {
            assert!(
                asked(&pairs).is_err_and(|wrong| wrong.field == pairs[0].0),
                "{pairs:?}"
            );
        }
    }
}
