//! AWS policy documents: which permissions they grant, one line each.

use serde_json::Value;

/// Most permissions taken of one identity; a role that holds more shows the widest first anyway.
pub const MOST: usize = 300;

/// A policy document: an object, or its JSON as text, URL-encoded as the raw API prints it.
pub fn document(value: &Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str(text)
            .ok()
            .or_else(|| serde_json::from_str(&unescape(text)?).ok()),
        _ => None,
    }
}

/// Percent-decoding (RFC 3986).
fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = [bytes.next()?, bytes.next()?];
            let digits = std::str::from_utf8(&pair).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

/// What the Allow statements grant: action and resource. `NotAction` grants everything but a few and is told as `*`.
/// Deny statements and conditions narrow it; they are left out, so that a grant is never shown smaller than it is.
pub fn grants(document: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for statement in list(document.get("Statement")) {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        let actions = match statement.get("NotAction") {
            Some(_) => vec!["*".to_owned()],
            None => texts(statement.get("Action")),
        };
        let resources = match (statement.get("Resource"), statement.get("NotResource")) {
            (None, Some(_)) => vec!["*".to_owned()],
            (resource, _) => texts(resource),
        };
        for action in &actions {
            for resource in &resources {
                all.push((action.clone(), resource.clone()));
            }
        }
    }
    all
}

fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// One text or a list of them.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    list(value)
        .into_iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_may_be_an_object_a_text_or_url_encoded() {
        let object = json!({"Version": "2012-10-17", "Statement": []});
        let text = object.to_string();
        let encoded = text
            .replace('{', "%7B")
            .replace('"', "%22")
            .replace(':', "%3a");
        for value in [object.clone(), Value::String(text), Value::String(encoded)] {
            assert_eq!(document(&value), Some(object.clone()));
        }
        assert_eq!(document(&json!("%zz")), None);
        assert_eq!(document(&json!(4)), None);
    }

    #[test]
    fn grants_are_every_action_on_every_resource() {
        let policy = json!({"Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["a", "b"]},
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]});
        let pair = |a: &str, r: &str| (a.to_owned(), r.to_owned());
        assert_eq!(
            grants(&policy),
            [
                pair("s3:GetObject", "a"),
                pair("s3:GetObject", "b"),
                pair("s3:PutObject", "a"),
                pair("s3:PutObject", "b"),
                pair("*", "*"),
            ]
        );
        let single = json!({"Statement": {"Effect": "Allow", "Action": "x:Y", "Resource": "*"}});
        assert_eq!(grants(&single), [pair("x:Y", "*")]);
    }
}
