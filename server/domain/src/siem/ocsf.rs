//! OCSF 1.8.0 (<https://schema.ocsf.io/1.8.0/>): the class of each row, and what every class has.
//!
//! | row | class |
//! |---|---|
//! | credential assumption, authentication failure | 3002 Authentication |
//! | pipeline run, secret access, deployment, approval, authorization failure, other | 6003 API Activity |
//! | credential, trust and policy change | 3001 Account Change |
//! | grant or revoke of a permission | 3005 User Access Management |
//! | configuration change, most of our own record | 3004 Entity Management |
//! | posture finding; about use; detection | 2003 Compliance; 2008 IAM Analysis; 2004 Detection Finding |
//! | identity of the inventory | 5003 User Inventory Info |

mod entry;
mod event;
mod finding;
mod identity;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Row;

/// The version these records are of.
pub const VERSION: &str = "1.8.0";

/// Writes a row.
pub fn row(row: &Row) -> Value {
    match row {
        Row::Event(event) => event::record(event),
        Row::Finding(finding) => finding::record(finding),
        Row::Entry(entry) => entry::record(entry),
        Row::Identity(snapshot) => identity::record(snapshot),
    }
}

/// A record that is being written.
struct Record(Map<String, Value>);

/// How it ended: id and caption.
type Status = (u8, &'static str);

const SUCCESS: Status = (1, "Success");
const FAILURE: Status = (2, "Failure");
const UNKNOWN: Status = (0, "Unknown");

/// Severity ids.
const INFORMATIONAL: u8 = 1;
const LOW: u8 = 2;
const MEDIUM: u8 = 3;
const HIGH: u8 = 4;
const CRITICAL: u8 = 5;

impl Record {
    /// Begins a record: class and activity, and what follows from them by the schema's arithmetic.
    fn begin(class: u32, activity: u32, severity: u8, time: DateTime<Utc>) -> Self {
        let mut record = Map::new();
        record.insert("activity_id".to_owned(), json!(activity));
        record.insert("category_uid".to_owned(), json!(class / 1000));
        record.insert("class_uid".to_owned(), json!(class));
        record.insert("type_uid".to_owned(), json!(class * 100 + activity));
        record.insert("severity_id".to_owned(), json!(severity));
        record.insert("time".to_owned(), json!(time.timestamp_millis()));
        Self(record)
    }

    /// Sets a field; nothing is set to nothing.
    fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn status(self, status: Status) -> Self {
        self.set("status_id", status.0).set("status", status.1)
    }

    fn end(self) -> Value {
        Value::Object(self.0)
    }
}

/// An object without the members that are nothing.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let kept = members.into_iter().filter(|(_, value)| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    });
    Value::Object(kept.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// `metadata` of every record: who wrote it, and how to recognise it.
///
/// `of` is the row's id, place (0 when it has none) and publication.
fn metadata(of: (Uuid, i64, DateTime<Utc>), more: Vec<(&str, Value)>) -> Value {
    let (id, position, published) = of;
    let mut metadata = Map::new();
    metadata.insert("version".to_owned(), json!(VERSION));
    metadata.insert(
        "product".to_owned(),
        json!({ "name": "Rollcall", "vendor_name": "Rollcall", "version": env!("CARGO_PKG_VERSION") }),
    );
    metadata.insert("uid".to_owned(), json!(id));
    if position > 0 {
        metadata.insert("sequence".to_owned(), json!(position));
    }
    metadata.insert(
        "processed_time".to_owned(),
        json!(published.timestamp_millis()),
    );
    let more = more.into_iter().filter(|(_, value)| !value.is_null());
    metadata.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(metadata)
}
