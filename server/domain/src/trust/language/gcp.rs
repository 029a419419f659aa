//! Google Cloud workload identity federation: providers of a pool, and the bindings that name the pool.
//!
//! <https://cloud.google.com/iam/docs/workload-identity-federation#mapping> and
//! <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers>.
//! A token is let in when a provider accepts it and, where bindings are told, one of them names it. Bindings name
//! the pool, not the provider.

pub mod binding;
pub mod cel;
pub mod lower;

use std::collections::BTreeMap;

use crate::trust::facts::{self, Facts};
use crate::trust::hole;
use crate::trust::source::{Node, Source, Span, Spanned, Value};
use crate::trust::token::{Token, show};
use crate::trust::verdict::{Outcome, Reason, Tri, Verdict};
use binding::Binding;
use cel::{Judged, Program, Scope};

/// Longest condition Google takes, in characters.
const LONGEST: usize = 4096;

/// The providers of a pool and its bindings; nothing when no bindings are told.
#[derive(Debug, Clone)]
pub struct Pool {
    pub providers: Vec<Provider>,
    pub bindings: Option<Vec<Binding>>,
    pub span: Span,
}

/// A provider.
#[derive(Debug, Clone)]
pub struct Provider {
    pub name: Option<String>,
    pub issuer: Option<Spanned>,
    pub audiences: Vec<Spanned>,
    pub mapping: Vec<Mapping>,
    pub condition: Option<(Spanned, Program)>,
    pub span: Span,
}

/// A target and the expression that fills it.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub target: Spanned,
    pub expression: Spanned,
    pub program: Program,
}

impl Pool {
    /// Reads a provider, several of them, or an object with `providers`, and bindings beside them.
    ///
    /// # Errors
    /// When nothing in it is a provider.
    pub fn read(node: &Node) -> Result<Self, (String, Span)> {
        let listed = node
            .any(&["providers", "workloadIdentityPoolProviders"])
            .or_else(|| matches!(node.value, Value::List(_)).then_some(node));
        let items: Vec<&Node> = match listed {
            Some(listed) => listed.items().iter().collect(),
            None => vec![
                node.get("provider")
                    .filter(|it| it.is_map())
                    .unwrap_or(node),
            ],
        };
        let providers: Vec<Provider> = items
            .into_iter()
            .filter(|it| it.is_map())
            .map(provider)
            .collect();
        if providers
            .iter()
            .all(|it| it.issuer.is_none() && it.mapping.is_empty() && it.condition.is_none())
        {
            return Err((
                "no provider: neither an issuer nor an attribute mapping".to_owned(),
                node.span,
            ));
        }
        Ok(Self {
            bindings: binding::read(node),
            providers,
            span: node.span,
        })
    }

    pub fn evaluate(&self, token: &Token, facts: &Facts, source: &Source) -> Verdict {
        let mut judging = Judging {
            source,
            reasons: Vec::new(),
        };
        let mut any = Tri::False;
        for provider in &self.providers {
            let (mut taken, scope) = judging.provider(provider, self, token, facts);
            match &self.bindings {
                Some(bindings) => {
                    taken = taken.and(judging.bindings(bindings, &scope, taken, self.span));
                }
                None => judging.say(
                    "bindings",
                    Outcome::Matched,
                    "no bindings are told; this says only that the pool takes the token".to_owned(),
                    provider.span,
                ),
            }
            any = any.or(taken);
        }
        Verdict {
            decision: any.decision(),
            reasons: judging.reasons,
        }
    }
}

fn provider(node: &Node) -> Provider {
    let oidc = node
        .get("oidc")
        .map_or(node, |it| it.items().first().unwrap_or(it));
    let mapping = node
        .any(&["attribute_mapping", "attributeMapping"])
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| {
            let expression = entry.node.spanned()?;
            Some(Mapping {
                target: Spanned {
                    text: entry.key.clone(),
                    span: entry.key_span,
                },
                program: Program::read(&expression.text, LONGEST),
                expression,
            })
        })
        .collect();
    Provider {
        name: node
            .get("name")
            .and_then(Node::text)
            .map(|name| facts::bare(name).to_owned()),
        issuer: oidc
            .any(&["issuer_uri", "issuerUri"])
            .and_then(Node::spanned),
        audiences: oidc
            .any(&["allowed_audiences", "allowedAudiences"])
            .map(Node::strings)
            .unwrap_or_default(),
        mapping,
        condition: node
            .any(&["attribute_condition", "attributeCondition"])
            .and_then(Node::spanned)
            .filter(|written| !written.text.trim().is_empty())
            .map(|written| {
                let program = Program::read(&written.text, LONGEST);
                (written, program)
            }),
        span: node.span,
    }
}

struct Judging<'a> {
    source: &'a Source,
    reasons: Vec<Reason>,
}

impl Judging<'_> {
    fn say(&mut self, condition: &str, outcome: Outcome, text: String, span: Span) {
        let place = self.source.position(span);
        self.reasons
            .push(Reason::new(condition, outcome, text, place));
    }

    fn provider(
        &mut self,
        provider: &Provider,
        pool: &Pool,
        token: &Token,
        facts: &Facts,
    ) -> (Tri, Scope) {
        let issuer = issuer(provider, token);
        self.say(
            "issuer",
            issuer.0,
            issuer.1,
            provider.issuer.as_ref().map_or(provider.span, |it| it.span),
        );
        let audience = audience(provider, pool, token, facts);
        let place = provider
            .audiences
            .first()
            .map_or(provider.span, |it| it.span);
        self.say("audience", audience.0, audience.1, place);
        let mut whole = issuer.0.tri().and(audience.0.tri());
        let mut scope = Scope::of(token);
        whole = whole.and(self.mapping(provider, &mut scope));
        match &provider.condition {
            None => self.say(
                "attribute_condition",
                Outcome::Matched,
                "there is none: every token of the issuer passes".to_owned(),
                provider.span,
            ),
            Some((written, program)) => {
                let mut leaves = Vec::new();
                let held = program.judge(&scope, &mut leaves);
                for Judged { text, outcome, why } in leaves {
                    self.say(&text, outcome, why, written.span);
                }
                whole = whole.and(held);
            }
        }
        (whole, scope)
    }

    /// Fills `google.*` and `attribute.*`. A subject that cannot be mapped refuses the token; another attribute is
    /// then merely absent.
    fn mapping(&mut self, provider: &Provider, scope: &mut Scope) -> Tri {
        let mut whole = Tri::True;
        let mut filled = BTreeMap::new();
        let mut subject = false;
        for mapping in &provider.mapping {
            let target = mapping.target.text.as_str();
            let is_subject = target == "google.subject";
            subject |= is_subject;
            let (outcome, text) = match mapping.program.value(scope) {
                Ok(value)
                    if is_subject
                        && value
                            .as_str()
                            .is_none_or(|text| text.len() > 127 || text.is_empty()) =>
                {
                    (
                        Outcome::NotMatched,
                        format!(
                            "google.subject would be {}, which is no string of 1 to 127 bytes",
                            show(&value)
                        ),
                    )
                }
                Ok(value) => {
                    let text = format!("becomes {}", show(&value));
                    filled.insert(target.to_owned(), value);
                    (Outcome::Matched, text)
                }
                Err(why) if why.unknown => (Outcome::Unknown, why.text),
                Err(why) => (Outcome::Absent, why.text),
            };
            if is_subject {
                whole = whole.and(outcome.tri());
            } else if outcome == Outcome::Unknown {
                scope.unknown.push(target.to_owned());
            }
            self.say(
                &format!("{target} = {}", mapping.expression.text),
                outcome,
                text,
                mapping.expression.span,
            );
        }
        if !subject && !provider.mapping.is_empty() {
            self.say(
                "google.subject",
                Outcome::NotMatched,
                "google.subject is not mapped, which Google demands".to_owned(),
                provider.span,
            );
            whole = Tri::False;
        }
        scope.fill(filled);
        whole
    }

    fn bindings(&mut self, bindings: &[Binding], scope: &Scope, taken: Tri, span: Span) -> Tri {
        let mut any = Tri::False;
        for binding in bindings {
            let (mut outcome, mut text) = binding.names(scope);
            if taken == Tri::False {
                outcome = Outcome::Unreachable;
                "the provider already refused the token".clone_into(&mut text);
            }
            any = any.or(outcome.tri());
            self.say(&binding.member.text, outcome, text, binding.member.span);
        }
        if bindings.is_empty() {
            self.say(
                "bindings",
                Outcome::NotMatched,
                "no binding names anybody of the pool".to_owned(),
                span,
            );
        }
        any
    }
}

fn issuer(provider: &Provider, token: &Token) -> (Outcome, String) {
    match (&provider.issuer, token.text("iss")) {
        (None, _) => (
            Outcome::Unknown,
            "the provider's issuer is not told".to_owned(),
        ),
        (Some(_), None) => (Outcome::Absent, "the token has no iss".to_owned()),
        (Some(issuer), Some(iss)) if issuer.text == iss => {
            (Outcome::Matched, format!("iss is {iss}"))
        }
        (Some(issuer), Some(iss)) if hole::may(&issuer.text, iss, false, false) => (
            Outcome::Unknown,
            format!(
                "depends on {}, which the file leaves open",
                hole::names(&issuer.text)
            ),
        ),
        (Some(issuer), Some(iss)) => (
            Outcome::NotMatched,
            format!("iss is {iss}, not {}", issuer.text),
        ),
    }
}

/// The listed audiences; or, when none is listed, the provider's full name with or without `https:`.
fn audience(provider: &Provider, pool: &Pool, token: &Token, facts: &Facts) -> (Outcome, String) {
    let offered = token.audiences();
    if offered.is_empty() {
        return (Outcome::Absent, "the token has no audience".to_owned());
    }
    let shown = offered.join(", ");
    if !provider.audiences.is_empty() {
        return if provider
            .audiences
            .iter()
            .any(|it| offered.contains(&it.text.as_str()))
        {
            (Outcome::Matched, format!("{shown} is allowed"))
        } else if let Some(open) = provider.audiences.iter().find(|it| {
            offered
                .iter()
                .any(|aud| hole::may(&it.text, aud, false, false))
        }) {
            (
                Outcome::Unknown,
                format!(
                    "depends on {}, which the file leaves open",
                    hole::names(&open.text)
                ),
            )
        } else {
            (
                Outcome::NotMatched,
                format!("{shown} is not among the allowed audiences"),
            )
        };
    }
    let full = offered
        .iter()
        .filter(|it| {
            it.starts_with("//iam.googleapis.com/") || it.starts_with("https://iam.googleapis.com/")
        })
        .map(|it| facts::bare(it))
        .find(|it| it.contains("/workloadIdentityPools/") && it.contains("/providers/"));
    let Some(full) = full else {
        return (
            Outcome::NotMatched,
            format!(
                "{shown} is not the full name of a provider, which is asked when no audience is listed"
            ),
        );
    };
    let own = provider
        .name
        .as_ref()
        .filter(|name| name.contains("/providers/"));
    let known = own.or(facts
        .provider_name
        .as_ref()
        .filter(|_| pool.providers.len() == 1));
    match known {
        Some(name) if name.contains("/providers/") && !same(name, full) => (
            Outcome::NotMatched,
            format!("{full} is not this provider, {name}"),
        ),
        Some(_) => (Outcome::Matched, format!("{full} is this provider")),
        None => (
            Outcome::Matched,
            format!("{full} is a provider's full name; which provider this is, is not told"),
        ),
    }
}

/// Two names of one provider; a project may be told by number or id, so it is compared only when alike.
fn same(a: &str, b: &str) -> bool {
    let tail = |name: &str| {
        name.split_once("/locations/")
            .map(|(_, tail)| tail.to_owned())
    };
    let project = |name: &str| {
        name.strip_prefix("projects/")
            .and_then(|it| it.split('/').next())
            .map(str::to_owned)
    };
    let numeric = |name: &Option<String>| {
        name.as_ref()
            .is_some_and(|it| it.bytes().all(|c| c.is_ascii_digit()))
    };
    let (a_project, b_project) = (project(a), project(b));
    tail(a) == tail(b) && (numeric(&a_project) != numeric(&b_project) || a_project == b_project)
}
