//! Microsoft Entra federated identity credentials, classic and flexible.
//!
//! <https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations> and
//! <https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials>.
//! The credentials of an application are alternatives; there is no deny.

pub mod expression;

use crate::trust::glob::Pattern;
use crate::trust::grant::{Constraint, Grant};
use crate::trust::hole;
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::source::{Node, Source, Span, Spanned, Value};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};
use expression::{Clause, Expression};

/// A federated identity credential.
#[derive(Debug, Clone)]
pub struct Credential {
    pub name: String,
    pub issuer: Option<Spanned>,
    pub subject: Option<Spanned>,
    pub audiences: Vec<Spanned>,
    pub expression: Option<(Spanned, Result<Expression, String>)>,
    pub span: Span,
}

/// Reads one credential, a list of them, or the `value` of a Graph answer.
///
/// # Errors
/// When there is none.
pub fn read(node: &Node) -> Result<Vec<Credential>, (String, Span)> {
    let node = node
        .any(&["value", "federatedIdentityCredentials"])
        .filter(|it| matches!(it.value, Value::List(_)))
        .unwrap_or(node);
    let items: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    items
        .into_iter()
        .enumerate()
        .map(|(at, item)| {
            let item = item
                .get("properties")
                .filter(|it| it.is_map())
                .unwrap_or(item);
            credential(item, at)
        })
        .collect()
}

fn credential(node: &Node, at: usize) -> Result<Credential, (String, Span)> {
    if !node.is_map() {
        return Err(("a credential is not an object".to_owned(), node.span));
    }
    let expression = node
        .any(&["claimsMatchingExpression", "claims_matching_expression"])
        .map(|it| it.items().first().unwrap_or(it))
        .and_then(|it| it.any(&["value", "Value"]).or(Some(it)))
        .and_then(Node::spanned)
        .map(|written| {
            let parsed = Expression::read(&written);
            (written, parsed)
        });
    let filled = |keys: &[&str]| {
        node.any(keys)
            .and_then(Node::spanned)
            .filter(|it| !it.text.is_empty())
    };
    let credential = Credential {
        name: node
            .any(&["name", "display_name"])
            .and_then(Node::text)
            .map_or_else(|| format!("credential {}", at + 1), str::to_owned),
        issuer: filled(&["issuer"]),
        subject: filled(&["subject"]),
        audiences: node
            .any(&["audiences", "audience"])
            .map(Node::strings)
            .unwrap_or_default(),
        expression,
        span: node.span,
    };
    if credential.issuer.is_none()
        && credential.subject.is_none()
        && credential.expression.is_none()
    {
        return Err((
            "neither issuer nor subject nor claimsMatchingExpression".to_owned(),
            node.span,
        ));
    }
    Ok(credential)
}

/// Judges a token: any credential that matches lets it in.
pub fn evaluate(credentials: &[Credential], token: &Token, source: &Source) -> Verdict {
    let mut reasons = Vec::new();
    let mut any = Tri::False;
    for credential in credentials {
        any = any.or(credential.judge(token, source, &mut reasons));
    }
    Verdict {
        decision: any.decision(),
        reasons,
    }
}

impl Credential {
    pub fn platform(&self) -> Issuer {
        Issuer::of(
            self.issuer
                .as_ref()
                .map_or("", |issuer| issuer.text.as_str()),
        )
    }

    /// Why Entra would not take an expression over these claims; nothing when it would.
    ///
    /// GitHub: sub and job_workflow_ref by eq or matches, the ids by eq only; other issuers sub only.
    pub fn refused(&self, clause: &Clause) -> Option<String> {
        let claim = clause.claim.text.as_str();
        let operator = clause.operator.text.as_str();
        if !["eq", "matches"].contains(&operator) {
            return Some(format!(
                "the operator {operator} does not exist; there are eq and matches"
            ));
        }
        match (self.platform().platform, claim) {
            (_, "sub") | (Platform::GitHub, "job_workflow_ref") => None,
            (Platform::GitHub, "repository_id" | "repository_owner_id") if operator == "eq" => None,
            (Platform::GitHub, "repository_id" | "repository_owner_id") => {
                Some(format!("{claim} can be compared with eq only"))
            }
            _ => Some(format!(
                "the claim {claim} is not supported for this issuer"
            )),
        }
    }

    fn judge(&self, token: &Token, source: &Source, reasons: &mut Vec<Reason>) -> Tri {
        let mut whole = Tri::True;
        let mut say = |condition: &str, outcome: Outcome, text: String, span: Span| {
            whole = whole.and(outcome.tri());
            reasons.push(Reason::new(
                format!("{}: {condition}", self.name),
                outcome,
                text,
                source.position(span),
            ));
        };
        match &self.issuer {
            Some(issuer) => {
                let (outcome, text) = equal(token, "iss", issuer);
                say("issuer", outcome, text, issuer.span);
            }
            None => say(
                "issuer",
                Outcome::Unknown,
                "no issuer is told".to_owned(),
                self.span,
            ),
        }
        match (&self.subject, &self.expression) {
            (Some(_), Some((written, _))) => say(
                "subject",
                Outcome::Unknown,
                "subject and claimsMatchingExpression exclude each other; Entra refuses both together".to_owned(),
                written.span,
            ),
            (Some(subject), None) => {
                let (outcome, text) = equal(token, "sub", subject);
                say("subject", outcome, text, subject.span);
            }
            (None, Some((_, Ok(expression)))) => {
                for clause in &expression.clauses {
                    let name = format!("claims['{}'] {}", clause.claim.text, clause.operator.text);
                    let (outcome, text) = match self.refused(clause) {
                        Some(why) => (Outcome::NotMatched, format!("{why}; Entra refuses such a credential")),
                        None => clause_holds(clause, token),
                    };
                    say(&name, outcome, text, clause.claim.span);
                }
            }
            (None, Some((written, Err(why)))) => say(
                "claimsMatchingExpression",
                Outcome::NotMatched,
                format!("{why}; Entra refuses such a credential"),
                written.span,
            ),
            (None, None) => say("subject", Outcome::Unknown, "no subject is told".to_owned(), self.span),
        }
        if self.audiences.is_empty() {
            say(
                "audiences",
                Outcome::NotMatched,
                "no audience is listed; exactly one is needed".to_owned(),
                self.span,
            );
        } else {
            let offered = token.audiences();
            let met = self
                .audiences
                .iter()
                .any(|it| offered.contains(&it.text.as_str()));
            let (outcome, text) = if met {
                (
                    Outcome::Matched,
                    "the audience is the one listed".to_owned(),
                )
            } else if let Some(open) = self.audiences.iter().find(|it| {
                offered
                    .iter()
                    .any(|aud| hole::may(&it.text, aud, false, false))
            }) {
                (Outcome::Unknown, left_open(&open.text))
            } else if offered.is_empty() {
                (Outcome::Absent, "the token has no audience".to_owned())
            } else {
                (
                    Outcome::NotMatched,
                    format!(
                        "the audience {} is not {}",
                        offered.join(", "),
                        self.audiences[0].text
                    ),
                )
            };
            say("audiences", outcome, text, self.audiences[0].span);
        }
        whole
    }

    /// The credential as a way in.
    pub fn grant(&self) -> Grant {
        let mut grant = Grant::new(Some(self.platform()), self.span);
        if self.issuer.is_none() {
            grant.issuer = None;
        }
        let mut put = |claim: &str, values: Vec<Pattern>, operator: &str, span: Span| {
            grant.all.push(Constraint {
                claim: claim.to_owned(),
                exact: operator != "matches",
                values,
                negated: false,
                if_absent: false,
                narrows: true,
                operator: operator.to_owned(),
                span,
            });
        };
        if let Some(subject) = &self.subject {
            put(
                "sub",
                vec![Pattern::exact(subject)],
                "subject",
                subject.span,
            );
        }
        if !self.audiences.is_empty() {
            let values = self.audiences.iter().map(Pattern::exact).collect();
            put("aud", values, "audiences", self.audiences[0].span);
        }
        match &self.expression {
            Some((_, Ok(expression))) => {
                for clause in &expression.clauses {
                    put(
                        &clause.claim.text,
                        vec![clause.pattern()],
                        &clause.operator.text,
                        clause.value.span,
                    );
                }
                if let Some(why) = expression
                    .clauses
                    .iter()
                    .find_map(|clause| self.refused(clause))
                {
                    grant.dead = Some(why);
                }
            }
            Some((_, Err(why))) => grant.dead = Some(why.clone()),
            None => {}
        }
        grant
    }
}

fn equal(token: &Token, claim: &str, wanted: &Spanned) -> (Outcome, String) {
    match token.claim(claim) {
        None => (Outcome::Absent, format!("the token has no {claim}")),
        Some(value) if value.as_str() == Some(&wanted.text) => {
            (Outcome::Matched, format!("{claim} is {}", show(value)))
        }
        Some(value)
            if value
                .as_str()
                .is_some_and(|text| hole::may(&wanted.text, text, false, false)) =>
        {
            (Outcome::Unknown, left_open(&wanted.text))
        }
        Some(value) => {
            let hint = match value.as_str() {
                Some(text) if text.eq_ignore_ascii_case(&wanted.text) => ": only the case differs",
                Some(text) if text.trim_end_matches('/') == wanted.text.trim_end_matches('/') => {
                    ": only the trailing slash differs"
                }
                _ if wanted.text.contains('*') => ": a star is a plain character here",
                _ => "",
            };
            (
                Outcome::NotMatched,
                format!(
                    "{claim} is {}, not \u{201c}{}\u{201d}{hint}",
                    show(value),
                    wanted.text
                ),
            )
        }
    }
}

fn left_open(text: &str) -> String {
    format!(
        "depends on {}, which the file leaves open",
        hole::names(text)
    )
}

fn clause_holds(clause: &Clause, token: &Token) -> (Outcome, String) {
    let claim = &clause.claim.text;
    match token.claim(claim) {
        None => (Outcome::Absent, format!("the token has no {claim}")),
        Some(value)
            if value
                .as_str()
                .is_some_and(|text| clause.pattern().matches(text)) =>
        {
            (Outcome::Matched, format!("{} satisfies it", show(value)))
        }
        Some(value)
            if value.as_str().is_some_and(|text| {
                let wild = clause.operator.text == "matches";
                hole::may(&clause.value.text, text, wild, wild)
            }) =>
        {
            (Outcome::Unknown, left_open(&clause.value.text))
        }
        Some(value) => (
            Outcome::NotMatched,
            format!(
                "{} does not satisfy \u{201c}{}\u{201d}",
                show(value),
                clause.value.text
            ),
        ),
    }
}
