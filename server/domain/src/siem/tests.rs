use chrono::{DateTime, Utc};
use contract::events::{EventFormat, EventKind, IdKind, Outcome};
use contract::feed::FeedFormat;
use contract::ids::EventId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::event::Event;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 123_456_000).expect("a time")
}

fn event(change: impl FnOnce(&mut Event)) -> Row {
    let mut event = Event::new(
        EventFormat::AwsCloudtrail,
        "AssumeRoleWithWebIdentity".into(),
        at(),
        (IdKind::Vendor, "v-1".into()),
    );
    event.kind = EventKind::CredentialAssumption;
    event.outcome = Outcome::Success;
    event.role = Some("arn:aws:iam::123456789012:role/deploy".into());
    event.source_ip = Some("203.0.113.9".into());
    change(&mut event);
    Row::Event(Box::new(PlacedEvent {
        position: 7,
        published: at(),
        hash: vec![1; 32],
        id: EventId(Uuid::from_u128(5)),
        received_at: at(),
        source: "aws".into(),
        identity: Some((Uuid::from_u128(9), "payments".into())),
        event,
        raw: Some("{\"a\": 1.50}".into()),
    }))
}

fn json(row: &Row, format: FeedFormat) -> serde_json::Value {
    match row.write(format) {
        Written::Json(value) => value,
        Written::Text(text) => text.into(),
    }
}

/// A reader of CEF as its guide tells: seven headers, then keys that are words before an `=` nobody escaped.
fn read(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut headers, mut field, mut letters) = (Vec::new(), String::new(), line.chars());
    while headers.len() < 7 {
        match letters.next().expect("seven headers") {
            '\\' => field.push(letters.next().expect("something is escaped")),
            '|' => headers.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    let (mut pairs, mut key, mut value) =
        (Vec::<(String, String)>::new(), String::new(), String::new());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next().expect("something is escaped") {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                other => value.push(other),
            },
            '=' => {
                // The key is the last word of what was read as the value before it.
                let (before, name) = match value.rsplit_once(' ') {
                    Some((before, name)) => (before.to_owned(), name.to_owned()),
                    None => (String::new(), value.clone()),
                };
                if !key.is_empty() {
                    pairs.push((std::mem::take(&mut key), before));
                }
                key = name;
                value.clear();
            }
            letter => value.push(letter),
        }
    }
    pairs.push((key, value));
    (headers, pairs)
}

proptest! {
    /// Whatever a vendor sends, a reader of CEF finds the same values and no others.
    #[test]
    fn cef_is_read_as_it_was_meant(text in "[\\PC|=\\\\\\n\\r\u{202e}\u{5d0}\u{2028} ]{1,60}") {
        let row = event(|event| event.action.clone_from(&text));
        let Written::Text(line) = row.write(FeedFormat::Cef) else { panic!("text") };
        let ends = ['\n', '\r', '\u{2028}', '\u{85}'];
        prop_assert!(!line.contains(ends));
        let (headers, pairs) = read(&line);
        prop_assert_eq!(&headers[0], "CEF:0");
        let read = pairs.iter().find(|(key, _)| key == "act").map(|(_, value)| value.clone());
        let meant = text.replace(['\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], "\n");
        prop_assert_eq!(read.as_deref(), Some(meant.as_str()));
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
        let known = ["cat", "act", "outcome", "suser", "suid", "duser", "src", "shost", "request", "deviceExternalId",
            "cs1", "cs1Label", "msg", "rt", "externalId", "cn1", "cn1Label"];
        prop_assert!(keys.iter().all(|key| known.contains(key)), "{:?}", keys);
    }

    /// Every JSON format is one line whatever its values hold, and says them back.
    #[test]
    fn json_is_one_line(text in "\\PC{0,40}[\n\r\u{202e}\"\\\\]\\PC{0,9}") {
        let row = event(|event| event.target = Some(text.clone()));
        for format in [FeedFormat::Native, FeedFormat::Ocsf, FeedFormat::Ecs, FeedFormat::Asim, FeedFormat::Okta] {
            let mut line = Vec::new();
            row.line(format, &mut line);
            prop_assert!(!line.contains(&b'\n'));
            let value: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
            let said = match format {
                FeedFormat::Native => &value["target"],
                FeedFormat::Ocsf => &value["unmapped"]["target"],
                FeedFormat::Ecs => &value["rollcall"]["target"],
                FeedFormat::Asim => &value["AdditionalFields"]["target"],
                _ => &value["debugContext"]["debugData"]["target"],
            };
            prop_assert_eq!(said.as_str(), Some(text.as_str()));
        }
    }
}

#[test]
fn a_line_is_what_the_value_is() {
    let row = event(|_| {});
    let mut line = Vec::new();
    row.line(FeedFormat::Native, &mut line);
    let line = String::from_utf8(line).expect("text");
    let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(value, json(&row, FeedFormat::Native));
    // The record as received keeps its own digits.
    assert!(line.ends_with(r#""raw":{"a": 1.50}}"#), "{line}");
    assert!(
        line.contains(r#""published":"2026-09-21T14:13:20.123Z""#),
        "{line}"
    );
}

#[test]
fn a_role_that_takes_a_role_switches_accounts() {
    let plain = json(&event(|_| {}), FeedFormat::Ocsf);
    assert_eq!(
        (plain["class_uid"].as_i64(), plain["activity_id"].as_i64()),
        (Some(3002), Some(1))
    );
    assert_eq!(plain["cloud"]["account"]["uid"], "123456789012");
    let chained = event(|event| {
        event.principal = Some("arn:aws:sts::123456789012:assumed-role/build/x".into());
    });
    let chained = json(&chained, FeedFormat::Ocsf);
    assert_eq!(chained["type_uid"], 300_207);
    assert_eq!(chained["raw_data"], "{\"a\": 1.50}");
}

#[test]
fn elastic_gets_no_empty_object_and_no_null() {
    fn look(value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                assert!(!map.is_empty());
                map.values().for_each(look);
            }
            serde_json::Value::Array(list) => assert!(!list.is_empty()),
            other => assert!(!other.is_null()),
        }
    }
    let document = json(&event(|event| event.actor = None), FeedFormat::Ecs);
    look(&document);
    assert_eq!(document["source"]["ip"], "203.0.113.9");
    assert_eq!(document["event"]["category"][0], "authentication");
}

#[test]
fn a_syslog_message_is_framed_by_its_length() {
    let row = event(|event| event.target = Some("a\nb".into()));
    let mut out = Vec::new();
    syslog::frame(&row, FeedFormat::Cef, "roll call\u{e9}", &mut out);
    let text = String::from_utf8(out).expect("text");
    let (length, message) = text.split_once(' ').expect("a frame");
    assert_eq!(length.parse(), Ok(message.len()));
    assert!(
        message.starts_with(
            "<110>1 2026-09-21T14:13:20.123456Z rollcall rollcall - event [rollcall@32473 id="
        ),
        "{message}"
    );
    assert!(message.contains("] \u{feff}CEF:0|Rollcall|"), "{message}");
    assert_eq!(syslog::parameter("a\"b\\c]d"), "a\\\"b\\\\c\\]d");
}
