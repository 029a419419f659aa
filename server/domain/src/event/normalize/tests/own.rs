//! Rollcall's own JSON.

use super::*;

#[test]
fn all_fields_are_taken_and_printed_again() {
    let record = json!({
        "kind": "deployment", "outcome": "success", "action": "deploy", "occurred_at": "2026-11-20T09:44:51.418123Z",
        "vendor_id": "d-1", "actor": "ines", "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:acme/shop:environment:production", "principal": "p", "role": "r", "repository": "acme/shop",
        "ref": "refs/heads/main", "commit": "abc", "run_id": 18842, "environment": "production", "target": "shop 4.2",
        "source_ip": "203.0.113.4", "extra": {"kept": "in the raw record"},
    });
    let found = event(record.clone());
    let printed = serde_json::to_value(&found).expect("serialises");
    for (key, value) in record.as_object().expect("an object") {
        match key.as_str() {
            "extra" => assert!(printed.get(key).is_none()),
            "run_id" => assert_eq!(printed[key], "18842"),
            _ => assert_eq!(&printed[key], value, "{key}"),
        }
    }
    assert_eq!(printed["format"], "rollcall");
    assert_eq!(printed["id_kind"], "vendor");
    // What is printed reads back the same.
    assert_eq!(event(printed), found);
}

#[test]
fn errors_name_the_field() {
    let at = "2026-01-01T00:00:00Z";
    for (record, field) in [
        (
            json!({"occurred_at": at, "kind": "deployment"}),
            "action: missing",
        ),
        (json!({"occurred_at": at, "action": ""}), "action: missing"),
        (
            json!({"occurred_at": at, "action": ["x"]}),
            "action: must be text",
        ),
        (
            json!({"occurred_at": "soon", "action": "x"}),
            "occurred_at: not a time",
        ),
        (
            json!({"occurred_at": "1970-01-01T00:00:00Z", "action": "x"}),
            "occurred_at: not between",
        ),
        (
            json!({"occurred_at": at, "action": "x", "kind": "party"}),
            "kind: `party` is not one of pipeline_run",
        ),
        (
            json!({"occurred_at": at, "action": "x", "outcome": "meh"}),
            "outcome: `meh` is not one of success",
        ),
        (
            json!({"occurred_at": at, "action": "x", "target": {}}),
            "target: must be text",
        ),
        (
            json!({"occurred_at": at, "action": "x".repeat(5000)}),
            "action: is 5000 bytes long",
        ),
    ] {
        let reason = reject(record);
        assert!(reason.starts_with(field), "{reason}");
    }
    let reason = accept(Some(EventFormat::Rollcall), json!({"action": "x"}).into())
        .expect_err("no time")
        .0
        .to_string();
    assert_eq!(reason, "occurred_at: missing");
}
