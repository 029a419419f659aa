//! Hostile input: arbitrary bytes, arbitrary JSON in the vendors' own words, depth and size. Nothing panics, nothing
//! takes long, and one bad record never costs another.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "event_fuzz/cut.rs"]
mod cut;
#[path = "event_fuzz/read.rs"]
mod read;
#[path = "event_fuzz/seeded.rs"]
mod seeded;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use contract::events::EventFormat;
use domain::event::inflate::inflate;
use domain::event::normalize::{Hints, accept_with, normalize};
use domain::event::{sentence, split};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Field names of every format, so that arbitrary records come close to real ones.
const KEYS: &[&str] = &[
    "action",
    "actor",
    "@timestamp",
    "_document_id",
    "data",
    "secrets_passed",
    "workflow_run",
    "workflow_job",
    "deployment",
    "deployment_status",
    "repository",
    "full_name",
    "sender",
    "login",
    "installation",
    "alert",
    "object_kind",
    "object_attributes",
    "project",
    "path_with_namespace",
    "details",
    "custom_message",
    "author_id",
    "entity_type",
    "created_at",
    "eventSource",
    "eventName",
    "eventTime",
    "eventID",
    "userIdentity",
    "principalId",
    "requestParameters",
    "responseElements",
    "errorCode",
    "sessionContext",
    "detail",
    "protoPayload",
    "methodName",
    "authenticationInfo",
    "principalSubject",
    "principalEmail",
    "status",
    "code",
    "metadata",
    "timestamp",
    "insertId",
    "type",
    "request",
    "response",
    "auth",
    "path",
    "operation",
    "display_name",
    "mount_point",
    "mount_type",
    "time",
    "kind",
    "apiVersion",
    "auditID",
    "verb",
    "objectRef",
    "user",
    "username",
    "properties",
    "category",
    "log",
    "operationName",
    "resourceId",
    "resultType",
    "initiatedBy",
    "targetResources",
    "modifiedProperties",
    "uuid",
    "published",
    "eventType",
    "outcome",
    "result",
    "ActionId",
    "ActorUPN",
    "Timestamp",
    "Data",
    "occurred_at",
    "vendor_id",
    "records",
    "message",
    "logEvents",
    "logGroup",
    "subscription",
    "Type",
    "Message",
    "event",
    "source",
];

/// Values that steer the readers, beside the arbitrary.
const WORDS: &[&str] = &[
    "",
    "workflows.created_workflow_run",
    "2026-08-01T10:00:00Z",
    "repo:o/r:ref:refs/heads/main",
    "response",
    "Event",
    "audit.k8s.io/v1",
    "kube-audit",
    "AssumeRoleWithWebIdentity",
    "sts.amazonaws.com",
    "WebIdentityUser",
    "SUCCESS",
    "ServicePrincipalSignInLogs",
    "arn:aws:sts::1:assumed-role/r/s",
    "auth/jwt/login",
    "secret/data/x",
    "update",
    "principal://x/subject/repo:o/r:pull_request",
    "pipeline",
    "Notification",
    "eyJhIjoxfQ==",
    "\u{0}é\u{202e}",
    "::::",
    "repo:@1/@2:",
    "-",
    "/",
    "io.k8s.core.v1",
    "io.k8s.v1.",
    "Update application",
    "presented assertion subject '",
];

fn value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(WORDS).prop_map(Value::from);
    let leaf = prop_oneof![
        4 => word,
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        2 => ".{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 8, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            4 => object(inner),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(KEYS), inner), 0..8).prop_map(|pairs| {
        Value::Object(
            pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>(),
        )
    })
}

fn hints() -> Hints<'static> {
    Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_reader_survives_every_record(record in object(value())) {
        for format in EventFormat::ALL {
            if let Ok(event) = normalize(*format, &(&record).into(), &hints()) {
                prop_assert!(event.vendor_id.len() <= 2048);
                prop_assert!(!event.action.is_empty());
                let _ = (event.selectors(), event.discovery(), sentence::sentence(&event));
                prop_assert!(!serde_json::to_string(&event).unwrap().contains("\\u0000"));
            }
        }
        let _ = accept_with(None, record.into(), &hints());
    }

    #[test]
    fn bytes_are_cut_without_end_nor_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(plain) = inflate(&bytes, 1 << 16) {
            prop_assert!(split::split(&plain, 1 << 16).count() <= plain.len() + 1);
        }
    }

    #[test]
    fn a_bad_line_never_costs_a_good_one(
        lines in prop::collection::vec((any::<bool>(), object(value()), "[^\\r\\n]{0,40}"), 0..20),
    ) {
        let mut delivery = String::new();
        let mut good = 0;
        for (place, (bad, record, noise)) in lines.iter().enumerate() {
            if *bad {
                // A cut line: opened and never closed, then noise.
                writeln!(delivery, "{{\"cut\":\"{}", noise.replace('"', "")).unwrap();
            } else {
                good += 1;
                writeln!(delivery, "{}", json!({"action": "a", "occurred_at": "2026-08-01T10:00:00Z", "vendor_id": place, "extra": record})).unwrap();
            }
        }
        let taken = split::split(delivery.as_bytes(), 1 << 20)
            .filter_map(|record| accept_with(None, record.parsed.ok()?, &hints()).ok())
            .count();
        prop_assert_eq!(taken, good);
    }
}

/// Runs something that must not take long: quadratic work on this much input takes minutes.
fn quickly(what: &str, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "{what} took {took:?}");
}

#[test]
fn size_and_depth_cost_no_more_than_they_weigh() {
    let mut wide = Map::new();
    for place in 0..40_000 {
        wide.insert(format!("key_{place}"), json!({"name": "x", "value": place}));
    }
    let wide = Value::Object(wide);
    quickly("a wide record", || {
        for format in EventFormat::ALL {
            let _ = normalize(*format, &(&wide).into(), &hints());
        }
        let _ = accept_with(None, (&wide).into(), &hints());
    });
    let long = "a:".repeat(500_000);
    quickly("a long subject", || {
        let record = json!({"action": "a", "occurred_at": "2026-08-01T10:00:00Z", "eventName": "AssumeRoleWithWebIdentity", "userIdentity": {"type": "WebIdentityUser", "principalId": long, "userName": long}, "protoPayload": {"authenticationInfo": {"principalSubject": format!("repo:{long}")}}});
        for format in EventFormat::ALL {
            let _ = normalize(*format, &(&record).into(), &hints()).map(|event| event.selectors());
        }
    });
    quickly("deep nesting", || {
        for deep in ["[", "{\"a\":", "{\"message\":{\"data\":"] {
            let text = deep.repeat(200_000);
            assert!(split::split(text.as_bytes(), 1 << 24).count() <= 200_001);
        }
    });
    quickly("many wrapped records", || {
        let one = "{\"message\":{\"data\":\"eyJhIjoxfQ==\",\"messageId\":\"1\"}}\n";
        assert_eq!(
            split::split(one.repeat(20_000).as_bytes(), 1 << 20).count(),
            20_000
        );
    });
    quickly("a hostile form", || {
        let form = format!("payload={}", "%7B".repeat(300_000));
        let _ =
            inflate(form.as_bytes(), 1 << 24).map(|plain| split::split(&plain, 1 << 20).count());
    });
}
