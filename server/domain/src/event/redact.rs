//! Taking secrets out of a record before it is kept: by the name of a field, by the shape of a value.
//!
//! Everything else stays as received. Names and ids *of* secrets (`secretId`, `secrets_passed`, key ids, hashed
//! tokens) are evidence, not secrets. One walk over the record; NUL characters, which PostgreSQL cannot store, are
//! replaced on the way.

mod names;
mod shapes;

use std::borrow::Cow;

use crate::event::json::{Object, Value};

/// What a secret is replaced by.
pub const REDACTED: &str = "[redacted]";

/// Redacts a record in place and counts what was replaced in it: secrets, and names and values that held NUL. Of a
/// key that stands twice both are walked, though one is read.
pub fn redact(value: &mut Value<'_>) -> usize {
    match value {
        Value::Object(map) => {
            // One look at the names: most objects need no other.
            let told = map.keys().any(|key| {
                matches!(
                    key,
                    "name" | "key" | "parameterKey" | "Name" | "Key" | "type" | "kind"
                )
            });
            let mut count = if told {
                named_value(map) + kubernetes_secret(map)
            } else {
                0
            };
            for (key, item) in map.iter_mut() {
                if key.contains('\0') {
                    *key = Cow::Owned(key.replace('\0', "\u{fffd}"));
                    count += 1;
                }
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
    let mut text = Cow::Borrowed(text);
    string(&mut text);
    text.into_owned()
}

/// The value of a field with a secret's name: scalars go, what is nested is walked (`authorization` may be an
/// object that describes a permission).
fn field(value: &mut Value<'_>) -> usize {
    match value {
        Value::String(text) if text.is_empty() || text == REDACTED => 0,
        Value::String(_) | Value::Number(_) => {
            *value = Value::String(Cow::Borrowed(REDACTED));
            1
        }
        Value::Array(items) => items.iter_mut().map(field).sum(),
        Value::Object(_) => redact(value),
        Value::Null | Value::Bool(_) => 0,
    }
}

/// Whether anything that stands under the key is a text that passes.
fn says(map: &Object<'_>, key: &str, passes: impl Fn(&str) -> bool) -> bool {
    map.iter()
        .any(|(name, item)| name == key && item.as_str().is_some_and(&passes))
}

/// `{"name": "DB_PASSWORD", "value": "…"}`: environment variables, parameters, headers.
fn named_value(map: &mut Object<'_>) -> usize {
    const PAIRS: &[(&str, &str)] = &[
        ("name", "value"),
        ("key", "value"),
        ("parameterKey", "parameterValue"),
        ("Name", "Value"),
        ("Key", "Value"),
    ];
    let mut count = 0;
    for (name, value) in PAIRS {
        let secret = says(map, name, names::is_secret)
            // A parameter of type SecureString is one whatever its name.
            || (*name == "name" && says(map, "type", |kind| kind == "SecureString"));
        if secret {
            count += map.all_mut(value).map(field).sum::<usize>();
        }
    }
    count
}

/// The values of a Kubernetes `Secret` (an audit log at level Request holds the object), whatever they are called,
/// and the copy `kubectl apply` keeps in an annotation.
fn kubernetes_secret(map: &mut Object<'_>) -> usize {
    if !says(map, "kind", |kind| kind == "Secret") {
        return 0;
    }
    let mut count = 0;
    for key in ["data", "stringData"] {
        for data in map.all_mut(key) {
            if let Value::Object(values) = data {
                count += values.values_mut().map(field).sum::<usize>();
            }
        }
    }
    let copies = map
        .all_mut("metadata")
        .flat_map(|about| about.all_mut("annotations"))
        .flat_map(|notes| notes.all_mut("kubectl.kubernetes.io/last-applied-configuration"));
    count + copies.map(field).sum::<usize>()
}

/// A text nothing is replaced in stays as it is, borrowed where it was.
fn string(text: &mut Cow<'_, str>) -> usize {
    let mut look = shapes::look(text);
    let mut count = 0;
    if look.has_nul() {
        *text = Cow::Owned(text.replace('\0', "\u{fffd}"));
        count += 1;
    }
    // JSON inside a string (policy documents, request bodies) and broken JSON alike.
    if look.may_have_pairs()
        && let Some((clean, found)) = names::redact_pairs(text)
    {
        *text = Cow::Owned(clean);
        count += found;
    }
    if count > 0 {
        look = shapes::look(text);
    }
    if !look.secrets.is_empty() {
        let mut clean = String::with_capacity(text.len());
        let mut at = 0;
        for range in &look.secrets {
            clean.push_str(&text[at..range.start]);
            clean.push_str(REDACTED);
            at = range.end;
        }
        clean.push_str(&text[at..]);
        *text = Cow::Owned(clean);
        count += look.secrets.len();
    }
    count
}

#[cfg(test)]
mod tests;
