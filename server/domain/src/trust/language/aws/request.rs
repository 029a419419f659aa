//! The request context STS builds from a token.
//!
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>.
//! Names are compared in lower case, values as they are.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::operator::Held;
use crate::trust::exposed::Exposed;
use crate::trust::facts::Facts;
use crate::trust::token::Token;

/// Claim in which tokens bring session tags.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
const TAGS: &str = "https://aws.amazon.com/tags";

/// The context of one request. Claims are looked up when they are asked for: a policy asks for few of them.
pub struct Request<'a> {
    token: &'a Token,
    facts: &'a Facts,
    /// Issuer as AWS names it; nothing when the token has none.
    pub issuer: Option<&'a str>,
    exposed: Exposed,
    /// What session tags bring, by lower-case key.
    tags: HashMap<String, Vec<Cow<'a, str>>>,
    /// The token brings session tags.
    pub tagged: bool,
}

impl<'a> Request<'a> {
    pub fn new(token: &'a Token, facts: &'a Facts) -> Self {
        let issuer = token.issuer_key();
        let mut tags = HashMap::new();
        let tagged = self::tags(token, &mut tags);
        Self {
            token,
            facts,
            issuer,
            exposed: Exposed::of(issuer.unwrap_or_default(), facts.date),
            tags,
            tagged,
        }
    }

    /// What stands under a key of the issuer. With `azp`, the audience key reads it and `oaud` the real audience.
    fn claim(&self, name: &str) -> Option<Held<'a>> {
        if !self.exposed.is(name) {
            return None;
        }
        let azp = self.token.claim("azp");
        let read = match (name, azp) {
            ("aud", Some(azp)) => return of(azp),
            ("oaud", Some(_)) => "aud",
            _ => name,
        };
        // Of two claims that differ in case alone the last counts, as it does when keys are folded.
        let mut claims = self.token.claims().iter();
        claims
            .rfind(|(claim, _)| claim.eq_ignore_ascii_case(read))
            .and_then(|(_, value)| of(value))
    }

    /// What the request brings beside the issuer's own claims.
    fn other(&self, key: &str) -> Option<Held<'a>> {
        match key {
            "aws:securetransport" => return Some(Held::One("true".into())),
            "aws:currenttime" => {
                let date = self.facts.date?;
                return Some(Held::One(format!("{date}T00:00:00Z").into()));
            }
            "sts:sourceidentity" => {
                self.issuer?;
                let identity = self.token.text("https://aws.amazon.com/source_identity")?;
                return Some(Held::One(identity.into()));
            }
            _ => {}
        }
        held(self.tags.get(key)?.clone())
    }

    /// What stands under a lower-case key.
    pub fn held(&self, key: &str) -> Held<'a> {
        if let Some(values) = self.facts.request.get(key) {
            let told = values.iter().map(|it| Cow::from(it.as_str())).collect();
            return held(told).unwrap_or(Held::Absent);
        }
        let claim = self.issuer.and_then(|issuer| {
            let start = key.get(..issuer.len())?;
            let rest = key[issuer.len()..].strip_prefix(':')?;
            start.eq_ignore_ascii_case(issuer).then_some(rest)
        });
        if let Some(found) = claim
            .and_then(|claim| self.claim(claim))
            .or_else(|| self.other(key))
        {
            return found;
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

    /// Whether a claim under the token's issuer is a condition key.
    pub fn exposes(&self, claim: &str) -> bool {
        self.exposed.is(claim)
    }
}

/// Nothing is absence.
fn held(mut values: Vec<Cow<'_, str>>) -> Option<Held<'_>> {
    match values.len() {
        0 => None,
        1 => values.pop().map(Held::One),
        _ => Some(Held::Several(values)),
    }
}

fn of(value: &Value) -> Option<Held<'_>> {
    match value {
        Value::String(text) => Some(Held::One(text.as_str().into())),
        other => held(texts(other)),
    }
}

fn texts(value: &Value) -> Vec<Cow<'_, str>> {
    match value {
        Value::String(text) => vec![text.as_str().into()],
        Value::Number(number) => vec![number.to_string().into()],
        Value::Bool(yes) => vec![yes.to_string().into()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

fn tags<'a>(token: &'a Token, keys: &mut HashMap<String, Vec<Cow<'a, str>>>) -> bool {
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
        principal.keys().map(|key| key.as_str().into()).collect(),
    );
    if let Some(transitive) = transitive {
        keys.insert("sts:transitivetagkeys".to_owned(), texts(transitive));
    }
    true
}
