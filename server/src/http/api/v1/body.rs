//! Bodies of requests: JSON objects, or lists of them, read strictly.
//!
//! 400 is what the document of the API refuses (not JSON, an unknown field, another type); 422 is what it allows and
//! the meaning refuses. A NUL character is of the second kind: JSON has it, no text of PostgreSQL does.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use service::Error;

use super::list::wrong;
use crate::http::Problem;

/// Rows of a bulk request at most.
const MOST: usize = 500;
/// How a NUL character is written in JSON; there is no other way.
const NUL: &[u8] = br"\u0000";

/// Reads a body, which is one object: a field that cannot be read is named by its path.
pub fn sent<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    // Serde would take a list of values for the fields in their order.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(wrong("body", "must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = match serde_path_to_error::deserialize(&mut reader) {
        Ok(read) => {
            reader
                .end()
                .map_err(|_| wrong("body", "has something after its end"))?;
            read
        }
        Err(error) if error.inner().to_string().contains("floating point") => {
            let value = serde_json::from_slice(body).map_err(|_| wrong("body", "is not JSON"))?;
            of("", whole(value))?
        }
        Err(error) => return Err(unreadable("", &error.path().to_string(), error.inner())),
    };
    holdable(body)?;
    Ok(read)
}

fn of<T: DeserializeOwned>(before: &str, value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| unreadable(before, &error.path().to_string(), error.inner()))
}

/// JSON's 7.0 is the whole number 7; Serde tells them apart.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|_| number.is_f64());
            // Above 2^53 a float no longer names one whole number.
            let float = float.filter(|float| float.fract() == 0.0 && float.abs() < 9e15);
            match float.map(|float| format!("{float:.0}").parse::<i64>()) {
                Some(Ok(whole)) => whole.into(),
                _ => Value::Number(number),
            }
        }
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, field)| (name, whole(field)))
            .collect(),
        other => other,
    }
}

/// Reads the rows of a bulk request.
pub fn rows<T: DeserializeOwned>(body: &Bytes) -> Result<Vec<T>, Problem> {
    let rows: Vec<Value> = serde_json::from_slice(body)
        .map_err(|_| wrong("body", format!("must be a list of 1 to {MOST} rows")))?;
    if rows.is_empty() || rows.len() > MOST {
        return Err(wrong("body", format!("must be a list of 1 to {MOST} rows")));
    }
    holdable(body)?;
    let row = |(index, row): (usize, Value)| {
        if !row.is_object() {
            return Err(wrong(&format!("[{index}]"), "must be a JSON object"));
        }
        of(&format!("[{index}]"), whole(row))
    };
    rows.into_iter().enumerate().map(row).collect()
}

/// Refuses what no text of the database can hold, with the field that has it.
fn holdable(body: &[u8]) -> Result<(), Problem> {
    if !body.windows(NUL.len()).any(|part| part == NUL) {
        return Ok(());
    }
    // It may be the letters themselves, after an escaped backslash.
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    match nul(&value, "") {
        None => Ok(()),
        Some(field) => Err(Error::field(field, "holds a NUL character, which no text may").into()),
    }
}

/// Path of the first text with a NUL character.
fn nul(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| match path {
            "" => "body".to_owned(),
            path => path.to_owned(),
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| nul(item, &format!("{path}[{index}]")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let within = match path {
                "" => name.replace('\0', "\u{fffd}"),
                path => format!("{path}.{}", name.replace('\0', "\u{fffd}")),
            };
            if name.contains('\0') {
                return Some(within);
            }
            nul(field, &within)
        }),
        _ => None,
    }
}

fn unreadable(before: &str, path: &str, error: &serde_json::Error) -> Problem {
    let mut words = error.to_string();
    if let Some(at) = words.rfind(" at line ") {
        words.truncate(at);
    }
    let field = named(path, &words);
    let field = match (before, field.as_str()) {
        ("", field) => field.to_owned(),
        (before, "body") => before.to_owned(),
        (before, field) => format!("{before}.{field}"),
    };
    wrong(&field, words)
}

/// The field a body's mistake is about: where the reader stood, and the name it stumbled over.
fn named(path: &str, words: &str) -> String {
    let stumbled = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|begin| words.strip_prefix(begin)?.split('`').next());
    match (path, stumbled) {
        (".", None) => "body".to_owned(),
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        (path, _) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Inner {
        text: String,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Outer {
        name: String,
        inner: Vec<Inner>,
    }

    fn refused<T: std::fmt::Debug>(read: Result<T, Problem>) -> (StatusCode, String) {
        match read {
            Ok(read) => (StatusCode::OK, format!("{read:?}")),
            Err(problem) => (problem.status, problem.fields[0].field.clone()),
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (body, status, field) in [
            ("", 400, "body"),
            ("[]", 400, "body"),
            ("[\"a\", []]", 400, "body"),
            ("null", 400, "body"),
            ("{\"name\": 7}", 400, "name"),
            ("{\"nam\": \"a\"}", 400, "nam"),
            ("{\"inner\": [{\"tex\": \"a\"}]}", 400, "inner[0].tex"),
            ("{} {}", 400, "body"),
            (r#"{"name": "a\u0000b"}"#, 422, "name"),
            (
                r#"{"inner": [{"text": "a"}, {"text": "\u0000"}]}"#,
                422,
                "inner[1].text",
            ),
        ] {
            let read = refused(sent::<Outer>(&Bytes::from(body)));
            let status = StatusCode::from_u16(status).unwrap_or_default();
            assert_eq!(read, (status, field.to_owned()), "{body}");
        }
        let letters = sent::<Outer>(&Bytes::from(r#"{"name": "a\\u0000"}"#));
        assert_eq!(
            letters.map(|read| read.name).ok().as_deref(),
            Some("a\\u0000")
        );
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        #[derive(Debug, Deserialize)]
        struct Days {
            days: i64,
            more: Option<f64>,
        }
        let read = |body: &'static str| sent::<Days>(&Bytes::from(body));
        let days = |body| read(body).map(|read| read.days).ok();
        assert_eq!(days(r#"{"days": 7.0}"#), Some(7));
        assert_eq!(days(r#"{"days": -1e3, "more": 2.0}"#), Some(-1000));
        assert!(read(r#"{"days": 7.0, "more": 0.5}"#).is_ok_and(|read| read.more == Some(0.5)));
        for body in [r#"{"days": 7.5}"#, r#"{"days": 1e300}"#] {
            assert_eq!(
                refused(read(body)),
                (StatusCode::BAD_REQUEST, "days".to_owned())
            );
        }
        assert!(rows::<Days>(&Bytes::from(r#"[{"days": 7.0}]"#)).is_ok());
    }

    #[test]
    fn rows_are_named_by_their_place() {
        for (body, status, field) in [
            ("{}", 400, "body"),
            ("[]", 400, "body"),
            ("[{}, []]", 400, "[1]"),
            ("[{}, {\"name\": 7}]", 400, "[1].name"),
            ("[{\"nam\": 7}]", 400, "[0].nam"),
            (r#"[{"name": "\u0000"}]"#, 422, "[0].name"),
        ] {
            let read = refused(rows::<Outer>(&Bytes::from(body)));
            let status = StatusCode::from_u16(status).unwrap_or_default();
            assert_eq!(read, (status, field.to_owned()), "{body}");
        }
        assert!(rows::<Outer>(&Bytes::from("[{}]")).is_ok_and(|rows| rows.len() == 1));
    }
}
