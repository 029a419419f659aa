//! octo-sts trust policies (`.github/chainguard/NAME.sts.yaml`).
//!
//! <https://github.com/octo-sts/app>: `issuer` or `issuer_pattern`, `subject` or `subject_pattern`, `claim_pattern`;
//! patterns are compiled as `^` + pattern + `$`, so that an unbracketed alternative is anchored on one side only.
//! Without `audience` the token must be meant for the service's own domain.

use regex::Regex;

use crate::trust::facts::Facts;
use crate::trust::glob::{Pattern, from_regex};
use crate::trust::grant::{Constraint, Grant};
use crate::trust::issuer::Issuer;
use crate::trust::source::{Node, Source, Span, Spanned};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};

/// The public service.
const DOMAIN: &str = "octo-sts.dev";

/// A trust policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub issuer: Option<Test>,
    pub subject: Option<Test>,
    pub audience: Option<Test>,
    pub claims: Vec<(String, Test)>,
    pub span: Span,
}

/// A value, or a regular expression.
#[derive(Debug, Clone)]
pub struct Test {
    pub written: Spanned,
    /// Compiled as octo-sts does; nothing for a plain value.
    pub pattern: Option<Result<Regex, String>>,
}

impl Test {
    fn of(node: &Node, plain: &str, pattern: &str) -> Option<Self> {
        if let Some(written) = node.get(plain).and_then(Node::spanned) {
            return Some(Self {
                written,
                pattern: None,
            });
        }
        node.get(pattern).and_then(Node::spanned).map(Self::pattern)
    }

    fn pattern(written: Spanned) -> Self {
        let compiled = regex::RegexBuilder::new(&format!("^{}$", written.text))
            .size_limit(1 << 20)
            .build()
            .map_err(|why| {
                why.to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .to_owned()
            });
        Self {
            pattern: Some(compiled),
            written,
        }
    }

    fn holds(&self, value: &str) -> Outcome {
        match &self.pattern {
            None if self.written.text == value => Outcome::Matched,
            Some(Ok(pattern)) if pattern.is_match(value) => Outcome::Matched,
            _ => Outcome::NotMatched,
        }
    }

    /// At least what it matches.
    pub fn bounds(&self) -> Vec<Pattern> {
        if self.pattern.is_none() {
            return vec![Pattern::exact(&self.written)];
        }
        // `^a|b$` anchors the first alternative in front and the last behind.
        let anchored = Spanned {
            text: format!("^{}$", self.written.text),
            span: self.written.span,
        };
        from_regex(&anchored, false)
            .into_iter()
            .map(|mut pattern| {
                pattern.text.clone_from(&self.written.text);
                pattern
            })
            .collect()
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it has neither issuer nor subject.
    pub fn read(node: &Node) -> Result<Self, (String, Span)> {
        let policy = Self {
            issuer: Test::of(node, "issuer", "issuer_pattern"),
            subject: Test::of(node, "subject", "subject_pattern"),
            audience: Test::of(node, "audience", "audience_pattern"),
            claims: node
                .get("claim_pattern")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .filter_map(|entry| Some((entry.key.clone(), Test::pattern(entry.node.spanned()?))))
                .collect(),
            span: node.span,
        };
        if policy.issuer.is_none() && policy.subject.is_none() && policy.claims.is_empty() {
            return Err(("neither issuer nor subject".to_owned(), node.span));
        }
        Ok(policy)
    }

    pub fn evaluate(&self, token: &Token, facts: &Facts, source: &Source) -> Verdict {
        let mut reasons = Vec::new();
        let mut whole = Tri::True;
        let mut say = |condition: &str, outcome: Outcome, text: String, span: Span| {
            whole = whole.and(outcome.tri());
            reasons.push(Reason::new(condition, outcome, text, source.position(span)));
        };
        for (claim, name, test) in [
            ("iss", "issuer", &self.issuer),
            ("sub", "subject", &self.subject),
        ] {
            match test {
                Some(test) => {
                    let (outcome, text) = against(test, claim, token);
                    say(name, outcome, text, test.written.span);
                }
                None => say(
                    name,
                    Outcome::NotMatched,
                    format!("no {name} is named; octo-sts refuses such a policy"),
                    self.span,
                ),
            }
        }
        let offered = token.audiences();
        let shown = offered.join(", ");
        if let Some(test) = &self.audience {
            let met = offered.iter().any(|it| test.holds(it) == Outcome::Matched);
            let outcome = if met {
                Outcome::Matched
            } else {
                Outcome::NotMatched
            };
            let text = format!("the audience is {shown}");
            say("audience", outcome, text, test.written.span);
        } else {
            let domain = facts.domain.as_deref().unwrap_or(DOMAIN);
            let met = offered.contains(&domain);
            let outcome = if met {
                Outcome::Matched
            } else {
                Outcome::NotMatched
            };
            let text = format!(
                "none is named, so it must be the service's domain, {domain}; it is {shown}"
            );
            say("audience", outcome, text, self.span);
        }
        for (claim, test) in &self.claims {
            let (outcome, text) = against(test, claim, token);
            say(
                &format!("claim_pattern {claim}"),
                outcome,
                text,
                test.written.span,
            );
        }
        Verdict {
            decision: whole.decision(),
            reasons,
        }
    }

    pub fn grants(&self) -> Vec<Grant> {
        let issuers: Vec<Option<Issuer>> = match &self.issuer {
            Some(Test {
                written,
                pattern: None,
            }) => vec![Some(Issuer::of(&written.text))],
            Some(test) => test
                .bounds()
                .iter()
                .map(|pattern| pattern.is_exact().then(|| Issuer::of(&pattern.shape())))
                .collect(),
            None => vec![None],
        };
        issuers.into_iter().map(|issuer| self.way(issuer)).collect()
    }

    fn way(&self, issuer: Option<Issuer>) -> Grant {
        let mut grant = Grant::new(issuer, self.span);
        let tests = self
            .subject
            .iter()
            .map(|test| ("sub", test))
            .chain(self.audience.iter().map(|test| ("aud", test)))
            .chain(
                self.claims
                    .iter()
                    .map(|(claim, test)| (claim.as_str(), test)),
            );
        for (claim, test) in tests {
            if let Some(Err(why)) = &test.pattern {
                grant.dead = Some(format!("{why}: not a regular expression"));
            }
            grant.all.push(Constraint {
                claim: claim.to_owned(),
                values: test.bounds(),
                negated: false,
                if_absent: false,
                narrows: true,
                exact: test.pattern.is_none(),
                operator: if test.pattern.is_none() {
                    "is"
                } else {
                    "pattern"
                }
                .to_owned(),
                span: test.written.span,
            });
        }
        grant
    }
}

fn against(test: &Test, claim: &str, token: &Token) -> (Outcome, String) {
    if let Some(Err(why)) = &test.pattern {
        return (
            Outcome::NotMatched,
            format!("{why}: not a regular expression, so octo-sts refuses the policy"),
        );
    }
    match token.claim(claim) {
        None => (Outcome::Absent, format!("the token has no {claim}")),
        Some(serde_json::Value::String(value)) => (
            test.holds(value),
            format!("{claim} is \u{201c}{value}\u{201d}"),
        ),
        // Booleans are compared as words; other kinds are refused.
        Some(serde_json::Value::Bool(yes)) => {
            (test.holds(&yes.to_string()), format!("{claim} is {yes}"))
        }
        Some(other) => (
            Outcome::NotMatched,
            format!("{claim} is {}, no string", show(other)),
        ),
    }
}
