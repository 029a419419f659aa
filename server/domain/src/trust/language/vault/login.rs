//! Judging a JWT login.

use serde_json::Value as Json;

use super::{Bound, Role};
use crate::trust::facts::Facts;
use crate::trust::glob::{matches, stars};
use crate::trust::hole;
use crate::trust::language::aws::operator::address;
use crate::trust::language::gcp::cel::Scope;
use crate::trust::source::{Node, Source, Span, Value};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};

impl Role {
    pub fn evaluate(&self, token: &Token, facts: &Facts, source: &Source) -> Verdict {
        let mut login = Login {
            source,
            reasons: Vec::new(),
            whole: Tri::True,
        };
        self.role_type(&mut login);
        self.cidrs(facts, &mut login);
        self.issuer_check(token, facts, &mut login);
        if let Some(subject) = &self.bound_subject {
            let (outcome, text) = match token.claim("sub") {
                None => (Outcome::Absent, "the token has no sub".to_owned()),
                Some(sub) if sub.as_str() == Some(&subject.text) => {
                    (Outcome::Matched, format!("sub is {}", show(sub)))
                }
                Some(sub) if hole::may(&subject.text, &plain(sub), false, false) => {
                    (Outcome::Unknown, left_open(&subject.text))
                }
                Some(sub) => (
                    Outcome::NotMatched,
                    format!(
                        "sub is {}, not \u{201c}{}\u{201d}; bound_subject has no wildcards",
                        show(sub),
                        subject.text
                    ),
                ),
            };
            login.say("bound_subject", outcome, text, subject.span);
        }
        self.audience(token, &mut login);
        if let Some((written, program)) = &self.cel {
            let mut scope = Scope::default();
            scope.set("claims", Json::Object(token.claims().clone()));
            scope.set("operation", "login".into());
            let mut leaves = Vec::new();
            let held = program.judge(&scope, &mut leaves);
            for leaf in leaves {
                let place = login.source.position(written.span);
                login
                    .reasons
                    .push(Reason::new(leaf.text, leaf.outcome, leaf.why, place));
            }
            login.whole = login.whole.and(held);
        } else {
            self.user_claim(token, &mut login);
        }
        for bound in &self.bound_claims {
            let (outcome, text) = self.bound(bound, token);
            let name = format!("bound_claims {}", bound.claim.text);
            login.say(&name, outcome, text, bound.span);
        }
        Verdict {
            decision: login.whole.decision(),
            reasons: login.reasons,
        }
    }

    fn role_type(&self, login: &mut Login) {
        let span = self.role_type.as_ref().map_or(self.span, |kind| kind.span);
        if self.is_jwt() {
            login.say("role_type", Outcome::Matched, "jwt".to_owned(), span);
        } else if self
            .role_type
            .as_ref()
            .is_some_and(|kind| hole::has(&kind.text))
        {
            login.say(
                "role_type",
                Outcome::Unknown,
                "the file leaves it open".to_owned(),
                span,
            );
        } else if self.role_type.is_none() {
            let text = "left out, so Vault writes oidc, which refuses JWT logins";
            login.say("role_type", Outcome::NotMatched, text.to_owned(), span);
        } else {
            login.say(
                "role_type",
                Outcome::NotMatched,
                "oidc refuses JWT logins".to_owned(),
                span,
            );
        }
    }

    fn cidrs(&self, facts: &Facts, login: &mut Login) {
        let Some(first) = self.cidrs.first() else {
            return;
        };
        let (outcome, text) = match facts.request.get("aws:sourceip").and_then(|it| it.first()) {
            None => (
                Outcome::Unknown,
                "the source address is not known".to_owned(),
            ),
            Some(ip)
                if self
                    .cidrs
                    .iter()
                    .any(|net| address(ip, &net.text) == Some(true)) =>
            {
                (Outcome::Matched, format!("{ip} is inside"))
            }
            Some(ip) => (Outcome::NotMatched, format!("{ip} is outside")),
        };
        login.say("token_bound_cidrs", outcome, text, first.span);
    }

    fn issuer_check(&self, token: &Token, facts: &Facts, login: &mut Login) {
        let told = facts
            .bound_issuer
            .as_deref()
            .or(self.bound_issuer.as_ref().map(|it| it.text.as_str()));
        let Some(wanted) = told.filter(|it| !it.is_empty()) else {
            return;
        };
        let (outcome, text) = match token.text("iss") {
            Some(iss) if iss == wanted => (Outcome::Matched, format!("iss is {iss}")),
            Some(iss) if hole::may(wanted, iss, false, false) => {
                (Outcome::Unknown, left_open(wanted))
            }
            Some(iss) => (Outcome::NotMatched, format!("iss is {iss}, not {wanted}")),
            None => (Outcome::Absent, "the token has no iss".to_owned()),
        };
        let span = self.bound_issuer.as_ref().map_or(self.span, |it| it.span);
        login.say("bound_issuer of the mount", outcome, text, span);
    }

    fn audience(&self, token: &Token, login: &mut Login) {
        let offered = token.audiences();
        let shown = offered.join(", ");
        let (outcome, text) = match self.bound_audiences.first() {
            None if offered.iter().all(|it| it.is_empty()) => return,
            None => (
                Outcome::NotMatched,
                format!(
                    "none is bound, but the token has the audience {shown}: Vault refuses that"
                ),
            ),
            Some(_)
                if self
                    .bound_audiences
                    .iter()
                    .any(|it| offered.contains(&it.text.as_str())) =>
            {
                (Outcome::Matched, format!("{shown} is bound"))
            }
            Some(_)
                if self.bound_audiences.iter().any(|it| {
                    offered
                        .iter()
                        .any(|aud| hole::may(&it.text, aud, false, false))
                }) =>
            {
                (
                    Outcome::Unknown,
                    "the file leaves the audience open".to_owned(),
                )
            }
            Some(_) if offered.is_empty() => {
                (Outcome::Absent, "the token has no audience".to_owned())
            }
            Some(_) => (Outcome::NotMatched, format!("{shown} is not bound")),
        };
        let span = self.bound_audiences.first().map_or(self.span, |it| it.span);
        login.say("bound_audiences", outcome, text, span);
    }

    fn user_claim(&self, token: &Token, login: &mut Login) {
        let Some(name) = &self.user_claim else {
            login.say(
                "user_claim",
                Outcome::NotMatched,
                "none is set, which Vault demands".to_owned(),
                self.span,
            );
            return;
        };
        let value = if self.user_claim_pointer {
            pointed(token, &name.text)
        } else {
            token.claim(&name.text)
        };
        let (outcome, text) = match value {
            None => (Outcome::Absent, format!("the token has no {}", name.text)),
            Some(Json::String(alias)) => (Outcome::Matched, format!("the entity is named {alias}")),
            Some(other) => (
                Outcome::NotMatched,
                format!("{} is {}, no string", name.text, show(other)),
            ),
        };
        login.say("user_claim", outcome, text, name.span);
    }

    fn bound(&self, bound: &Bound, token: &Token) -> (Outcome, String) {
        let name = bound.claim.text.as_str();
        let Some(actual) = pointed(token, name) else {
            return (Outcome::Absent, format!("the token has no {name}"));
        };
        let single = std::slice::from_ref(actual);
        let actuals = actual.as_array().map_or(single, Vec::as_slice);
        let met = actuals.iter().any(|actual| {
            bound.expected.iter().any(|expected| {
                if self.glob {
                    matches!((expected.text(), actual), (Some(pattern), Json::String(actual)) if matches(&stars(pattern, false), actual))
                } else {
                    identical(expected, actual)
                }
            })
        });
        let open = bound
            .expected
            .iter()
            .filter_map(Node::text)
            .find(|expected| {
                actuals
                    .iter()
                    .any(|actual| hole::may(expected, &plain(actual), self.glob, false))
            });
        if let (false, Some(open)) = (met, open) {
            return (Outcome::Unknown, left_open(open));
        }
        let wanted: Vec<String> = bound
            .expected
            .iter()
            .take(4)
            .map(|it| it.json().to_string())
            .collect();
        let shown = show(actual);
        if met {
            return (Outcome::Matched, format!("{name} is {shown}"));
        }
        let typed = bound.expected.iter().any(|expected| {
            actuals
                .iter()
                .any(|actual| expected.scalar().as_deref() == Some(plain(actual).as_str()))
        });
        let hint = if typed {
            ": the types differ, and Vault does not convert"
        } else if !self.glob
            && bound
                .expected
                .iter()
                .any(|it| it.text().is_some_and(|text| text.contains('*')))
        {
            ": a star is a plain character while bound_claims_type is string"
        } else {
            ""
        };
        (
            Outcome::NotMatched,
            format!("{name} is {shown}, not {}{hint}", wanted.join(" or ")),
        )
    }
}

fn left_open(text: &str) -> String {
    format!(
        "depends on {}, which the file leaves open",
        hole::names(text)
    )
}

/// Same type and same value, as Go's interface equality has it; numbers by their spelling.
fn identical(expected: &Node, actual: &Json) -> bool {
    match (&expected.value, actual) {
        (Value::Text(a), Json::String(b)) => a == b,
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Number(a), Json::Number(b)) => *a == b.to_string(),
        (Value::Null, Json::Null) => true,
        _ => false,
    }
}

fn plain(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A claim; a name that begins with `/` is a JSON pointer.
fn pointed<'a>(token: &'a Token, name: &str) -> Option<&'a Json> {
    let Some(pointer) = name.strip_prefix('/') else {
        return token.claim(name);
    };
    let mut parts = pointer
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"));
    let mut value = token.claim(&parts.next()?)?;
    for part in parts {
        value = match value {
            Json::Object(map) => map.get(&part)?,
            Json::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    (!value.is_null()).then_some(value)
}

struct Login<'a> {
    source: &'a Source,
    reasons: Vec<Reason>,
    whole: Tri,
}

impl Login<'_> {
    fn say(&mut self, condition: &str, outcome: Outcome, text: String, span: Span) {
        self.whole = self.whole.and(outcome.tri());
        let place = self.source.position(span);
        self.reasons
            .push(Reason::new(condition, outcome, text, place));
    }
}
