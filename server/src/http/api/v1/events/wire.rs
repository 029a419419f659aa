//! An event on the wire, version 1.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use service::feed::FeedRow;

/// Writes one row. `id` never changes and is what readers deduplicate on; `published` never goes back.
pub(super) fn event(row: FeedRow) -> Value {
    let mut out = Map::new();
    out.insert("id".to_owned(), json!(row.id));
    out.insert("uuid".to_owned(), json!(row.id));
    out.insert("pos".to_owned(), json!(row.position));
    out.insert(
        "published".to_owned(),
        json!(row.published.to_rfc3339_opts(SecondsFormat::Millis, true)),
    );
    let happened = row.occurred_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    out.insert("event_time".to_owned(), json!(happened));
    out.insert("occurred_at".to_owned(), json!(happened));
    out.insert(
        "received_at".to_owned(),
        json!(row.received_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
    );
    out.insert("source".to_owned(), json!(row.source));
    if let Some((id, name)) = row.identity {
        out.insert("identity".to_owned(), json!({ "id": id, "name": name }));
    }
    for (name, text) in row.fields {
        out.insert(name.to_owned(), Value::String(text));
    }
    out.insert("hash".to_owned(), json!(hex::encode(row.hash)));
    Value::Object(out)
}
