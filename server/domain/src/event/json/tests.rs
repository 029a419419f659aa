//! That it is serde_json's tree in everything but what it costs.

use super::*;

fn read(text: &str) -> Value<'_> {
    serde_json::from_str(text).expect("json")
}

const TEXTS: &[&str] = &[
    "null",
    r#"{"b":[1,-2,1.50,1e3,18446744073709551615,18446744073709551616,-0],"a":{"x":"é\n\u00e9","y":null},"t":true}"#,
    r#"[{},[],"",{"":{"":""}}," 𝄞 \ud834\udd1e "]"#,
    r#"{"z":1,"Z":2,"é":3,"a\u0000":4,"a":5,"\"":6}"#,
];

#[test]
fn it_prints_what_serde_jsons_prints() {
    for text in TEXTS {
        let theirs: serde_json::Value = serde_json::from_str(text).expect("json");
        let ours = read(text);
        assert_eq!(ours.to_string(), theirs.to_string());
        assert_eq!(ours, Value::from(&theirs));
        assert_eq!(ours.clone().into_owned(), Value::from(theirs.clone()));
        assert_eq!(serde_json::to_value(&ours).expect("json"), theirs);
    }
}

#[test]
fn it_refuses_what_serde_jsons_refuses_in_the_same_words() {
    let deep = "[".repeat(200);
    for text in [
        "{",
        r#"{"a":1,}"#,
        r#"{"a":1} x"#,
        r"{a:1}",
        r#""\ud800""#,
        "1e999",
        "\"\n\"",
        "[01]",
        &deep,
    ] {
        let theirs = serde_json::from_str::<serde_json::Value>(text).expect_err("not json");
        let ours = serde_json::from_str::<Value<'_>>(text).expect_err("not json");
        assert_eq!(ours.to_string(), theirs.to_string(), "{text}");
    }
}

#[test]
fn what_has_no_escapes_is_borrowed() {
    let Value::Object(map) = read(r#"{"plain":"text é","esc\u0061ped":"a\tb"}"#) else {
        panic!("an object");
    };
    let owned: Vec<(bool, bool)> = map
        .0
        .iter()
        .map(|(key, item)| {
            let owns = |text: &Cow<'_, str>| matches!(text, Cow::Owned(_));
            (owns(key), matches!(item, Value::String(text) if owns(text)))
        })
        .collect();
    assert_eq!(owned, [(false, false), (true, true)]);
    assert_eq!(map.get("escaped").and_then(Value::as_str), Some("a\tb"));
}

#[test]
fn a_key_that_stands_twice_is_kept_twice_and_the_last_is_read() {
    let text = r#"{"a":1,"b":2,"\u0061":3}"#;
    let mut value = read(text);
    assert_eq!(value.to_string(), r#"{"a":1,"b":2,"a":3}"#);
    assert_eq!(value.get("a").and_then(Value::as_i64), Some(3));
    let theirs: serde_json::Value = serde_json::from_str(text).expect("json");
    assert_eq!(theirs["a"], 3);
    assert_eq!(value.all_mut("a").count(), 2);
    value.all_mut("a").for_each(|item| *item = Value::Null);
    assert_eq!(value.to_string(), r#"{"a":null,"b":2,"a":null}"#);
    assert_eq!(read("[1]").all_mut("a").count(), 0);
}

#[test]
fn values_answer_for_what_they_are() {
    let value = read(
        r#"{"s":"x","n":7,"f":1.5,"u":18446744073709551615,"b":true,"l":[1],"o":{},"z":null}"#,
    );
    let at = |key: &str| value.get(key).expect("there");
    assert_eq!((at("s").as_str(), at("n").as_str()), (Some("x"), None));
    assert_eq!(
        (at("n").as_i64(), at("f").as_i64(), at("u").as_i64()),
        (Some(7), None, None)
    );
    assert_eq!((at("b").as_bool(), at("s").as_bool()), (Some(true), None));
    assert_eq!(at("l").as_array().map(Vec::len), Some(1));
    assert!(at("o").is_object() && at("z").is_null() && at("s").is_string());
    assert_eq!((at("l").get("0"), value.get("none")), (None, None));
    let keys: Vec<&str> = value.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["s", "n", "f", "u", "b", "l", "o", "z"]);
}

#[test]
fn what_holds_too_many_values_is_refused_while_it_is_read() {
    // The list and the object are values too.
    let of = |items: usize| format!("{{\"a\":[{}1]}}", "1,".repeat(items - 1));
    let most = build::MOST;
    assert!(TOO_MANY.contains(&most.to_string()));
    let fits = of(most - 2);
    assert_eq!(read(&fits).count(), most);
    for text in [
        of(most - 1),
        format!("[{}{{}}]", "{\"a\":[]},".repeat(most / 2)),
    ] {
        let refused = serde_json::from_str::<Value<'_>>(&text).expect_err("too many");
        assert!(refused.to_string().starts_with(TOO_MANY), "{refused}");
        assert!(refused.is_data(), "no error of JSON");
    }
    // Not one byte behind the one too many is looked at.
    let cut = format!("[{}", "1,".repeat(most));
    let refused = serde_json::from_str::<Value<'_>>(&cut).expect_err("too many");
    assert!(refused.to_string().starts_with(TOO_MANY), "{refused}");
}
