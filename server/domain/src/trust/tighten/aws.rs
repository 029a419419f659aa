//! Narrowing a trust policy, statement by statement.

use serde_json::{Map, Value, json};

use super::{Wish, ids, values};
use crate::trust::facts::Facts;
use crate::trust::language::aws::operator::{Base, Set};
use crate::trust::language::aws::request::Request;
use crate::trust::language::aws::{Policy, Statement};
use crate::trust::source::Source;
use crate::trust::verdict::Decision;
use crate::trust::{Token, exposed};

/// Allowing statements no token needs go; the others are narrowed; denies stay.
pub fn tighten(
    policy: &Policy,
    mut document: Value,
    seen: &[Token],
    wish: Wish,
    facts: &Facts,
) -> Value {
    let written = document["Statement"].take();
    let listed = match written {
        Value::Array(items) => items,
        one => vec![one],
    };
    let kept: Vec<Value> = listed
        .into_iter()
        .zip(&policy.statements)
        .filter_map(|(written, statement)| {
            if !statement.allow || !statement.is_assume() {
                return Some(written);
            }
            let matched = matched(policy, statement, seen, facts);
            (!matched.is_empty()).then(|| narrow(policy, statement, written, &matched, wish, facts))
        })
        .collect();
    document["Statement"] = Value::Array(kept);
    document
}

/// The tokens a statement lets in by itself.
fn matched<'a>(
    policy: &Policy,
    statement: &Statement,
    seen: &'a [Token],
    facts: &Facts,
) -> Vec<&'a Token> {
    let alone = Policy {
        version: policy.version.clone(),
        statements: vec![statement.clone()],
        span: policy.span,
    };
    // Tags need a second action, which another statement may give.
    seen.iter()
        .filter(|token| {
            let bare: Token = token
                .claims()
                .iter()
                .filter(|(name, _)| {
                    !name.starts_with("https://aws.amazon.com/tags") || uses_tags(statement)
                })
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            alone.evaluate(&bare, facts, &Source::default()).decision == Decision::Allow
        })
        .collect()
}

fn uses_tags(statement: &Statement) -> bool {
    statement
        .conditions
        .iter()
        .any(|it| it.key.text.to_ascii_lowercase().contains("tag"))
}

fn narrow(
    policy: &Policy,
    statement: &Statement,
    mut written: Value,
    matched: &[&Token],
    wish: Wish,
    facts: &Facts,
) -> Value {
    let Some(issuer) = matched[0].issuer_key().map(str::to_owned) else {
        return written;
    };
    if matched
        .iter()
        .any(|token| token.issuer_key() != Some(&issuer))
    {
        return written;
    }
    let mut bind: Vec<(String, Vec<String>)> = Vec::new();
    let wild = statement.conditions.iter().any(|it| {
        it.operator.wildcards()
            && it.key.text.to_ascii_lowercase().ends_with(":sub")
            && it
                .values
                .iter()
                .any(|value| value.text.contains(['*', '?']))
    });
    if !(wish.keep_wildcard && wild)
        && let Some(subjects) = values(matched.iter().copied(), "sub")
    {
        drop_subject(&mut written, &issuer, statement);
        bind.push(("sub".to_owned(), subjects));
    }
    let audiences: Option<Vec<String>> = matched
        .iter()
        .map(|token| {
            let request = Request::new(token, facts);
            let held = request.held(&format!("{}:aud", issuer.to_ascii_lowercase()));
            held.one().map(str::to_owned)
        })
        .collect();
    if let Some(mut audiences) = audiences {
        audiences.sort();
        audiences.dedup();
        bind.push(("aud".to_owned(), audiences));
    }
    for id in ids(&issuer) {
        if !wish.names_only
            && exposed::is(&issuer, id, facts.date)
            && let Some(found) = values(matched.iter().copied(), id)
        {
            bind.push(((*id).to_owned(), found));
        }
    }
    let escape = |text: String| {
        if policy.has_variables() {
            text.replace("${", "${$}{")
        } else {
            text
        }
    };
    let conditions = written
        .as_object_mut()
        .map(|map| map.entry("Condition").or_insert_with(|| json!({})));
    if let Some(Value::Object(conditions)) = conditions {
        for (claim, found) in bind {
            let found: Vec<String> = found.into_iter().map(escape).collect();
            put(conditions, &format!("{issuer}:{claim}"), found);
        }
    }
    written
}

/// Adds an equality; one that already stands on the key is replaced when all its values are plain, else a second
/// operator says it.
fn put(conditions: &mut Map<String, Value>, key: &str, found: Vec<String>) {
    let value = match found.as_slice() {
        [one] => Value::from(one.as_str()),
        _ => Value::from(found),
    };
    let equals = conditions
        .entry("StringEquals")
        .or_insert_with(|| json!({}));
    if let Value::Object(equals) = equals {
        let old = equals
            .keys()
            .find(|old| old.eq_ignore_ascii_case(key))
            .cloned();
        if let Some(old) = old {
            equals.shift_remove(&old);
        }
        equals.insert(key.to_owned(), value);
    }
}

/// Takes off the positive conditions on the subject that depend on nothing else: the tokens' own subjects, each of
/// which satisfied them, take their place.
fn drop_subject(written: &mut Value, issuer: &str, statement: &Statement) {
    let key = format!("{issuer}:sub");
    let Some(Value::Object(conditions)) = written.get_mut("Condition") else {
        return;
    };
    for condition in &statement.conditions {
        let operator = condition.operator;
        let plain = operator.set == Set::No
            && matches!(
                operator.base,
                Base::Text { negated: false, .. } | Base::Like { negated: false }
            )
            && condition.key.text.eq_ignore_ascii_case(&key);
        if !plain {
            continue;
        }
        let Some(Value::Object(keys)) = conditions.get_mut(&condition.written) else {
            continue;
        };
        keys.shift_remove(&condition.key.text);
        if keys.is_empty() {
            conditions.shift_remove(&condition.written);
        }
    }
}
