//! Taking secrets out of a record before it is kept: by the name of a field, by the shape of a value.
//!
//! Everything else stays as received. Names and ids *of* secrets (`secretId`, `secrets_passed`, key ids, hashed
//! tokens) are evidence, not secrets. One walk over the record; NUL characters, which PostgreSQL cannot store, are
//! replaced on the way.

mod names;
mod shapes;

use serde_json::Value;

/// What a secret is replaced by.
pub const REDACTED: &str = "[redacted]";

/// Redacts a record in place and counts what was replaced in it: secrets, and names and values that held NUL.
pub fn redact(value: &mut Value) -> usize {
    match value {
        Value::Object(map) => {
            let mut count = 0;
            // One look at the names: most objects need no other.
            let (mut told, mut nul) = (false, false);
            for key in map.keys() {
                told |= matches!(
                    key.as_str(),
                    "name" | "key" | "parameterKey" | "Name" | "Key" | "type" | "kind"
                );
                nul |= key.contains('\0');
            }
            if told {
                count += named_value(map) + kubernetes_secret(map);
            }
            if nul {
                count += 1;
                let entries = std::mem::take(map);
                *map = entries
                    .into_iter()
                    .map(|(key, item)| (key.replace('\0', "\u{fffd}"), item))
                    .collect();
            }
            for (key, item) in map.iter_mut() {
                count += if names::is_secret(key) {
                    field(item)
                } else {
                    redact(item)
                };
            }
            count
        }
        Value::Array(items) => items.iter_mut().map(redact).sum(),
        Value::String(text) => string(text),
        _ => 0,
    }
}

/// Redacts text that may not be JSON: secrets by shape, and `"name": "value"` pairs with a secret's name.
pub fn redact_text(text: &str) -> String {
    let mut text = text.replace('\0', "\u{fffd}");
    string(&mut text);
    text
}

/// The value of a field with a secret's name: scalars go, what is nested is walked (`authorization` may be an
/// object that describes a permission).
fn field(value: &mut Value) -> usize {
    match value {
        Value::String(text) if text.is_empty() || text == REDACTED => 0,
        Value::String(_) | Value::Number(_) => {
            *value = Value::from(REDACTED);
            1
        }
        Value::Array(items) => items.iter_mut().map(field).sum(),
        Value::Object(_) => redact(value),
        Value::Null | Value::Bool(_) => 0,
    }
}

/// `{"name": "DB_PASSWORD", "value": "…"}`: environment variables, parameters, headers.
fn named_value(map: &mut serde_json::Map<String, Value>) -> usize {
    const PAIRS: &[(&str, &str)] = &[
        ("name", "value"),
        ("key", "value"),
        ("parameterKey", "parameterValue"),
        ("Name", "Value"),
        ("Key", "Value"),
    ];
    let mut count = 0;
    for (name, value) in PAIRS {
        let secret = map.get(*name).and_then(Value::as_str).is_some_and(names::is_secret)
            // A parameter of type SecureString is one whatever its name.
            || (*name == "name" && map.get("type").and_then(Value::as_str) == Some("SecureString"));
        if secret && let Some(item) = map.get_mut(*value) {
            count += field(item);
        }
    }
    count
}

/// The values of a Kubernetes `Secret` (an audit log at level Request holds the object), whatever they are called,
/// and the copy `kubectl apply` keeps in an annotation.
fn kubernetes_secret(map: &mut serde_json::Map<String, Value>) -> usize {
    if map.get("kind").and_then(Value::as_str) != Some("Secret") {
        return 0;
    }
    let mut count = 0;
    for key in ["data", "stringData"] {
        if let Some(Value::Object(values)) = map.get_mut(key) {
            count += values.values_mut().map(field).sum::<usize>();
        }
    }
    let copy = map
        .get_mut("metadata")
        .and_then(|about| about.get_mut("annotations"))
        .and_then(|notes| notes.get_mut("kubectl.kubernetes.io/last-applied-configuration"));
    count + copy.map_or(0, field)
}

fn string(text: &mut String) -> usize {
    let mut count = 0;
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
        count += 1;
    }
    // JSON inside a string (policy documents, request bodies) and broken JSON alike.
    if text.contains('"') && text.contains(':') {
        let (clean, found) = names::redact_pairs(text);
        if found > 0 {
            *text = clean;
            count += found;
        }
    }
    let found = shapes::find(text);
    if !found.is_empty() {
        let mut clean = String::with_capacity(text.len());
        let mut at = 0;
        for range in &found {
            clean.push_str(&text[at..range.start]);
            clean.push_str(REDACTED);
            at = range.end;
        }
        clean.push_str(&text[at..]);
        *text = clean;
        count += found.len();
    }
    count
}

#[cfg(test)]
mod tests;
