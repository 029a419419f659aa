//! Small records for every rule of every format.

use contract::events::{EventKind, Outcome};
use contract::identities::{IdentityKind, Platform, SelectorKind};
use serde_json::{Value, json};

use super::*;

mod clouds;
mod cloudtrail;
mod github;
mod own;
mod webhooks;

/// Reads a record whose format is told from its content.
fn event(record: Value) -> Event {
    accept(None, record.into()).expect("a good record").event
}

fn reject(record: Value) -> String {
    accept(None, record.into())
        .expect_err("a bad record")
        .0
        .to_string()
}

/// The record as it may be kept, whatever it was received as.
fn kept(accepted: &Accepted<'_>) -> Value {
    serde_json::to_value(&accepted.raw).expect("serialises")
}

#[test]
fn every_format_has_one_reader() {
    for format in EventFormat::ALL {
        assert_eq!(
            READERS
                .iter()
                .filter(|reader| reader.format == *format)
                .count(),
            1,
            "{format}"
        );
    }
}

#[test]
fn what_is_no_event_is_refused_in_words() {
    for record in [
        json!({}),
        json!({"hello": "world"}),
        json!({"action": "opened", "repository": {"id": 1}}),
    ] {
        assert!(reject(record).starts_with("not recognised"));
    }
}

#[test]
fn a_derived_id_is_of_the_record_as_received() {
    let record =
        json!({"action": "deploy", "occurred_at": "2026-01-01T00:00:00Z", "password": "hunter2"});
    let expected = canonical::hash(&record);
    let accepted = accept(None, record.into()).expect("a good record");
    assert_eq!(kept(&accepted)["password"], "[redacted]");
    assert_eq!(
        (accepted.event.id_kind, accepted.event.vendor_id),
        (IdKind::Derived, expected)
    );
}

#[test]
fn no_secret_reaches_a_canonical_field() {
    let token = format!("ghp_{}", "a1B2".repeat(10));
    let found = event(
        json!({"action": "x", "occurred_at": "2026-01-01T00:00:00Z", "target": format!("https://{token}@h/"), "vendor_id": "1"}),
    );
    assert!(
        !serde_json::to_string(&found)
            .expect("serialises")
            .contains(&token)
    );
}

/// What is kept of a delivery's records.
fn texts(delivery: &str) -> Vec<String> {
    crate::event::split::split(delivery.as_bytes(), 1 << 20)
        .map(|record| {
            let accepted = accept(None, record.parsed.expect("json")).expect("a good record");
            accepted.text(record.text).into_owned()
        })
        .collect()
}

#[test]
fn a_record_nothing_was_replaced_in_is_kept_to_the_letter() {
    for record in [
        r#"{ "action":"x" , "occurred_at": "2026-01-01T00:00:00Z","n":18446744073709551616,	"price" : 1.50,"e":1E3 }"#,
        // Escapes, and a key that stands twice.
        r#"{"action":"\u0078","occurred_at":"2026-01-01T00:00:00Z","a":1,"a":"\/ \ud834\udd1e"}"#,
    ] {
        assert_eq!(texts(record), [record]);
        assert_eq!(texts(&format!("[{record},\n {record}]")), [record, record]);
    }
}

#[test]
fn what_was_replaced_in_spans_lines_or_was_wrapped_is_printed_on_one() {
    let event = r#""action":"x","occurred_at":"2026-01-01T00:00:00Z""#;
    let pretty = format!("{{\n  {event},\n  \"n\": 1.50\n}}");
    assert_eq!(texts(&pretty), [format!("{{{event},\"n\":1.5}}")]);
    assert_eq!(
        texts(&format!("{{ {event},\r\"n\": 1}}")),
        [format!("{{{event},\"n\":1}}")]
    );
    let secret = format!(r#"{{ {event}, "n": 1.50, "password": "hunter2" }}"#);
    assert_eq!(
        texts(&secret),
        [format!(r#"{{{event},"n":1.5,"password":"[redacted]"}}"#)]
    );
    // A name spelled with escapes is the same name.
    let spelled = format!(r#"{{ {event}, "p\u0061ssword": "hunter2" }}"#);
    assert_eq!(
        texts(&spelled),
        [format!(r#"{{{event},"password":"[redacted]"}}"#)]
    );
    // What PostgreSQL cannot store is replaced as well.
    let nul = format!(r#"{{ {event}, "n\u0000": 1 }}"#);
    assert_eq!(texts(&nul), [format!("{{{event},\"n\u{fffd}\":1}}")]);
    let inner = json!(format!("{{ {event} }}")).to_string();
    let wrapped = format!(r#"{{"Type":"Notification","Message":{inner}}}"#);
    assert_eq!(texts(&wrapped), [format!("{{{event}}}")]);
    let beside = format!(r#"{{"sourcetype": "x", "event": {{ {event} }}}}"#);
    assert_eq!(texts(&beside), [format!("{{{event}}}")]);
}

#[test]
fn of_a_key_that_stands_twice_the_last_is_read_and_both_are_searched() {
    let text = r#"{"action":"first","occurred_at":"2026-01-01T00:00:00Z","token":"ghost","action":"last","token":""}"#;
    let accepted = accept(None, serde_json::from_str(text).expect("json")).expect("a good record");
    assert_eq!(accepted.event.action, "last");
    assert!(!accepted.untouched && !accepted.text(Some(text)).contains("ghost"));
    // The id is the one the record always had: of the last of equal keys.
    let theirs: Value = serde_json::from_str(text).expect("json");
    assert_eq!(accepted.event.vendor_id, canonical::hash(&theirs));
}
