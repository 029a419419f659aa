//! Every delivery shape, and what a bad record may cost.

use serde_json::{Value, json};

use super::*;

fn good(text: &[u8]) -> Vec<Value> {
    split(text, 1 << 20)
        .filter_map(|record| record.parsed.ok())
        .map(|value| serde_json::to_value(value).expect("serialises"))
        .collect()
}

fn outline(text: &str) -> Vec<(usize, usize, bool)> {
    split(text.as_bytes(), 1 << 20)
        .map(|record| (record.index, record.line, record.parsed.is_ok()))
        .collect()
}

#[test]
fn every_shape_gives_the_same_records() {
    let expected = vec![json!({"a": 1}), json!({"a": {"b": ["]}\"\\"]}})];
    let second = r#"{"a":{"b":["]}\"\\"]}}"#;
    for text in [
        format!("{{\"a\":1}}\n{second}\n"),
        format!("{{\"a\":1}}\r\n{second}"),
        format!("\u{feff}{{\"a\":1}}\n\n  {second}\n\n"),
        format!("[{{\"a\":1}},{second}]"),
        format!("[\n {{\"a\": 1}},\n {second}\n]\n"),
        format!("{{\"a\":1}}{second}"),
        format!("{{\"a\":1}}, {second},"),
        format!("{{\n  \"a\": 1\n}}\n{second}"),
        format!("{{\"Records\":[{{\"a\":1}},{second}]}}"),
        format!("{{\"requestId\":\"x\",\"records\" : [ {{\"a\":1}} , {second} ] , \"n\":[1]}}"),
        format!("{{\"kind\":\"EventList\",\"items\":[{{\"a\":1}},{second}]}}"),
        format!("{{\"value\":[{{\"a\":1}},{second}],\"@odata.nextLink\":\"x\"}}"),
        format!("{{\"entries\":[{{\"a\":1}},{second}]}}"),
        format!("{{\"events\":[{{\"a\":1}},{second}]}}"),
        format!("{{\"data\":{{\"events\":[{{\"a\":1}},{second}]}}}}"),
        format!("{{\"Records\":[{{\"a\":1}}]}}{{\"Records\":[]}}\n{{\"Records\":[{second}]}}"),
        format!("[{{\"a\":1}}]\n[{second}]"),
    ] {
        assert_eq!(good(text.as_bytes()), expected, "{text}");
        assert_eq!(outline(&text).len(), 2, "{text}");
    }
}

#[test]
fn nothing_in_gives_nothing_out() {
    for text in ["", " \n\r\n", "\u{feff}", "[]", "{\"Records\":[]}", "[ ]\n"] {
        assert_eq!(outline(text), [], "{text:?}");
    }
}

#[test]
fn a_bad_line_costs_itself_only() {
    let text = "{\"a\":1}\nnonsense\n{\"a\":\n{\"a\":2}\n\"text\"\n[1]\n{\"a\":3}}\n{\"a\":4}";
    let lines: Vec<_> = outline(text);
    assert_eq!(
        good(text.as_bytes()),
        [
            json!({"a":1}),
            json!({"a":2}),
            json!({"a":3}),
            json!({"a":4})
        ]
    );
    assert_eq!(lines[0], (0, 1, true));
    assert_eq!(lines[1], (1, 2, false));
    assert_eq!(lines[2], (2, 3, false));
    assert_eq!(lines[3], (3, 4, true));
    assert_eq!(lines.last().map(|line| (line.1, line.2)), Some((8, true)));
}

#[test]
fn a_bad_record_in_a_list_costs_itself_only() {
    let text = "{\"Records\":[{\"a\":1},{\"a\":tru},7,{\"a\":2}]}";
    let records: Vec<_> = outline(text);
    assert_eq!(
        records,
        [(0, 1, true), (1, 1, false), (2, 1, false), (3, 1, true)]
    );
}

#[test]
fn a_cut_delivery_keeps_what_came_whole() {
    let text = "{\"Records\":[{\"a\":1},{\"a\":2},{\"a\":";
    assert_eq!(good(text.as_bytes()).len(), 2);
    assert_eq!(outline(text).iter().filter(|record| !record.2).count(), 1);
}

#[test]
fn a_cut_list_says_so_even_between_records() {
    assert_eq!(outline("[{\"a\":1},"), [(0, 1, true), (1, 1, false)]);
    let text = "{\"Records\":[{\"a\":1}\n{\"Records\":[{\"a\":2}]}\n";
    assert_eq!(outline(text), [(0, 1, true), (1, 2, false), (2, 2, true)]);
}

#[test]
fn a_bad_record_in_a_pretty_printed_list_costs_itself_only() {
    let text =
        "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": \"open\n  },\n  {\n    \"c\": 3\n  }\n]\n";
    assert_eq!(outline(text), [(0, 2, true), (1, 5, false), (2, 8, true)]);
}

#[test]
fn a_cut_line_does_not_swallow_the_next_ones() {
    let text = "{\"a\":[\n{\"b\":1}\n{\"b\":2}\n";
    assert_eq!(good(text.as_bytes()), [json!({"b":1}), json!({"b":2})]);
}

#[test]
fn a_broken_pretty_printed_object_is_one_reject() {
    let text = "{\n  \"a\": 1,\n  \"b\": oops\n}\n{\"a\":2}\n";
    assert_eq!(outline(text), [(0, 1, false), (1, 5, true)]);
}

#[test]
fn a_record_has_its_own_text_unless_it_was_wrapped() {
    let texts = |delivery: &'static [u8]| -> Vec<_> {
        split(delivery, 1 << 20).map(|record| record.text).collect()
    };
    assert_eq!(
        texts(b"[{\"a\" : 1},\n{\"a\":\"\\u00e9\"}]"),
        [Some(r#"{"a" : 1}"#), Some(r#"{"a":"\u00e9"}"#)]
    );
    assert_eq!(
        texts(br#"{"Type":"Notification","Message":"{\"a\":1}\n{\"a\":2}"}"#),
        [None, None]
    );
    assert_eq!(texts(br#"{"event":{"a":1},"sourcetype":"x"}"#), [None]);
    assert_eq!(texts(b"nonsense"), [None]);
}

#[test]
fn what_is_not_text_is_told_by_its_place() {
    let reason = split(b"{\"a\":\"\xff\"}", 1 << 20)
        .next()
        .and_then(|record| record.parsed.err());
    let theirs = serde_json::from_slice::<Value>(b"{\"a\":\"\xff\"}").expect_err("not text");
    assert_eq!(reason, Some(format!("not JSON: {theirs}")));
}

#[test]
fn a_records_own_list_is_no_envelope() {
    for text in [
        r#"{"action":"hook.create","events":[{"x":1}]}"#,
        r#"{"hook":1,"events":["push"]}"#,
        r#"{"eventName":"BatchGetSecretValue","items":[{}]}"#,
    ] {
        assert_eq!(good(text.as_bytes()).len(), 1, "{text}");
        assert_eq!(
            good(text.as_bytes())[0],
            serde_json::from_str::<Value>(text).expect("json")
        );
    }
}

#[test]
fn a_record_over_the_limit_is_refused_by_itself() {
    let text = format!(
        "{{\"a\":1}}\n{{\"a\":\"{}\"}}\n{{\"a\":2}}",
        "x".repeat(500)
    );
    let records: Vec<_> = split(text.as_bytes(), 100).collect();
    assert_eq!(
        records
            .iter()
            .map(|record| record.parsed.is_ok())
            .collect::<Vec<_>>(),
        [true, false, true]
    );
    assert!(
        records[1]
            .parsed
            .as_ref()
            .is_err_and(|reason| reason.contains("at most 100"))
    );
}

#[test]
fn a_record_of_too_many_values_is_refused_by_itself() {
    let many = format!("{{\"a\":[{}1]}}", "1,\n".repeat(200_000));
    let text = format!("{{\"a\":1}}\n{many}\n{{\"a\":2}}");
    let records: Vec<_> = split(text.as_bytes(), 1 << 20)
        .map(|record| (record.line, record.parsed.err()))
        .collect();
    let why = Some("holds more than 200000 values".to_owned());
    assert_eq!(records, [(1, None), (2, why), (200_003, None)]);
}

#[test]
fn a_wrapped_record_is_held_to_the_limits_of_any_other() {
    // The wrapping is as long as any record may be, so what it wraps is longer only by compression.
    let long = format!(
        "{{\"a\":1}}\n{{\"a\":\"{}\"}}\n{{\"a\":2}}",
        "x".repeat(2000)
    );
    let packed = packed(&long);
    assert!(packed.len() < 800, "{}", packed.len());
    let message = json!({"awslogs": {"data": packed}}).to_string();
    let found: Vec<_> = split(message.as_bytes(), 1000)
        .map(|record| record.parsed.map(|_| ()))
        .collect();
    assert_eq!(found.len(), 3);
    assert!(
        found[1]
            .as_ref()
            .is_err_and(|why| why.contains("at most 1000")),
        "{found:?}"
    );
    assert!(found[0].is_ok() && found[2].is_ok());
}

/// Text as a transport packs it.
fn packed(text: &str) -> String {
    use base64::Engine as _;
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(text.as_bytes())
        .expect("writes into memory");
    let packed = encoder.finish().expect("writes into memory");
    base64::engine::general_purpose::STANDARD.encode(packed)
}

#[test]
fn hostile_nesting_stays_linear() {
    // Each line opens a value that never closes: a naive retry would read to the end from every line.
    for line in [
        "{\"a\":[\n",
        "[\n",
        "{\"a\":\n",
        "{\n",
        "[[[[\n",
        "\"\n",
        "{\"Records\":[\n",
    ] {
        let text = line.repeat(60_000);
        assert!(split(text.as_bytes(), 1 << 20).count() <= 60_001);
    }
}

#[test]
fn mutated_bytes_never_panic_and_always_end() {
    let seeds: &[&[u8]] = &[
        b"{\"Records\":[{\"eventName\":\"a\\\"b\",\"x\":[1,2,{\"y\":null}]},{\"a\":1}]}",
        b"{\"a\":1}\n{\"b\":\"\\u00e9\"}\r\n[{\"c\":[]}]\n",
        b"\xef\xbb\xbf{\"data\":{\"events\":[{\"a\":1}]}}",
    ];
    let alphabet = b"{}[]\",:\\ \n\r\t\x00\xff\x1ea1";
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).expect("small")
    };
    for round in 0..4_000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        for _ in 0..=random() % 6 {
            let at = random() % bytes.len();
            match random() % 3 {
                0 => bytes[at] = alphabet[random() % alphabet.len()],
                1 => bytes.insert(at, alphabet[random() % alphabet.len()]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let first: Vec<_> = split(&bytes, 1 << 16).collect();
        assert!(first.len() <= bytes.len());
        assert_eq!(
            first,
            split(&bytes, 1 << 16).collect::<Vec<_>>(),
            "deterministic"
        );
        assert!(
            first
                .iter()
                .enumerate()
                .all(|(place, record)| record.index == place)
        );
    }
}
