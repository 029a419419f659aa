//! The claims of a token. Decoded here, never kept and never verified.

mod build;

pub use build::{Ci, Event, Run};

use base64::Engine as _;
use serde_json::{Map, Value};

/// What a token claims.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Token {
    claims: Map<String, Value>,
}

impl Token {
    /// Reads a claim set as JSON (bare, or under `claims` or `payload`), or a compact JWT whose signature is not
    /// checked.
    ///
    /// # Errors
    /// When it is neither.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_start_matches('\u{feff}');
        let value: Value = if text.starts_with('{') {
            serde_json::from_str(text).map_err(|why| why.to_string())?
        } else {
            let payload = text
                .trim_matches('"')
                .split('.')
                .nth(1)
                .ok_or("neither a JSON object nor a JWT")?;
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(payload.trim_end_matches('='))
                .map_err(|why| format!("the JWT's payload is not base64url: {why}"))?;
            serde_json::from_slice(&bytes)
                .map_err(|why| format!("the JWT's payload is not JSON: {why}"))?
        };
        match value {
            Value::Object(mut claims) => {
                if !claims.contains_key("iss") && !claims.contains_key("sub") {
                    for wrapper in ["claims", "payload"] {
                        if let Some(Value::Object(inner)) = claims.remove(wrapper) {
                            return Ok(Self { claims: inner });
                        }
                    }
                }
                Ok(Self { claims })
            }
            _ => Err("the claims are not a JSON object".to_owned()),
        }
    }

    /// Reads one claim set or JWT, or a JSON list of claim sets.
    ///
    /// # Errors
    /// When one of them is neither; which, counted from 1.
    pub fn read_all(text: &str) -> Result<Vec<Self>, String> {
        if !text.trim_start().starts_with('[') {
            return Ok(vec![Self::read(text)?]);
        }
        let items: Vec<Value> = serde_json::from_str(text).map_err(|why| why.to_string())?;
        items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                Self::read(&item.to_string()).map_err(|why| format!("token {}: {why}", at + 1))
            })
            .collect()
    }

    /// The claims.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim; null counts as absent.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name).filter(|value| !value.is_null())
    }

    /// A claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claim(name).and_then(Value::as_str)
    }

    /// The audiences: one string or several.
    pub fn audiences(&self) -> Vec<&str> {
        match self.claim("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The issuer without its scheme, as AWS names it.
    pub(super) fn issuer_key(&self) -> Option<&str> {
        self.text("iss")
            .map(|iss| iss.strip_prefix("https://").unwrap_or(iss))
    }
}

impl FromIterator<(String, Value)> for Token {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(claims: T) -> Self {
        Self {
            claims: claims.into_iter().collect(),
        }
    }
}

/// A claim value in words, shortened.
pub(super) fn show(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\u{201c}{text}\u{201d}"),
        other => other.to_string(),
    };
    if text.chars().count() > 120 {
        text.chars().take(119).chain(['\u{2026}']).collect()
    } else {
        text
    }
}
