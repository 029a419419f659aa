//! Reading and writing addresses: what selects what is shown lives in the query string.
//!
//! Facets repeat their key (`?kind=pipeline&kind=bot`), so a plain GET form writes the same address.

use std::fmt::Write as _;
use std::str::FromStr;

pub use leptos_router::params::ParamsMap;

/// Every readable value of a repeated key; unreadable ones are left out.
pub fn words<T: FromStr>(params: &ParamsMap, key: &str) -> Vec<T> {
    params
        .get_all(key)
        .unwrap_or_default()
        .iter()
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// The last readable value of a key.
pub fn one<T: FromStr>(params: &ParamsMap, key: &str) -> Option<T> {
    params
        .get_str(key)
        .filter(|word| !word.is_empty())
        .and_then(|word| word.parse().ok())
}

/// The text of a key; empty when absent.
pub fn text(params: &ParamsMap, key: &str) -> String {
    params.get(key).unwrap_or_default()
}

/// A text as one part of a path.
pub fn path_part(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    encode(text, &mut part);
    part
}

/// Builds an address with a query string.
#[derive(Debug, Clone, Default)]
pub struct Address {
    path: String,
    query: String,
}

impl Address {
    /// Starts from a path.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            query: String::new(),
        }
    }

    /// Adds `key=value`; an empty value is left out.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "words, ids and numbers; callers read better"
    )]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.query
                .push(if self.query.is_empty() { '?' } else { '&' });
            self.query.push_str(key);
            self.query.push('=');
            encode(&value, &mut self.query);
        }
        self
    }

    /// Adds `key=value` when there is a value.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds `key=value` for each value.
    #[must_use]
    pub fn with_each<T: ToString>(self, key: &str, values: &[T]) -> Self {
        values
            .iter()
            .fold(self, |address, value| address.with(key, value.to_string()))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.path, self.query)
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn encode(text: &str, out: &mut String) {
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
    use contract::identities::IdentityKind::{Bot, Pipeline};

    use super::*;

    #[test]
    fn an_address_carries_each_value_and_nothing_empty() {
        let address = Address::new("/identities")
            .with("q", "a&b =é")
            .with("x", "")
            .with_each("kind", &["bot", "pipeline"])
            .with_some("sort", None::<&str>);
        assert_eq!(
            address.to_string(),
            "/identities?q=a%26b%20%3D%C3%A9&kind=bot&kind=pipeline"
        );
    }

    #[test]
    fn repeated_keys_are_read_and_nonsense_is_left_out() {
        let mut params = ParamsMap::new();
        for word in ["bot", "nonsense", "pipeline"] {
            params.insert("kind", word.to_owned());
        }
        assert_eq!(
            words::<contract::identities::IdentityKind>(&params, "kind"),
            vec![Bot, Pipeline]
        );
        assert_eq!(one::<i64>(&params, "absent"), None);
    }
}
