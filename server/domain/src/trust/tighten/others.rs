//! Narrowing the other languages.

use serde_json::{Map, Value, json};

use super::{Refused, Wish, ids, values};
use crate::trust::Token;
use crate::trust::language::entra::{self, Credential};
use crate::trust::language::kubernetes::Subjects;
use crate::trust::language::octo_sts::Policy;
use crate::trust::language::vault::Role;
use crate::trust::source::Source;
use crate::trust::verdict::Decision;

/// One credential for each subject seen, with the other clauses of the one that let it in.
pub fn entra(credentials: &[Credential], source: &Source, seen: &[Token], wish: Wish) -> Value {
    let mut made: Vec<Value> = Vec::new();
    for token in seen {
        let by = credentials.iter().find(|it| {
            entra::evaluate(std::slice::from_ref(*it), token, source).decision == Decision::Allow
        });
        if let Some(credential) = by {
            let new = one(credential, token, wish);
            if !made.contains(&new) {
                made.push(new);
            }
        }
    }
    match made.as_slice() {
        [single] => single.clone(),
        _ => Value::Array(made),
    }
}

fn one(credential: &Credential, token: &Token, wish: Wish) -> Value {
    let mut map = Map::new();
    if !credential.name.starts_with("credential ") {
        map.insert("name".to_owned(), credential.name.as_str().into());
    }
    let text = |it: &Option<crate::trust::source::Spanned>| {
        it.as_ref()
            .map_or(Value::Null, |it| it.text.as_str().into())
    };
    map.insert("issuer".to_owned(), text(&credential.issuer));
    let audiences: Vec<&str> = credential
        .audiences
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    match &credential.expression {
        Some((written, Ok(expression))) => {
            map.insert("subject".to_owned(), Value::Null);
            let subject = token.text("sub").filter(|_| !wish.keep_wildcard);
            let clauses: Vec<String> = expression
                .clauses
                .iter()
                .map(|it| {
                    let quoted = |text: &str| text.replace('\'', "''");
                    match subject {
                        Some(subject) if it.claim.text == "sub" => {
                            format!("claims['sub'] eq '{}'", quoted(subject))
                        }
                        _ => format!(
                            "claims['{}'] {} '{}'",
                            it.claim.text,
                            it.operator.text,
                            quoted(&it.value.text)
                        ),
                    }
                })
                .collect();
            let value = if clauses.is_empty() {
                written.text.clone()
            } else {
                clauses.join(" and ")
            };
            map.insert(
                "claimsMatchingExpression".to_owned(),
                json!({"value": value, "languageVersion": 1}),
            );
        }
        _ => {
            map.insert("subject".to_owned(), text(&credential.subject));
        }
    }
    map.insert("audiences".to_owned(), audiences.into());
    Value::Object(map)
}

/// The old condition and the subjects seen.
pub fn gcp(mut document: Value, seen: &[Token], wish: Wish) -> Result<Value, Refused> {
    let subjects = values(seen, "sub").filter(|_| !wish.keep_wildcard);
    let mut clauses = Vec::new();
    if let Some(subjects) = subjects {
        clauses.push(membership("sub", &subjects));
    }
    if let Some(iss) = seen[0].text("iss").filter(|_| !wish.names_only) {
        for id in ids(iss) {
            if let Some(found) = values(seen, id) {
                clauses.push(membership(id, &found));
            }
        }
    }
    let Some(map) = document
        .as_object_mut()
        .filter(|map| !map.contains_key("providers") && !clauses.is_empty())
    else {
        return Err(Refused::CannotSay(
            "only a single provider with a subject in every token can be tightened".to_owned(),
        ));
    };
    let key = if map.contains_key("attributeMapping") || map.contains_key("attributeCondition") {
        "attributeCondition"
    } else {
        "attribute_condition"
    };
    let old = map
        .get(key)
        .and_then(Value::as_str)
        .filter(|old| !old.trim().is_empty());
    let added = clauses.join(" && ");
    let whole = match old {
        Some(old) => format!("({old}) && {added}"),
        None => added,
    };
    map.insert(key.to_owned(), whole.into());
    Ok(document)
}

fn membership(claim: &str, found: &[String]) -> String {
    // CEL's string escapes are a superset of JSON's.
    let quoted = |text: &String| Value::from(text.as_str()).to_string();
    match found {
        [one] => format!("assertion.{claim} == {}", quoted(one)),
        _ => format!(
            "assertion.{claim} in [{}]",
            found.iter().map(quoted).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// Every bound claim becomes the values seen; the subject and the ids are added.
pub fn vault(
    role: &Role,
    mut document: Value,
    seen: &[Token],
    wish: Wish,
) -> Result<Value, Refused> {
    let mut claims: Vec<String> = role
        .bound_claims
        .iter()
        .map(|it| it.claim.text.clone())
        .filter(|it| !it.starts_with('/'))
        .collect();
    if role.bound_subject.is_none() {
        claims.push("sub".to_owned());
    }
    if let Some(iss) = seen[0].text("iss").filter(|_| !wish.names_only) {
        claims.extend(ids(iss).iter().map(|id| (*id).to_owned()));
    }
    let Some(map) = document.as_object_mut() else {
        return Err(Refused::CannotSay("the role is not an object".to_owned()));
    };
    let bound = map.entry("bound_claims").or_insert_with(|| json!({}));
    if !bound.is_object() {
        *bound = json!({});
    }
    for claim in claims {
        let wild = role.bound_claims.iter().any(|it| {
            it.claim.text == claim
                && role.glob
                && it
                    .expected
                    .iter()
                    .any(|value| value.text().is_some_and(|text| text.contains('*')))
        });
        if wish.keep_wildcard && (wild || claim == "sub") {
            continue;
        }
        let Some(found) = values(seen, &claim) else {
            continue;
        };
        if role.glob && found.iter().any(|value| value.contains('*')) {
            continue;
        }
        bound[&claim] = match found.as_slice() {
            [one] => one.as_str().into(),
            _ => found.into(),
        };
    }
    if !role.bound_audiences.is_empty() {
        let offered: Vec<&str> = seen.iter().flat_map(Token::audiences).collect();
        let kept: Vec<&str> = role
            .bound_audiences
            .iter()
            .map(|it| it.text.as_str())
            .filter(|it| offered.contains(it))
            .collect();
        map.insert("bound_audiences".to_owned(), kept.into());
    }
    Ok(document)
}

/// The accounts seen, one by one.
pub fn kubernetes(subjects: &Subjects, seen: &[Token]) -> Value {
    let mut map = Map::new();
    if let Some(issuer) = &subjects.issuer {
        map.insert("issuer".to_owned(), issuer.text.as_str().into());
    }
    if !subjects.audiences.is_empty() {
        let audiences: Vec<&str> = subjects
            .audiences
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        map.insert("audiences".to_owned(), audiences.into());
    }
    map.insert(
        "subjects".to_owned(),
        values(seen, "sub").unwrap_or_default().into(),
    );
    Value::Object(map)
}

/// The subject seen, or an alternative of all of them.
pub fn octo_sts(policy: &Policy, mut document: Value, seen: &[Token]) -> Value {
    let (Some(map), Some(found), true) = (
        document.as_object_mut(),
        values(seen, "sub"),
        policy.subject.is_some(),
    ) else {
        return document;
    };
    map.shift_remove("subject");
    map.shift_remove("subject_pattern");
    if let [one] = found.as_slice() {
        map.insert("subject".to_owned(), one.as_str().into());
    } else {
        let each: Vec<String> = found.iter().map(|it| regex::escape(it)).collect();
        let any = format!("({})", each.join("|"));
        map.insert("subject_pattern".to_owned(), any.into());
    }
    document
}
