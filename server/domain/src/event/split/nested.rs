//! Records that wrap others: a transport's envelope around what the vendor wrote (`event-formats.md` §11).
//!
//! Amazon: Firehose and Kinesis (`data`, base64), a CloudWatch Logs subscription (`logEvents[].message`, usually
//! gzip inside base64), SNS and SQS (`Message`, `body`). Google: Pub/Sub (`message.data`). Splunk's collector
//! (`event`), Azure's Event Grid (`data`).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::split;
use crate::event::inflate::{Inflate, gunzip};
use crate::event::json::Value;

/// What wrapped records may still hold once opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Bytes.
    pub bytes: usize,
    /// Values, each record one more; those of a wrapping inside a wrapping count for both.
    pub values: usize,
    /// Bytes of one record.
    pub record: usize,
}

/// What a wrapping holds.
enum Inner<'v, 'a> {
    /// Text: JSON, lines of it, or another wrapping.
    Text(&'v str),
    /// Base64 of such text, perhaps gzipped.
    Encoded(&'v str),
    /// A record as it is.
    Value(&'v Value<'a>),
}

/// The records a record wraps, each parsed or with what is wrong; `None` when it wraps none and is one itself.
/// Takes what they weigh from `budget`; opens at most `depth` levels.
pub(super) fn open<'a>(
    value: &Value<'a>,
    budget: &mut Budget,
    depth: usize,
) -> Option<Vec<Result<Value<'a>, String>>> {
    let mut found = Vec::new();
    wraps(value, budget, depth, &mut found).then_some(found)
}

fn wraps<'a>(
    value: &Value<'a>,
    budget: &mut Budget,
    depth: usize,
    found: &mut Vec<Result<Value<'a>, String>>,
) -> bool {
    if depth == 0 {
        return false;
    }
    if let Some(lines) = log_events(value) {
        for line in lines {
            text(line.as_bytes(), budget, depth, found);
        }
        return true;
    }
    let Some(inner) = inner(value) else {
        return false;
    };
    match inner {
        Inner::Text(inner) => text(inner.as_bytes(), budget, depth, found),
        Inner::Value(inner) => {
            if !wraps(inner, budget, depth - 1, found) {
                found.push(Ok(inner.clone()));
            }
        }
        Inner::Encoded(encoded) => match decode(encoded, budget) {
            Ok(bytes) => text(&bytes, budget, depth, found),
            Err(reason) => found.push(Err(reason)),
        },
    }
    true
}

/// Opens what is not the delivery's own text, so that what is found owns what it holds.
fn text(
    bytes: &[u8],
    budget: &mut Budget,
    depth: usize,
    found: &mut Vec<Result<Value<'_>, String>>,
) {
    let Some(rest) = budget.bytes.checked_sub(bytes.len()) else {
        found.push(Err(too_much()));
        return;
    };
    budget.bytes = rest;
    // An inner delivery opens its own wrappings, but not without end.
    let mut inner = split(bytes, budget.record);
    inner.budget = *budget;
    inner.wrapped = depth - 1;
    while let Some(record) = inner.next() {
        let parsed = record.parsed.map(Value::into_owned);
        let weight = 1 + parsed.as_ref().map_or(0, Value::count);
        let Some(rest) = inner.budget.values.checked_sub(weight) else {
            inner.budget.values = 0;
            found.push(Err(too_much()));
            break;
        };
        inner.budget.values = rest;
        found.push(parsed);
    }
    *budget = inner.budget;
}

fn too_much() -> String {
    "wraps more than can be opened at once; send the delivery in parts".to_owned()
}

fn decode(encoded: &str, budget: &mut Budget) -> Result<Vec<u8>, String> {
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| URL_SAFE.decode(encoded))
        .map_err(|error| format!("data: not base64: {error}"))?;
    match gunzip(&bytes, budget.bytes) {
        Ok(plain) => Ok(plain.into_owned()),
        Err(Inflate::TooLarge(_)) => Err(too_much()),
        Err(damaged) => Err(format!("data: {damaged}")),
    }
}

/// The lines of a CloudWatch Logs subscription; a control message has none.
fn log_events<'v>(value: &'v Value<'_>) -> Option<Vec<&'v str>> {
    let events = value.get("logEvents")?.as_array()?;
    value.get("logGroup").or_else(|| value.get("messageType"))?;
    if value.get("messageType").and_then(Value::as_str) == Some("CONTROL_MESSAGE") {
        return Some(Vec::new());
    }
    Some(
        events
            .iter()
            .filter_map(|event| event.get("message")?.as_str())
            .collect(),
    )
}

fn inner<'v, 'a>(value: &'v Value<'a>) -> Option<Inner<'v, 'a>> {
    let map = value.as_object()?;
    let string = |key: &str| value.get(key).and_then(Value::as_str);
    let inside = |outer: &str, key: &str| value.get(outer)?.get(key)?.as_str();
    let has = |key: &str| map.contains_key(key);
    // Firehose: nothing but the data and where it stood.
    if let Some(data) = string("data")
        && map.keys().all(|key| {
            matches!(
                key,
                "data" | "recordId" | "approximateArrivalTimestamp" | "kinesisRecordMetadata"
            )
        })
    {
        return Some(Inner::Encoded(data));
    }
    if let Some(data) = inside("message", "data")
        && (has("subscription") || has("ackId") || inside("message", "messageId").is_some())
    {
        return Some(Inner::Encoded(data));
    }
    if let Some(data) = inside("kinesis", "data").or_else(|| inside("awslogs", "data")) {
        return Some(Inner::Encoded(data));
    }
    if string("Type") == Some("Notification")
        && let Some(message) = string("Message")
    {
        return Some(Inner::Text(message));
    }
    if let Some(message) = inside("Sns", "Message") {
        return Some(Inner::Text(message));
    }
    if string("eventSource") == Some("aws:sqs")
        && let Some(body) = string("body")
    {
        return Some(Inner::Text(body));
    }
    collected(value)
}

/// Splunk's collector and Azure's Event Grid put the record beside facts about its transport.
fn collected<'v, 'a>(value: &'v Value<'a>) -> Option<Inner<'v, 'a>> {
    let has = |key: &str| value.get(key).is_some();
    if let Some(event) = value.get("event")
        && ["sourcetype", "source", "host", "index"]
            .iter()
            .any(|key| has(key))
        && !has("action")
        && !has("code")
    {
        return match event {
            Value::Object(_) => Some(Inner::Value(event)),
            Value::String(text) if text.starts_with('{') => Some(Inner::Text(text)),
            _ => None,
        };
    }
    let data = value.get("data").filter(|data| data.is_object())?;
    (has("eventType") && (has("dataVersion") || has("topic")) || has("specversion") && has("type"))
        .then_some(Inner::Value(data))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use serde_json::{Value, json};

    use super::*;

    fn base64(bytes: &[u8]) -> String {
        STANDARD.encode(bytes)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("writes into memory");
        encoder.finish().expect("writes into memory")
    }

    fn read(delivery: &Value) -> Vec<Result<Value, String>> {
        split(delivery.to_string().as_bytes(), 1 << 20)
            .map(|record| {
                let own = record.parsed.map(serde_json::to_value);
                own.map(|value| value.expect("serialises"))
            })
            .collect()
    }

    #[test]
    fn every_wrapping_gives_the_same_records() {
        let lines = b"{\"a\":1}\n{\"a\":2}";
        let subscription = json!({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [
            {"id": "1", "message": "{\"a\":1}"}, {"id": "2", "message": "{\"a\":2}"}]});
        let packed = base64(&gzip(subscription.to_string().as_bytes()));
        for delivery in [
            json!({"message": {"data": base64(lines), "messageId": "1"}, "subscription": "s"}),
            json!({"receivedMessages": [{"ackId": "x", "message": {"data": base64(lines)}}]}),
            json!({"requestId": "r", "timestamp": 1, "records": [{"data": base64(b"{\"a\":1}")}, {"data": base64(b"{\"a\":2}\n")}]}),
            json!({"requestId": "r", "records": [{"data": packed}]}),
            subscription,
            json!({"awslogs": {"data": packed}}),
            json!({"Records": [{"kinesis": {"data": packed}}]}),
            json!({"Type": "Notification", "Message": "{\"Records\":[{\"a\":1},{\"a\":2}]}"}),
            json!([{"event": {"a": 1}, "sourcetype": "github"}, {"event": {"a": 2}, "host": "h"}]),
            json!([{"eventType": "x", "topic": "t", "data": {"a": 1}}, {"specversion": "1.0", "type": "x", "data": {"a": 2}}]),
        ] {
            assert_eq!(
                read(&delivery),
                [Ok(json!({"a": 1})), Ok(json!({"a": 2}))],
                "{delivery}"
            );
        }
    }

    #[test]
    fn indices_count_what_is_inside_and_lines_where_it_stands() {
        let text = format!(
            "{{\"b\":0}}\n{{\"message\":{{\"data\":\"{}\",\"messageId\":\"1\"}}}}\n{{\"b\":1}}",
            base64(b"{\"a\":1}\n{\"a\":2}")
        );
        let places: Vec<_> = split(text.as_bytes(), 1 << 20)
            .map(|record| (record.index, record.line))
            .collect();
        assert_eq!(places, [(0, 1), (1, 2), (2, 2), (3, 3)]);
    }

    #[test]
    fn what_cannot_be_opened_costs_itself_only() {
        let delivery = json!({"records": [{"data": "%%%"}, {"data": base64(b"{\"a\":1}")}, {"data": base64(b"nonsense")}]});
        let found = read(&delivery);
        assert!(
            found[0]
                .as_ref()
                .is_err_and(|why| why.starts_with("data: not base64"))
        );
        assert_eq!(found[1], Ok(json!({"a": 1})));
        assert!(found[2].is_err());
        assert_eq!(found.len(), 3);
        assert_eq!(
            read(
                &json!({"messageType": "CONTROL_MESSAGE", "logGroup": "", "logEvents": [{"message": "checking"}]})
            ),
            []
        );
    }

    #[test]
    fn wrapped_bombs_are_refused() {
        let bomb = base64(&gzip(&vec![b' '; 1 << 20]));
        let mut budget = Budget {
            bytes: 1 << 16,
            values: 1000,
            record: 1 << 16,
        };
        let found = open(&json!({"data": bomb}).into(), &mut budget, 4).expect("wraps");
        assert!(found[0].as_ref().is_err_and(|why| why.contains("in parts")));
        // So are many small records: what comes before one too many is taken.
        let small = json!({"data": base64(&b"{}\n".repeat(1000))}).into();
        let found = open(&small, &mut budget, 4).expect("wraps");
        assert_eq!((found.len(), budget.values), (501, 0));
        assert!(found[..500].iter().all(Result::is_ok));
        assert!(
            found[500]
                .as_ref()
                .is_err_and(|why| why.contains("in parts"))
        );
        // Wrapping without end stops at a fixed depth.
        let mut deep = json!({"a": 1});
        for _ in 0..20 {
            deep = json!({"data": base64(deep.to_string().as_bytes())});
        }
        assert_eq!(read(&deep).len(), 1);
    }
}
