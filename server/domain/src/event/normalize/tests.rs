//! Small records for every rule of every format.

use contract::events::{EventKind, Outcome};
use contract::identities::{IdentityKind, Platform, SelectorKind};
use serde_json::json;

use super::*;

mod clouds;
mod cloudtrail;
mod github;
mod own;
mod webhooks;

/// Reads a record whose format is told from its content.
fn event(record: Value) -> Event {
    accept(None, record).expect("a good record").event
}

fn reject(record: Value) -> String {
    accept(None, record)
        .expect_err("a bad record")
        .0
        .to_string()
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
    let accepted = accept(None, record).expect("a good record");
    assert_eq!(
        (accepted.event.id_kind, accepted.event.vendor_id),
        (IdKind::Derived, expected)
    );
    assert_eq!(accepted.raw["password"], "[redacted]");
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
