//! The request context STS builds from a token.
//!
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>.
//! Names are compared in lower case, values as they are.

use std::collections::HashMap;

use serde_json::Value;

use super::operator::Held;
use crate::trust::exposed;
use crate::trust::facts::Facts;
use crate::trust::token::Token;

/// Claim in which tokens bring session tags.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
const TAGS: &str = "https://aws.amazon.com/tags";

/// The context of one request.
pub struct Request<'a> {
    keys: HashMap<String, Vec<String>>,
    facts: &'a Facts,
    /// Issuer as AWS names it; nothing when the token has none.
    pub issuer: Option<&'a str>,
    /// The token brings session tags.
    pub tagged: bool,
}

impl<'a> Request<'a> {
    pub fn new(token: &'a Token, facts: &'a Facts) -> Self {
        let issuer = token.issuer_key();
        let mut keys = HashMap::new();
        if let Some(issuer) = issuer {
            let prefix = issuer.to_ascii_lowercase();
            let azp = token.claim("azp");
            for (claim, value) in token.claims() {
                if !exposed::is(issuer, claim, facts.date) {
                    continue;
                }
                let values = texts(value);
                if values.is_empty() {
                    continue;
                }
                // With `azp`, the audience key reads it and `oaud` the real audience.
                let name = if claim == "aud" && azp.is_some() {
                    "oaud"
                } else {
                    claim
                };
                keys.insert(format!("{prefix}:{}", name.to_ascii_lowercase()), values);
            }
            if let Some(azp) = azp {
                keys.insert(format!("{prefix}:aud"), texts(azp));
            }
            if let Some(identity) = token.text("https://aws.amazon.com/source_identity") {
                keys.insert("sts:sourceidentity".to_owned(), vec![identity.to_owned()]);
            }
        }
        let tagged = tags(token, &mut keys);
        keys.insert("aws:securetransport".to_owned(), vec!["true".to_owned()]);
        if let Some(date) = facts.date {
            keys.insert(
                "aws:currenttime".to_owned(),
                vec![format!("{date}T00:00:00Z")],
            );
        }
        for (key, values) in &facts.request {
            keys.insert(key.clone(), values.clone());
        }
        Self {
            keys,
            facts,
            issuer,
            tagged,
        }
    }

    /// What stands under a lower-case key.
    pub fn held(&self, key: &str) -> Held<'_> {
        if let Some(values) = self.keys.get(key) {
            return Held::Values(values);
        }
        if crate::trust::hole::has(key) {
            return Held::Unknown;
        }
        let service =
            key.starts_with("aws:") || key.starts_with("sts:") || key.starts_with("saml:");
        if !service {
            return Held::Absent;
        }
        // What only another kind of caller, or a tagged session, brings.
        let absent = [
            "aws:requesttag/",
            "aws:principal",
            "aws:multifactorauth",
            "saml:",
        ]
        .iter()
        .any(|start| key.starts_with(start))
            || [
                "aws:tagkeys",
                "sts:transitivetagkeys",
                "sts:sourceidentity",
                "sts:externalid",
                "aws:username",
                "aws:sourcearn",
                "aws:sourceaccount",
            ]
            .contains(&key);
        if absent { Held::Absent } else { Held::Unknown }
    }

    /// Whether a claim under this issuer is a condition key.
    pub fn exposes(&self, issuer: &str, claim: &str) -> bool {
        exposed::is(issuer, claim, self.facts.date)
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(yes) => vec![yes.to_string()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

fn tags(token: &Token, keys: &mut HashMap<String, Vec<String>>) -> bool {
    let nested = token.claim(TAGS);
    let principal = nested
        .and_then(|tags| tags.get("principal_tags"))
        .or_else(|| token.claim("https://aws.amazon.com/tags/principal_tags"));
    let transitive = nested
        .and_then(|tags| tags.get("transitive_tag_keys"))
        .or_else(|| token.claim("https://aws.amazon.com/tags/transitive_tag_keys"));
    let Some(Value::Object(principal)) = principal else {
        return nested.is_some();
    };
    for (tag, value) in principal {
        keys.insert(
            format!("aws:requesttag/{}", tag.to_ascii_lowercase()),
            texts(value),
        );
    }
    keys.insert(
        "aws:tagkeys".to_owned(),
        principal.keys().cloned().collect(),
    );
    if let Some(transitive) = transitive {
        keys.insert("sts:transitivetagkeys".to_owned(), texts(transitive));
    }
    true
}
