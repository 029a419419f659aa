//! Judging a token by a trust policy.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>: an explicit deny
//! wins, then any allow, else implicit deny.

use super::operator::{Base, Held, fill};
use super::request::Request;
use super::variable::Template;
use super::{Condition, Policy, Statement, provider, word};
use crate::trust::facts::Facts;
use crate::trust::hole;
use crate::trust::source::{Source, Span};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};

impl Policy {
    pub fn evaluate(&self, token: &Token, facts: &Facts, source: &Source) -> Verdict {
        let request = Request::new(token, facts);
        let mut judging = Judging {
            request: &request,
            source,
            reasons: Vec::with_capacity(self.statements.len() * 4),
        };
        let registered = judging.provider(token, facts, self.span);
        let judged: Vec<(&Statement, Tri)> = self
            .statements
            .iter()
            .map(|statement| (statement, judging.statement(statement)))
            .collect();
        let mut admitted = decide(&judged, |it| it.assumes);
        if request.tagged {
            let tagging = decide(&judged, |it| it.tags);
            if tagging != Tri::True {
                judging.say(
                    "sts:TagSession",
                    Outcome::NotMatched,
                    "the token carries session tags, and no statement allows sts:TagSession",
                    self.span,
                );
            }
            admitted = admitted.and(tagging);
        }
        Verdict {
            decision: registered.and(admitted).decision(),
            reasons: judging.reasons,
        }
    }
}

/// Deny first, then allow, for one action.
fn decide(judged: &[(&Statement, Tri)], speaks: fn(&Statement) -> bool) -> Tri {
    let (mut allowed, mut denied) = (Tri::False, Tri::False);
    for (statement, matches) in judged.iter().filter(|(statement, _)| speaks(statement)) {
        if statement.effect_unknown {
            allowed = allowed.or(matches.and(Tri::Unknown));
        } else if statement.allow {
            allowed = allowed.or(*matches);
        } else {
            denied = denied.or(*matches);
        }
    }
    match denied {
        Tri::True => Tri::False,
        Tri::False => allowed,
        Tri::Unknown => allowed.and(Tri::Unknown),
    }
}

struct Judging<'a> {
    request: &'a Request<'a>,
    source: &'a Source,
    reasons: Vec<Reason>,
}

impl Judging<'_> {
    fn say(&mut self, condition: &str, outcome: Outcome, text: impl Into<String>, span: Span) {
        let place = self.source.position(span);
        self.reasons
            .push(Reason::new(condition, outcome, text, place));
    }

    /// The provider's client-id list, which limits audiences before the policy is looked at.
    fn provider(&mut self, token: &Token, facts: &Facts, span: Span) -> Tri {
        let Some(ids) = &facts.client_ids else {
            return Tri::True;
        };
        let mut offered = token.audiences();
        offered.extend(token.text("azp"));
        let listed = offered
            .iter()
            .any(|offered| ids.iter().any(|id| id == offered));
        let (outcome, text) = if listed {
            (
                Outcome::Matched,
                "the audience is in the provider's client-id list".to_owned(),
            )
        } else {
            (
                Outcome::NotMatched,
                format!(
                    "the audience {} is not in the provider's client-id list ({})",
                    offered.join(", "),
                    ids.join(", ")
                ),
            )
        };
        self.say("provider client-id list", outcome, text, span);
        outcome.tri()
    }

    /// Whether principal and conditions match; the action is left to [`decide`].
    fn statement(&mut self, statement: &Statement) -> Tri {
        let (principal, text) = self.principal(statement);
        let place = statement.place.of(self.source, statement.principal.span);
        self.reasons.push(Reason::named(
            statement.principal_name.clone(),
            principal,
            text,
            place,
        ));
        let mut whole = principal.tri();
        if !statement.is_assume() {
            let listed: Vec<&str> = statement
                .actions
                .iter()
                .map(|action| action.text.as_str())
                .collect();
            let text = format!(
                "the statement speaks of {}, not of sts:AssumeRoleWithWebIdentity",
                listed.join(", ")
            );
            self.say(
                &format!("{} ({}): Action", statement.name, word(statement.allow)),
                Outcome::NotMatched,
                text,
                statement.action_span,
            );
            if !statement.tags {
                whole = Tri::False;
            }
        }
        let reachable = whole != Tri::False;
        for condition in &statement.conditions {
            let (outcome, text) = if reachable {
                self.condition(condition)
            } else {
                (
                    Outcome::Unreachable,
                    "the statement does not speak of this token".to_owned(),
                )
            };
            whole = whole.and(outcome.tri());
            let place = condition.place.of(self.source, condition.span);
            let name = condition.name.clone();
            self.reasons.push(Reason::named(name, outcome, text, place));
        }
        whole
    }

    fn principal(&self, statement: &Statement) -> (Outcome, String) {
        let named = &statement.principal;
        let listed = || named.federated.iter().map(|it| it.text.as_str());
        let (met, text) = if named.everyone || named.aws.iter().any(|it| it.text == "*") {
            (Tri::True, "names everybody".to_owned())
        } else {
            match self.request.issuer {
                None if named.federated.is_empty() => {
                    (Tri::False, "names no token issuer".to_owned())
                }
                None => (Tri::Unknown, "the token has no iss".to_owned()),
                Some(issuer) if listed().any(|it| provider(it) == Some(issuer)) => {
                    (Tri::True, format!("names the provider of {issuer}"))
                }
                Some(issuer) if listed().any(|it| open_principal(it, issuer)) => (
                    Tri::Unknown,
                    "the provider depends on what the file leaves open".to_owned(),
                ),
                Some(issuer) => (
                    Tri::False,
                    format!("does not name the provider of {issuer}"),
                ),
            }
        };
        let met = match (statement.not_principal, met) {
            (false, met) => met,
            (true, Tri::True) => Tri::False,
            (true, Tri::False) => Tri::True,
            (true, Tri::Unknown) => Tri::Unknown,
        };
        let text = if statement.not_principal {
            format!("NotPrincipal {text}: everybody else is meant")
        } else {
            text
        };
        let outcome = match met {
            Tri::True => Outcome::Matched,
            Tri::False => Outcome::NotMatched,
            Tri::Unknown => Outcome::Unknown,
        };
        (outcome, text)
    }

    fn condition(&self, condition: &Condition) -> (Outcome, String) {
        let held = self.request.held(&condition.lower);
        let (tests, sure) = fill(&condition.tests, &|name| self.request.held(name));
        let mut outcome = condition.operator.judge(&held, &tests);
        let settled = match (outcome, condition.operator.negated()) {
            (Outcome::Absent | Outcome::Vacuous | Outcome::Unknown, _) => true,
            // A positive match, or a negated mismatch, does not depend on the values not known.
            (Outcome::Matched, negated) => !negated,
            (_, negated) => negated,
        };
        if sure == Tri::Unknown && !settled && may_match(condition, &held) {
            outcome = Outcome::Unknown;
        }
        let text = self.explain(condition, &held, outcome);
        (outcome, text)
    }

    fn explain(&self, condition: &Condition, held: &Held, outcome: Outcome) -> String {
        let wanted = &condition.wanted;
        let value = match held {
            Held::One(one) => quoted(one),
            Held::Several(several) => show(&serde_json::Value::from(several.clone())),
            Held::Absent | Held::Unknown => String::new(),
        };
        match outcome {
            _ if condition.operator.base == Base::Unknown => {
                format!("{} is not an operator of IAM", condition.written)
            }
            Outcome::Matched => format!("{value} satisfies {wanted}"),
            Outcome::Absent => format!(
                "{} is absent{}, so it fails",
                condition.key.text,
                self.why_absent(condition)
            ),
            Outcome::Vacuous => format!(
                "{} is absent{}, and {} is then true whatever the token says",
                condition.key.text,
                self.why_absent(condition),
                condition.written
            ),
            Outcome::Unknown => {
                let mut open: Vec<String> =
                    condition.tests.iter().flat_map(Template::holes).collect();
                if hole::has(&condition.key.text) {
                    open.push(hole::names(&condition.key.text));
                }
                if open.is_empty() {
                    format!(
                        "{} depends on the request, which is not known",
                        condition.key.text
                    )
                } else {
                    format!("depends on {}, which the file leaves open", open.join(", "))
                }
            }
            Outcome::NotMatched | Outcome::Unreachable => match held {
                Held::Absent => format!("{} is absent", condition.key.text),
                _ => format!("{value} does not satisfy {wanted}{}", hint(condition, held)),
            },
        }
    }

    fn why_absent(&self, condition: &Condition) -> String {
        let key = &condition.lower;
        let Some(issuer) = self.request.issuer else {
            return String::new();
        };
        let prefix = format!("{}:", issuer.to_ascii_lowercase());
        match key.strip_prefix(&prefix) {
            Some(claim) if !self.request.exposes(claim) => {
                " (AWS does not expose this claim of this issuer)".to_owned()
            }
            Some(_) => " (the token does not have it)".to_owned(),
            None if key.contains('.') => {
                format!(" (the key belongs to another issuer than {issuer})")
            }
            None => String::new(),
        }
    }
}

/// A provider that is, or may be, the issuer's once the holes of its ARN are filled, and does not name it outright.
fn open_principal(principal: &str, issuer: &str) -> bool {
    if !hole::has(principal) && !principal.contains("${") {
        return false;
    }
    match principal.split_once(":oidc-provider/") {
        Some((_, host)) => hole::may(host, issuer, false, false) || host.contains("${"),
        None => {
            principal.contains("${")
                || hole::may(principal, &format!(":oidc-provider/{issuer}"), false, false)
                || hole::split(principal).is_some()
        }
    }
}

/// Whether some value held could match once variables and holes are filled.
fn may_match(condition: &Condition, held: &Held) -> bool {
    let fold = match condition.operator.base {
        Base::Text { fold, .. } => fold,
        Base::Like { .. } => false,
        _ => return true,
    };
    let Some(values) = held.values() else {
        return true;
    };
    fold || condition.tests.iter().any(|test| {
        let possible = test.possible();
        values
            .iter()
            .any(|value| crate::trust::glob::matches(&possible, value))
    })
}

/// A value in words.
fn quoted(value: &str) -> String {
    if value.len() > 110 {
        return show(&serde_json::Value::from(value));
    }
    ["\u{201c}", value, "\u{201d}"].concat()
}

/// What nearly matched, for the commonest mistakes.
fn hint(condition: &Condition, held: &Held) -> &'static str {
    let Held::One(value) = held else {
        return "";
    };
    if condition.operator.negated() {
        return "";
    }
    let exact = matches!(condition.operator.base, Base::Text { .. });
    let wild = |text: &str| text.contains(['*', '?']);
    let like = |wanted: &str, value: &str| {
        crate::trust::glob::matches(&crate::trust::glob::stars(wanted, true), value)
    };
    // Without wildcards only the same letters in another case can nearly match: most values end here.
    let folded = |wanted: &str| {
        if wild(wanted) {
            begins_alike(wanted, value) && like(&wanted.to_lowercase(), &value.to_lowercase())
        } else {
            wanted.len() == value.len() && wanted.to_lowercase() == value.to_lowercase()
        }
    };
    let mut wanted = condition.values.iter().map(|it| it.text.as_str());
    if exact && wanted.clone().any(|it| wild(it) && like(it, value)) {
        ": wildcards are plain characters under this operator"
    } else if wanted.any(folded) {
        ": only the case differs"
    } else {
        ""
    }
}

/// What stands before the first wildcard is, but for case, how the value begins. Letters that change their length with
/// their case are let through.
fn begins_alike(pattern: &str, value: &str) -> bool {
    let head = pattern.split(['*', '?']).next().unwrap_or_default();
    !pattern.is_ascii()
        || !value.is_ascii()
        || value
            .get(..head.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(head))
}
