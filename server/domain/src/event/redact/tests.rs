//! Every rule once, and what must stay.

use serde_json::{Value, json};

use super::*;

fn redacted(value: Value) -> (Value, usize) {
    let mut record = value.into();
    let count = redact(&mut record);
    (serde_json::to_value(&record).expect("serialises"), count)
}

#[test]
fn secrets_go_by_the_name_of_their_field() {
    for (before, after) in [
        (
            json!({"responseElements": {"credentials": {"accessKeyId": "ASIAX", "sessionToken": "IQoJx", "expiration": "soon"}}}),
            json!({"responseElements": {"credentials": {"accessKeyId": "ASIAX", "sessionToken": "[redacted]", "expiration": "soon"}}}),
        ),
        (
            json!({"secretAccessKey": "abc"}),
            json!({"secretAccessKey": "[redacted]"}),
        ),
        (
            json!({"masterUserPassword": "x"}),
            json!({"masterUserPassword": "[redacted]"}),
        ),
        (
            json!({"DB_PASSWORD": 1234}),
            json!({"DB_PASSWORD": "[redacted]"}),
        ),
        (
            json!({"headers": {"Authorization": "abc"}}),
            json!({"headers": {"Authorization": "[redacted]"}}),
        ),
        (
            json!({"X-Api-Key": ["a", "b"]}),
            json!({"X-Api-Key": ["[redacted]", "[redacted]"]}),
        ),
        (
            json!({"secretString": "{\"a\":1}"}),
            json!({"secretString": "[redacted]"}),
        ),
        (
            json!({"environment": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "PORT", "value": "80"}]}),
            json!({"environment": [{"name": "DB_PASSWORD", "value": "[redacted]"}, {"name": "PORT", "value": "80"}]}),
        ),
        (
            json!({"name": "/app/db", "type": "SecureString", "value": "x"}),
            json!({"name": "/app/db", "type": "SecureString", "value": "[redacted]"}),
        ),
    ] {
        assert_eq!(redacted(before).0, after);
    }
}

#[test]
fn secrets_go_by_their_shape_anywhere() {
    let tail = "a1B2".repeat(10);
    for (secret, kept) in [
        (format!("ghp_{tail}"), ""),
        (format!("ghs_{tail}"), ""),
        (format!("github_pat_{tail}"), ""),
        (format!("glpat-{tail}"), ""),
        (format!("eyJ{tail}.eyJ{tail}.{tail}"), ""),
        (format!("IQoJ{}", tail.repeat(3)), ""),
        (format!("hvs.{tail}"), ""),
        (
            format!("-----BEGIN RSA PRIVATE KEY-----\n{tail}\n-----END RSA PRIVATE KEY-----"),
            "",
        ),
        (format!("-----BEGIN PRIVATE KEY-----\n{tail}"), ""),
        (format!("Bearer {tail}"), "Bearer "),
        (format!("X-Amz-Signature={tail}"), "X-Amz-Signature="),
    ] {
        let (after, count) = redacted(json!([{"note": format!("see {secret}")}]));
        assert_eq!(
            after,
            json!([{"note": format!("see {kept}[redacted]")}]),
            "{secret}"
        );
        assert_eq!(count, 1, "{secret}");
    }
    let (after, _) = redacted(json!("https://bob:hunter2@git.example/x.git"));
    assert_eq!(after, json!("https://bob:[redacted]@git.example/x.git"));
}

#[test]
fn names_ids_and_hashes_of_secrets_stay() {
    let kept = json!({
        "secretId": "arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-AbCdEf", "secretName": "prod/db",
        "secrets_passed": ["DEPLOY_TOKEN", "NPM_TOKEN"], "hashed_token": "Zm9vYmFy+/abc=", "token_id": 123,
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "passwordResetRequired": false, "PasswordLastUsed": "2026-01-01",
        "nextToken": "AAAA", "clientRequestToken": "3f2a", "authorization": {"action": "x/read", "scope": "/y"},
        "withDecryption": true, "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "userAgent": "aws-cli/2.1", "url": "https://example.com:8443/a@b", "secret_type": "github_token", "token": "",
        "note": "ghp_short and eyJhbGciOi alone",
    });
    assert_eq!(redacted(kept.clone()), (kept, 0));
}

#[test]
fn json_inside_a_string_is_searched_too() {
    let inner = r#"{"user":"x","password":"hun\"ter2","n":1}"#;
    let (after, count) = redacted(json!({"requestBody": inner}));
    assert_eq!(
        after["requestBody"],
        json!(r#"{"user":"x","password":"[redacted]","n":1}"#)
    );
    assert_eq!(count, 1);
}

#[test]
fn text_that_is_not_json_is_redacted_as_far_as_it_can_be_read() {
    for (before, after) in [
        (
            r#"{"a": 1, "sessionToken": "IQoJabc", "b": "#,
            r#"{"a": 1, "sessionToken": "[redacted]", "b": "#,
        ),
        (
            r#"{"sessionToken": "IQoJabc"#,
            r#"{"sessionToken": "[redacted]"#,
        ),
        (
            r#""{\"sessionToken\":\"IQoJabc\",\"b\":\"c\"}"#,
            r#""{\"sessionToken\":\"[redacted]\",\"b\":\"c\"}"#,
        ),
        ("nul\0", "nul\u{fffd}"),
    ] {
        assert_eq!(redact_text(before), after);
    }
}

#[test]
fn redaction_is_idempotent_and_drops_nul() {
    let (once, count) =
        redacted(json!({"a\0": "b\0c", "password": "x", "body": "{\"token\":\"y\"}"}));
    assert_eq!(
        once,
        json!({"a\u{fffd}": "b\u{fffd}c", "password": "[redacted]", "body": "{\"token\":\"[redacted]\"}"})
    );
    // A name, a value with NUL; a secret by its field, one within a text.
    assert_eq!(count, 4);
    assert_eq!(redacted(once.clone()), (once, 0));
}

#[test]
fn of_a_key_that_stands_twice_both_are_redacted() {
    for (before, after) in [
        (
            r#"{"password":"first","a":1,"password":"last"}"#,
            r#"{"password":"[redacted]","a":1,"password":"[redacted]"}"#,
        ),
        (
            r#"{"x":{"password":"first"},"x":{}}"#,
            r#"{"x":{"password":"[redacted]"},"x":{}}"#,
        ),
        (
            r#"{"name":"DB_PASSWORD","value":"one","value":"two","name":"PORT"}"#,
            r#"{"name":"DB_PASSWORD","value":"[redacted]","value":"[redacted]","name":"PORT"}"#,
        ),
        (
            r#"{"kind":"Secret","data":{"a":"x"},"kind":"Pod","data":{"a":"y"}}"#,
            r#"{"kind":"Secret","data":{"a":"[redacted]"},"kind":"Pod","data":{"a":"[redacted]"}}"#,
        ),
    ] {
        let mut record = serde_json::from_str(before).expect("json");
        assert!(redact(&mut record) > 0);
        assert_eq!(record.to_string(), after);
    }
}

#[test]
fn what_is_not_replaced_stays_borrowed() {
    let text = r#"{"note":"a text of some length","pairs":"no 'name': but a \" quote","password":"x","n":["ghp_short"]}"#;
    let mut record = serde_json::from_str(text).expect("json");
    assert_eq!(redact(&mut record), 1);
    let borrowed = |value: &crate::event::json::Value<'_>| match value {
        crate::event::json::Value::String(text) => matches!(text, Cow::Borrowed(_)),
        _ => false,
    };
    let at = |key: &str| record.get(key).expect("there");
    assert!(borrowed(at("note")) && borrowed(at("password")));
    // An escape was undone already when it was read.
    assert!(!borrowed(at("pairs")));
    assert!(at("n").as_array().expect("a list").iter().all(borrowed));
}
