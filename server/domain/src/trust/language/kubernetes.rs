//! Kubernetes service accounts, named outside the other languages: EKS pod identity associations, Vault Kubernetes
//! auth roles, RBAC subjects, or plain lists of subjects.
//!
//! Subjects: <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>; associations:
//! <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>.

use crate::trust::glob::Pattern;
use crate::trust::grant::{Constraint, Grant};
use crate::trust::hole;
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::source::{Node, Source, Span, Spanned};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};

const START: &str = "system:serviceaccount:";

/// The accounts named.
#[derive(Debug, Clone)]
pub struct Subjects {
    pub issuer: Option<Spanned>,
    pub audiences: Vec<Spanned>,
    pub patterns: Vec<Pattern>,
    pub span: Span,
}

impl Subjects {
    /// Reads any of the forms.
    ///
    /// # Errors
    /// When it names no service account.
    pub fn read(node: &Node) -> Result<Self, (String, Span)> {
        let inner = node
            .any(&["association", "data", "spec"])
            .filter(|it| it.is_map())
            .unwrap_or(node);
        let mut patterns = Vec::new();
        let names = inner.any(&[
            "bound_service_account_names",
            "serviceAccount",
            "serviceAccountName",
            "service_account",
        ]);
        let spaces = inner.any(&["bound_service_account_namespaces", "namespace"]);
        if let (Some(names), Some(spaces)) = (names, spaces) {
            for space in spaces.strings() {
                for name in names.strings() {
                    let written = Spanned {
                        text: format!("{START}{}:{}", space.text, name.text),
                        span: name.span,
                    };
                    patterns.push(Pattern::stars(&written, false));
                }
            }
        }
        let listed = inner.any(&["subjects", "subject", "sub"]);
        for item in listed
            .map(|it| {
                if it.items().is_empty() {
                    std::slice::from_ref(it)
                } else {
                    it.items()
                }
            })
            .unwrap_or_default()
        {
            patterns.extend(subject(item));
        }
        if patterns.is_empty() {
            return Err(("it names no service account".to_owned(), node.span));
        }
        Ok(Self {
            issuer: inner.any(&["issuer", "iss"]).and_then(Node::spanned),
            audiences: inner
                .any(&["audiences", "audience", "aud"])
                .map(Node::strings)
                .unwrap_or_default(),
            patterns,
            span: node.span,
        })
    }

    pub fn evaluate(&self, token: &Token, source: &Source) -> Verdict {
        let mut reasons = Vec::new();
        let mut whole = Tri::True;
        let mut say = |condition: &str, outcome: Outcome, text: String, span: Span| {
            whole = whole.and(outcome.tri());
            reasons.push(Reason::new(condition, outcome, text, source.position(span)));
        };
        if let Some(issuer) = &self.issuer {
            let met = token.text("iss") == Some(issuer.text.as_str());
            let text = format!("iss is {}", token.text("iss").unwrap_or("absent"));
            say(
                "issuer",
                if met {
                    Outcome::Matched
                } else {
                    Outcome::NotMatched
                },
                text,
                issuer.span,
            );
        }
        if let Some(first) = self.audiences.first() {
            let offered = token.audiences();
            let met = self
                .audiences
                .iter()
                .any(|it| offered.contains(&it.text.as_str()));
            let text = format!("the audience is {}", offered.join(", "));
            say(
                "audiences",
                if met {
                    Outcome::Matched
                } else {
                    Outcome::NotMatched
                },
                text,
                first.span,
            );
        }
        let span = self.patterns.first().map_or(self.span, |it| it.span);
        match token.claim("sub") {
            None => say(
                "subject",
                Outcome::Absent,
                "the token has no sub".to_owned(),
                span,
            ),
            Some(sub) => {
                let met = sub
                    .as_str()
                    .is_some_and(|sub| self.patterns.iter().any(|it| it.matches(sub)));
                let text = format!("sub is {}", show(sub));
                let open = sub.as_str().is_some_and(|sub| {
                    self.patterns
                        .iter()
                        .any(|it| hole::may(&it.text, sub, true, false))
                });
                say(
                    "subject",
                    if met {
                        Outcome::Matched
                    } else if open {
                        Outcome::Unknown
                    } else {
                        Outcome::NotMatched
                    },
                    text,
                    span,
                );
            }
        }
        Verdict {
            decision: whole.decision(),
            reasons,
        }
    }

    pub fn grants(&self) -> Vec<Grant> {
        let mut issuer = Issuer::of(
            self.issuer
                .as_ref()
                .map_or("kubernetes.default.svc", |it| it.text.as_str()),
        );
        issuer.platform = Platform::Kubernetes;
        let mut grant = Grant::new(Some(issuer), self.span);
        let constraint = |claim: &str, values: Vec<Pattern>, span: Span| Constraint {
            claim: claim.to_owned(),
            exact: values.iter().all(Pattern::is_exact),
            values,
            negated: false,
            if_absent: false,
            narrows: true,
            operator: "subject".to_owned(),
            span,
        };
        grant
            .all
            .push(constraint("sub", self.patterns.clone(), self.span));
        if let Some(first) = self.audiences.first() {
            grant.all.push(constraint(
                "aud",
                self.audiences.iter().map(Pattern::exact).collect(),
                first.span,
            ));
        }
        vec![grant]
    }
}

/// A subject as a string, or as RBAC writes it.
fn subject(item: &Node) -> Option<Pattern> {
    if let Some(written) = item.spanned() {
        return Some(Pattern::stars(&written, false));
    }
    let name = item.get("name").and_then(Node::spanned)?;
    let text = match item.get("kind").and_then(Node::text) {
        Some("ServiceAccount") => {
            format!(
                "{START}{}:{}",
                item.get("namespace")
                    .and_then(Node::text)
                    .unwrap_or("default"),
                name.text
            )
        }
        Some("User") => name.text.clone(),
        Some("Group") if name.text == "system:serviceaccounts" => format!("{START}*"),
        Some("Group")
            if ["system:authenticated", "system:unauthenticated"].contains(&name.text.as_str()) =>
        {
            "*".to_owned()
        }
        Some("Group") => format!(
            "{START}{}:*",
            name.text.strip_prefix("system:serviceaccounts:")?
        ),
        _ => return None,
    };
    Some(Pattern::stars(
        &Spanned {
            text,
            span: name.span,
        },
        false,
    ))
}
