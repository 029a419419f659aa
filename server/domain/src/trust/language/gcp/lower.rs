//! A pool as ways in: the condition in disjunctive form, times the bindings, through the mapping.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::binding::{Binding, Kind};
use super::{Mapping, Pool, Provider};
use crate::trust::glob::{Pattern, Tok, from_regex, literal};
use crate::trust::grant::{Constraint, Grant};
use crate::trust::issuer::Issuer;
use crate::trust::source::{Span, Spanned};

/// Most ways kept of one condition; beyond, the parts that multiply are left out, which only widens.
const MOST: usize = 256;

type Way = Vec<Constraint>;

impl Pool {
    pub fn grants(&self) -> Vec<Grant> {
        self.providers
            .iter()
            .flat_map(|provider| self.ways(provider))
            .collect()
    }

    fn ways(&self, provider: &Provider) -> Vec<Grant> {
        let conditions = provider.conditions();
        let mut grants = Vec::new();
        for condition in conditions {
            for binding in self.members() {
                let mut grant = Grant::new(
                    provider
                        .issuer
                        .as_ref()
                        .map(|issuer| Issuer::of(&issuer.text)),
                    provider.span,
                );
                grant.all.clone_from(&condition);
                if !provider.audiences.is_empty() {
                    let values = provider.audiences.iter().map(Pattern::exact).collect();
                    grant.all.push(constraint(
                        "aud",
                        values,
                        true,
                        "allowed_audiences",
                        provider.audiences[0].span,
                    ));
                }
                match binding.map(|binding| (binding, provider.named(binding))) {
                    None => {}
                    Some((_, Ok(constraints))) => grant.all.extend(constraints),
                    Some((_, Err(why))) => grant.dead = Some(why),
                }
                if let Some(why) = provider
                    .condition
                    .as_ref()
                    .and_then(|(_, program)| program.broken())
                {
                    grant.dead = Some(format!("the condition is refused: {why}"));
                }
                if self.bindings.as_ref().is_some_and(Vec::is_empty) {
                    grant.dead = Some("no binding names anybody of the pool".to_owned());
                }
                grants.push(grant);
                if grants.len() >= MOST {
                    return grants;
                }
            }
        }
        grants
    }

    fn members(&self) -> Vec<Option<&Binding>> {
        match &self.bindings {
            Some(bindings) if !bindings.is_empty() => bindings.iter().map(Some).collect(),
            _ => vec![None],
        }
    }
}

impl Provider {
    /// The condition in disjunctive form; one free way without a condition.
    pub fn conditions(&self) -> Vec<Way> {
        let Some((written, program)) = &self.condition else {
            return vec![Vec::new()];
        };
        let Some(expression) = program.expression() else {
            return vec![Vec::new()];
        };
        let reading = Reading {
            provider: self,
            span: written.span,
        };
        reading.ways(expression)
    }

    /// The claim a target stands for, when it is mapped straight from one.
    pub fn mapped_claim(&self, target: &str) -> Option<String> {
        let mapping = self.mapping(target)?;
        claim(mapping.program.expression()?)
    }

    pub fn mapping(&self, target: &str) -> Option<&Mapping> {
        self.mapping.iter().find(|it| it.target.text == target)
    }

    /// What a member demands of the token.
    fn named(&self, binding: &Binding) -> Result<Way, String> {
        let (target, value) = match &binding.kind {
            Kind::WholePool | Kind::Group(_) => return Ok(Vec::new()),
            Kind::Subject(subject) => ("google.subject".to_owned(), subject),
            Kind::Attribute(name, value) => (format!("attribute.{name}"), value),
            Kind::Other => return Err("names nobody of the pool".to_owned()),
        };
        let Some(mapping) = self.mapping(&target) else {
            if self.mapping.is_empty() {
                return Ok(Vec::new());
            }
            return Err(format!(
                "{target} is not mapped, so the binding names nobody"
            ));
        };
        let written = Spanned {
            text: value.clone(),
            span: binding.span(),
        };
        let Some(expression) = mapping.program.expression() else {
            return Ok(Vec::new());
        };
        Ok(demands(expression, &written))
    }
}

/// What a claim, or a joining of claims and words, must be for the whole to be this text.
fn demands(expression: &IdedExpr, written: &Spanned) -> Way {
    if let Some(claim) = claim(expression) {
        return vec![constraint(
            &claim,
            vec![Pattern::exact(written)],
            true,
            "binding",
            written.span,
        )];
    }
    let mut parts = Vec::new();
    flatten(expression, &mut parts);
    let mut rest = written.text.as_str();
    let mut found = Vec::new();
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        if let Some(word) = text(part) {
            match rest.strip_prefix(word) {
                Some(after) => rest = after,
                None => return Vec::new(),
            }
            continue;
        }
        let value = match parts.peek().copied().map(text) {
            None => rest,
            Some(Some(next)) => match rest.find(next) {
                Some(at) => &rest[..at],
                None => return Vec::new(),
            },
            Some(None) => return found,
        };
        let Some(claim) = claim(part) else {
            return found;
        };
        let piece = Spanned {
            text: value.to_owned(),
            span: written.span,
        };
        found.push(constraint(
            &claim,
            vec![Pattern::exact(&piece)],
            true,
            "binding",
            written.span,
        ));
        rest = &rest[value.len()..];
    }
    found
}

fn flatten<'a>(expression: &'a IdedExpr, parts: &mut Vec<&'a IdedExpr>) {
    match &expression.expr {
        Expr::Call(call) if call.func_name == operators::ADD && call.args.len() == 2 => {
            flatten(&call.args[0], parts);
            flatten(&call.args[1], parts);
        }
        _ => parts.push(expression),
    }
}

fn constraint(
    claim: &str,
    values: Vec<Pattern>,
    exact: bool,
    operator: &str,
    span: Span,
) -> Constraint {
    Constraint {
        claim: claim.to_owned(),
        values,
        negated: false,
        if_absent: false,
        narrows: true,
        exact,
        operator: operator.to_owned(),
        span,
    }
}

struct Reading<'a> {
    provider: &'a Provider,
    span: Span,
}

impl Reading<'_> {
    fn ways(&self, node: &IdedExpr) -> Vec<Way> {
        match &node.expr {
            Expr::Literal(LiteralValue::Boolean(yes)) => {
                if **yes {
                    vec![Vec::new()]
                } else {
                    Vec::new()
                }
            }
            Expr::Call(call) => self.call(call),
            _ => vec![Vec::new()],
        }
    }

    fn call(&self, call: &CallExpr) -> Vec<Way> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => {
                let (a, b) = (self.ways(a), self.ways(b));
                if a.len() * b.len() > MOST {
                    return if a.len() <= b.len() { a } else { b };
                }
                a.iter()
                    .flat_map(|a| b.iter().map(move |b| [a.as_slice(), b.as_slice()].concat()))
                    .collect()
            }
            (operators::LOGICAL_OR, [a, b]) => {
                let mut ways = self.ways(a);
                ways.extend(self.ways(b));
                if ways.len() > MOST {
                    vec![Vec::new()]
                } else {
                    ways
                }
            }
            (operators::LOGICAL_NOT, [a]) => match &a.expr {
                Expr::Literal(LiteralValue::Boolean(yes)) if **yes => Vec::new(),
                _ => vec![self.negated(a).into_iter().collect()],
            },
            (operators::NOT_EQUALS, [a, b]) => vec![self.pair(a, b, true).into_iter().collect()],
            (operators::EQUALS, [a, b]) => vec![self.pair(a, b, false).into_iter().collect()],
            (operators::IN, [a, b]) => vec![self.member(a, b).into_iter().collect()],
            (name, [argument]) => vec![self.method(name, call, argument).into_iter().collect()],
            _ => vec![Vec::new()],
        }
    }

    fn claim(&self, node: &IdedExpr) -> Option<String> {
        claim(node).or_else(|| {
            let target = path(node)?;
            self.provider.mapped_claim(&target)
        })
    }

    fn written(&self, text: &str) -> Spanned {
        Spanned {
            text: text.to_owned(),
            span: self.span,
        }
    }

    fn pair(&self, a: &IdedExpr, b: &IdedExpr, negated: bool) -> Option<Constraint> {
        let (claim, value) = match (self.claim(a), text(b)) {
            (Some(claim), Some(value)) => (claim, value),
            _ => (self.claim(b)?, text(a)?),
        };
        let mut made = constraint(
            &claim,
            vec![Pattern::exact(&self.written(value))],
            true,
            if negated { "!=" } else { "==" },
            self.span,
        );
        made.negated = negated;
        made.narrows = !negated;
        Some(made)
    }

    fn negated(&self, node: &IdedExpr) -> Option<Constraint> {
        let mut inner = self.ways(node);
        let mut made = inner.pop()?.pop()?;
        made.negated = true;
        made.narrows = false;
        Some(made)
    }

    fn member(&self, a: &IdedExpr, b: &IdedExpr) -> Option<Constraint> {
        let claim = self.claim(a)?;
        let Expr::List(list) = &b.expr else {
            return None;
        };
        let values = list
            .elements
            .iter()
            .map(|it| text(it).map(|text| Pattern::exact(&self.written(text))))
            .collect::<Option<Vec<_>>>()?;
        Some(constraint(&claim, values, true, "in", self.span))
    }

    fn method(&self, name: &str, call: &CallExpr, argument: &IdedExpr) -> Option<Constraint> {
        let claim = self.claim(call.target.as_deref()?)?;
        let word = text(argument)?;
        let written = self.written(word);
        let values = match name {
            "startsWith" => vec![Pattern::new(
                &written,
                [literal(word), vec![Tok::Any]].concat(),
            )],
            "endsWith" => vec![Pattern::new(
                &written,
                [vec![Tok::Any], literal(word)].concat(),
            )],
            "contains" => vec![Pattern::new(
                &written,
                [vec![Tok::Any], literal(word), vec![Tok::Any]].concat(),
            )],
            "matches" => from_regex(&written, false),
            _ => return None,
        };
        Some(constraint(&claim, values, false, name, self.span))
    }
}

fn text(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// `a.b`, `a['b']` and deeper, joined by dots.
fn path(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", path(&select.operand)?, select.field))
        }
        Expr::Call(call) if call.func_name == operators::INDEX && call.args.len() == 2 => {
            Some(format!("{}.{}", path(&call.args[0])?, text(&call.args[1])?))
        }
        _ => None,
    }
}

/// The claim an expression is.
fn claim(node: &IdedExpr) -> Option<String> {
    path(node)?.strip_prefix("assertion.").map(str::to_owned)
}

/// An operand in words, shortened.
pub fn show(node: &IdedExpr) -> String {
    let said = |node: &IdedExpr| match (path(node), text(node), &node.expr) {
        (Some(path), ..) => path,
        (_, Some(text), _) => format!("'{text}'"),
        (.., Expr::List(list)) => {
            let items: Vec<&str> = list.elements.iter().filter_map(text).take(4).collect();
            format!("['{}']", items.join("', '"))
        }
        _ => "\u{2026}".to_owned(),
    };
    match &node.expr {
        Expr::Select(select) if select.test => {
            format!(
                "has({}.{})",
                path(&select.operand).unwrap_or_default(),
                select.field
            )
        }
        Expr::Call(call) => match (call.target.as_deref(), call.args.as_slice()) {
            (Some(target), args) => {
                let args: Vec<String> = args.iter().map(said).collect();
                format!("{}.{}({})", said(target), call.func_name, args.join(", "))
            }
            (None, [a, b]) => {
                let sign = call.func_name.trim_matches(['_', '@']);
                format!("{} {sign} {}", said(a), said(b))
            }
            (None, args) => {
                let args: Vec<String> = args.iter().map(said).collect();
                format!("{}({})", call.func_name, args.join(", "))
            }
        },
        _ => said(node),
    }
}
