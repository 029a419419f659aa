//! Reading fields out of foreign JSON: text that may be a number, times in every spelling seen, layered lookups.

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, SubsecRound, Utc};
use serde::Serializer;

use super::json::Value;

/// Longest text taken into a canonical field, in bytes; the raw record keeps the rest.
pub(super) const MAX_FIELD: usize = 2048;

/// Text of a scalar: strings trimmed, numbers printed; empty, null and the nested are absent.
pub(super) fn scalar(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| clean(text))
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Cuts a text to what a field may hold and drops NUL, which PostgreSQL cannot store.
pub(super) fn clean(text: &str) -> String {
    let mut end = text.len().min(MAX_FIELD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = &text[..end];
    if cut.contains('\0') {
        cut.replace('\0', "\u{fffd}")
    } else {
        cut.to_owned()
    }
}

/// The first reference to a ticket in a text: letters, a dash, digits, as `OPS-3121`.
pub(super) fn ticket(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_ticket = |word: &&str| {
        word.split_once('-').is_some_and(|(project, number)| {
            (2..=10).contains(&project.len())
                && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                && project.bytes().any(|byte| byte.is_ascii_uppercase())
                && (1..=8).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
                // Standards, not tickets.
                && !matches!(project, "UTF" | "SHA" | "AES" | "RSA" | "ISO" | "TLS" | "RFC")
        })
    };
    words.into_iter().find(is_ticket).map(str::to_owned)
}

/// Looks a key up as spelled, then in lower case (some forwarders fold the top level).
pub(super) fn get<'a>(value: &'a Value<'a>, key: &str) -> Option<&'a Value<'a>> {
    let map = value.as_object()?;
    let folded = |name: &str| {
        let lower = key.bytes().map(|byte| byte.to_ascii_lowercase());
        name.len() == key.len() && name.bytes().eq(lower)
    };
    let found = match map.get(key) {
        None if key.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            let mut members = map.iter().rev();
            members.find_map(|(name, item)| folded(name).then_some(item))
        }
        found => found,
    };
    found.filter(|found| !found.is_null())
}

/// Looks a key up in any letter case: Log Analytics prints `PascalCase` where the stream prints `camelCase`.
pub(super) fn any_case<'a>(value: &'a Value<'a>, key: &str) -> Option<&'a Value<'a>> {
    let map = value.as_object()?;
    let found = map.get(key).or_else(|| {
        let name = map.keys().find(|name| name.eq_ignore_ascii_case(key))?;
        map.get(name)
    });
    found.filter(|found| !found.is_null())
}

/// Walks a path of keys with [`any_case`].
pub(super) fn path_any_case<'a>(value: &'a Value<'a>, keys: &[&str]) -> Option<&'a Value<'a>> {
    keys.iter().try_fold(value, |at, key| any_case(at, key))
}

/// Text at a path of keys in any letter case.
pub(super) fn text_any_case(value: &Value<'_>, keys: &[&str]) -> Option<String> {
    path_any_case(value, keys).and_then(scalar)
}

/// Walks a path of keys with [`get`].
pub(super) fn path<'a>(value: &'a Value<'a>, keys: &[&str]) -> Option<&'a Value<'a>> {
    keys.iter().try_fold(value, |at, key| get(at, key))
}

/// Text at a path of keys.
pub(super) fn text(value: &Value<'_>, keys: &[&str]) -> Option<String> {
    path(value, keys).and_then(scalar)
}

/// Serialises a time as RFC 3339 in UTC with the digits it has.
pub(super) fn serialize_time<S: Serializer>(
    time: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// Why a time could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadTime {
    /// Not in any spelling known.
    Unreadable,
    /// Before 2000 or after 2100: a unit mistake rather than an event.
    OutOfRange,
}

/// Reads a time in any spelling of `event-formats.md` §0.6, cut to microseconds.
///
/// Integers are epoch milliseconds (GitHub), unless their size says seconds, micro- or nanoseconds. Text without a
/// zone is UTC.
pub(super) fn time(value: &Value<'_>) -> Result<DateTime<Utc>, BadTime> {
    let time = match value {
        Value::Number(number) => {
            epoch(number.as_f64().ok_or(BadTime::Unreadable)?, number.as_i64())?
        }
        Value::String(text) => time_text(text.trim())?,
        _ => return Err(BadTime::Unreadable),
    };
    let time = time.trunc_subsecs(6);
    if (2000..=2100).contains(&time.year()) {
        Ok(time)
    } else {
        Err(BadTime::OutOfRange)
    }
}

fn epoch(float: f64, integer: Option<i64>) -> Result<DateTime<Utc>, BadTime> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times beyond i64 saturate and fall out of range"
    )]
    let whole = integer.unwrap_or(float as i64);
    let time = match whole.unsigned_abs() {
        0..=99_999_999_999 => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the absolute value is below 1e11 seconds"
            )]
            let micros = if integer.is_some() {
                whole * 1_000_000
            } else {
                (float * 1e6).round() as i64
            };
            DateTime::from_timestamp_micros(micros)
        }
        100_000_000_000..=99_999_999_999_999 => DateTime::from_timestamp_millis(whole),
        100_000_000_000_000..=99_999_999_999_999_999 => DateTime::from_timestamp_micros(whole),
        _ => Some(DateTime::from_timestamp_nanos(whole)),
    };
    time.ok_or(BadTime::OutOfRange)
}

fn time_text(text: &str) -> Result<DateTime<Utc>, BadTime> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text
            .parse::<i64>()
            .map_err(|_| BadTime::OutOfRange)
            .and_then(|whole| {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "the exact integer is passed beside it"
                )]
                epoch(whole as f64, Some(whole))
            });
    }
    // GitLab's webhooks, and offsets without a colon.
    let zoned = ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M:%S%.f%z"]
        .iter()
        .find_map(|spelling| DateTime::parse_from_str(text, spelling).ok());
    if let Some(time) = zoned {
        return Ok(time.to_utc());
    }
    let bare = text
        .strip_suffix(" UTC")
        .or_else(|| text.strip_suffix('Z'))
        .unwrap_or(text);
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|spelling| NaiveDateTime::parse_from_str(bare, spelling).ok())
        .map(|naive| naive.and_utc())
        .ok_or(BadTime::Unreadable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_of_one_instant_reads_the_same() {
        let expected = DateTime::from_timestamp(1_675_191_507, 638_000_000).expect("valid time");
        for value in [
            json!(1_675_191_507_638_i64),
            json!(1_675_191_507_638.0),
            json!("1675191507638"),
            json!(1_675_191_507.638),
            json!(1_675_191_507_638_000_i64),
            json!(1_675_191_507_638_000_000_i64),
            json!("2023-01-31T18:58:27.638Z"),
            json!("2023-01-31T18:58:27.6380000+00:00"),
            json!("2023-01-31T19:58:27.638000000+01:00"),
            json!("2023-01-31 18:58:27.638"),
            json!("2023-01-31 18:58:27.638 UTC"),
            json!("2023-01-31T18:58:27.638"),
            json!("2023-01-31 19:58:27.638 +0100"),
            json!("2023-01-31T18:58:27.638+0000"),
        ] {
            assert_eq!(time(&value.clone().into()), Ok(expected), "{value}");
        }
    }

    #[test]
    fn times_are_cut_to_microseconds_not_rounded() {
        let read = time(&json!("2026-01-01T00:00:00.123456999Z").into()).expect("reads");
        assert_eq!(read.timestamp_subsec_nanos(), 123_456_000);
    }

    #[test]
    fn absurd_and_unreadable_times_are_told_apart() {
        assert_eq!(time(&json!("yesterday").into()), Err(BadTime::Unreadable));
        assert_eq!(time(&json!({}).into()), Err(BadTime::Unreadable));
        assert_eq!(time(&json!(0).into()), Err(BadTime::OutOfRange));
        assert_eq!(
            time(&json!("9999-01-01T00:00:00Z").into()),
            Err(BadTime::OutOfRange)
        );
        assert_eq!(
            time(&json!("99999999999999999999999").into()),
            Err(BadTime::OutOfRange)
        );
        assert_eq!(time(&json!(1e300).into()), Err(BadTime::OutOfRange));
    }

    #[test]
    fn keys_are_looked_up_as_spelled_then_folded() {
        let record: Value<'_> = json!({"eventname": 1, "EVENTID": 2, "eventTime": 3, "eventtime": 4, "Null": null, "null": 5}).into();
        let at = |key: &str| get(&record, key).and_then(Value::as_i64);
        assert_eq!((at("eventName"), at("eventId")), (Some(1), None));
        // As spelled comes first, also where it holds nothing.
        assert_eq!((at("eventTime"), at("Null")), (Some(3), None));
        assert_eq!(get(&json!([1]).into(), "A"), None);
        let twice: Value<'_> =
            serde_json::from_str(r#"{"ID":1,"id":2,"ID":3,"id":4}"#).expect("json");
        let any = |key: &str| any_case(&twice, key).and_then(Value::as_i64);
        assert_eq!((any("Id"), any("id")), (Some(3), Some(4)));
        assert_eq!(get(&twice, "Id").and_then(Value::as_i64), Some(4));
    }

    #[test]
    fn fields_lose_nul_and_are_cut_on_a_character() {
        assert_eq!(clean("a\0b"), "a\u{fffd}b");
        let long = "é".repeat(MAX_FIELD);
        assert_eq!(clean(&long).len(), MAX_FIELD);
    }
}
