//! Canonical JSON: one byte string for one value, so that hashes mean something.
//!
//! Keys sorted by code point, no white space, numbers and strings as `serde_json` prints them.
//! A subset of RFC 8785 (JCS): Rollcall hashes no floating-point numbers.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::event::json;

/// Serialises a value canonically.
///
/// # Panics
/// When `T` cannot be JSON at all (a map with non-string keys), which is a programming error.
pub fn to_vec<T: Serialize>(value: &T) -> Vec<u8> {
    let value = serde_json::to_value(value).expect("canonical values are plain JSON");
    let mut out = Vec::with_capacity(256);
    write(&value, &mut out);
    out
}

/// Writes the canonical form of a value that is JSON already, without copying it first.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            members.sort_unstable_by_key(|member| member.0);
            out.push(b'{');
            for (place, (key, item)) in members.into_iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_scalar(key, out);
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        scalar => write_scalar(scalar, out),
    }
}

/// SHA-256 of the canonical form, in lower-case hex (64 characters).
pub fn hash<T: Serialize>(value: &T) -> String {
    hex::encode(Sha256::digest(to_vec(value)))
}

/// [`hash`] of a record, without copying it first: of a key that stands twice the last counts, as it does there.
pub fn hash_record(record: &json::Value<'_>) -> String {
    let mut out = Vec::with_capacity(2048);
    write_record(record, &mut out);
    hex::encode(Sha256::digest(&out))
}

fn write_record(value: &json::Value<'_>, out: &mut Vec<u8>) {
    match value {
        json::Value::Object(map) => {
            let mut members: Vec<(&str, &json::Value<'_>)> = map.iter().collect();
            // A stable sort: equal keys stay in the order received.
            members.sort_by_key(|member| member.0);
            let last = members
                .chunk_by(|one, next| one.0 == next.0)
                .filter_map(<[_]>::last);
            out.push(b'{');
            for (place, (key, item)) in last.enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_scalar(key, out);
                out.push(b':');
                write_record(item, out);
            }
            out.push(b'}');
        }
        json::Value::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_record(item, out);
            }
            out.push(b']');
        }
        scalar => write_scalar(scalar, out),
    }
}

fn write_scalar<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("a scalar always serialises into memory");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn key_order_and_space_do_not_change_the_hash() {
        let a = json!({"b": [1, {"y": null, "x": "é\n"}], "a": true});
        let b: Value =
            serde_json::from_str(r#" {"a":true , "b":[1,{"x":"é\n","y":null}]} "#).expect("json");
        assert_eq!(
            String::from_utf8(to_vec(&a)).expect("utf-8"),
            "{\"a\":true,\"b\":[1,{\"x\":\"é\\n\",\"y\":null}]}"
        );
        assert_eq!(hash(&a), hash(&b));
    }

    #[test]
    fn a_record_hashes_as_the_same_tree_of_serde_jsons() {
        for text in [
            r#"{"b":[1,-2,1.50,1e3,18446744073709551616,{"y":null,"x":"é\n"}],"a":true,"é":{},"A":[],"":"\u0000"}"#,
            // Equal keys, also inside and spelled otherwise: the last of them.
            r#"{"a":1,"c":{"x":1,"x":2},"a":{"z":1,"\u007a":[3,{"k":1,"k":2}]},"b":0,"c":{"y":1,"x":2,"y":3}}"#,
            "{}",
        ] {
            let theirs: Value = serde_json::from_str(text).expect("json");
            let ours: json::Value<'_> = serde_json::from_str(text).expect("json");
            assert_eq!(hash_record(&ours), hash(&theirs), "{text}");
            assert_eq!(hash(&ours), hash(&theirs), "{text}");
        }
    }

    #[test]
    fn a_changed_value_changes_the_hash() {
        assert_ne!(hash(&json!({"a": 1})), hash(&json!({"a": "1"})));
    }
}
