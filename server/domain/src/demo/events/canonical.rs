//! Records in Rollcall's canonical JSON, for vendors it has no format of its own for yet.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::events::{EventKind, Outcome};
use serde_json::{Map, Value, json};

use crate::demo::dice::Dice;

/// A record being written.
pub(super) struct Canonical(Map<String, Value>);

impl Canonical {
    /// Begins a record with an id as its vendor would give it.
    pub fn new(kind: EventKind, action: &str, at: DateTime<Utc>, dice: &mut Dice) -> Self {
        let mut fields = Map::new();
        fields.insert("vendor_id".to_owned(), json!(dice.guid()));
        fields.insert("kind".to_owned(), json!(kind.as_str()));
        fields.insert("outcome".to_owned(), json!(Outcome::Success.as_str()));
        fields.insert("action".to_owned(), json!(action));
        fields.insert(
            "occurred_at".to_owned(),
            json!(at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        );
        Self(fields)
    }

    /// Who showed which token.
    pub fn by(self, issuer: &str, subject: &str) -> Self {
        self.with("issuer", issuer).with("subject", subject)
    }

    /// With a field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), json!(value));
        self
    }

    /// It did not work.
    pub fn failed(self, failed: bool) -> Self {
        if failed {
            self.with("outcome", Outcome::Failure.as_str())
        } else {
            self
        }
    }

    /// The record.
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}
