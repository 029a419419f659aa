//! IAM members that name identities of a pool.
//!
//! <https://cloud.google.com/iam/docs/principal-identifiers>

use super::cel::Scope;
use crate::trust::hole;
use crate::trust::source::{Node, Span, Spanned, Value};
use crate::trust::token::show;
use crate::trust::verdict::Outcome;

/// A member of a binding.
#[derive(Debug, Clone)]
pub struct Binding {
    pub member: Spanned,
    pub kind: Kind,
    /// A binding may have its own condition over the request.
    pub conditional: bool,
}

/// Whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Subject(String),
    Attribute(String, String),
    Group(String),
    WholePool,
    /// Something outside the pool, or not understood.
    Other,
}

/// The bindings beside a provider; nothing when none are told.
pub fn read(node: &Node) -> Option<Vec<Binding>> {
    let listed = node
        .any(&["_bindings", "bindings", "members", "principals"])
        .or_else(|| {
            node.any(&["policy", "iam_policy", "iamPolicy", "iam"])?
                .get("bindings")
        })?;
    let items: &[Node] = match &listed.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(listed),
    };
    let mut found = Vec::new();
    for item in items {
        let members = item
            .any(&["members", "member", "principal"])
            .unwrap_or(item);
        let conditional = item.is_map() && item.get("condition").is_some();
        found.extend(members.strings().into_iter().map(|member| Binding {
            kind: kind(&member.text),
            member,
            conditional,
        }));
    }
    Some(found)
}

fn kind(member: &str) -> Kind {
    let rest = match member.split_once("/workloadIdentityPools/") {
        Some((_, pool)) => pool.split_once('/').map(|(_, rest)| rest),
        // The pool's name is left open.
        None if hole::has(member) => ["subject/", "attribute.", "group/", "*"]
            .iter()
            .filter_map(|word| member.find(&format!("/{word}")))
            .min()
            .map(|at| &member[at + 1..]),
        None => None,
    };
    let Some(rest) = rest else {
        return Kind::Other;
    };
    if member.starts_with("principal://") {
        return rest
            .strip_prefix("subject/")
            .map_or(Kind::Other, |it| Kind::Subject(it.to_owned()));
    }
    if rest == "*" {
        return Kind::WholePool;
    }
    if let Some(group) = rest.strip_prefix("group/") {
        return Kind::Group(group.to_owned());
    }
    match rest
        .strip_prefix("attribute.")
        .and_then(|it| it.split_once('/'))
    {
        Some((name, value)) => Kind::Attribute(name.to_owned(), value.to_owned()),
        None => Kind::Other,
    }
}

impl Binding {
    pub fn span(&self) -> Span {
        self.member.span
    }

    /// Whether it names the identity that the mapping made.
    pub fn names(&self, scope: &Scope) -> (Outcome, String) {
        let (outcome, text) = match &self.kind {
            Kind::WholePool => (Outcome::Matched, "everybody in the pool".to_owned()),
            Kind::Subject(subject) => compare(scope, "google.subject", subject),
            Kind::Attribute(name, value) => compare(scope, &format!("attribute.{name}"), value),
            Kind::Group(group) => match scope.mapped("google.groups") {
                Some(serde_json::Value::Array(groups))
                    if groups.iter().any(|it| it.as_str() == Some(group)) =>
                {
                    (Outcome::Matched, format!("google.groups holds {group}"))
                }
                _ => (
                    Outcome::NotMatched,
                    format!("google.groups does not hold {group}"),
                ),
            },
            Kind::Other if hole::has(&self.member.text) => (
                Outcome::Unknown,
                format!(
                    "depends on {}, which the file leaves open",
                    hole::names(&self.member.text)
                ),
            ),
            Kind::Other => (Outcome::NotMatched, "names nobody of the pool".to_owned()),
        };
        if outcome == Outcome::Matched && self.conditional {
            return (
                Outcome::Unknown,
                format!("{text}; the binding's own condition depends on the request"),
            );
        }
        (outcome, text)
    }
}

fn compare(scope: &Scope, target: &str, wanted: &str) -> (Outcome, String) {
    if scope.unknown.iter().any(|it| it == target) {
        return (
            Outcome::Unknown,
            format!("{target} cannot be computed here"),
        );
    }
    match scope.mapped(target) {
        None => (
            Outcome::Absent,
            format!("{target} is not mapped, or its claim is absent"),
        ),
        Some(value)
            if value
                .as_str()
                .is_some_and(|value| hole::may(wanted, value, false, false)) =>
        {
            (
                Outcome::Unknown,
                format!(
                    "{target} depends on {}, which the file leaves open",
                    hole::names(wanted)
                ),
            )
        }
        Some(value) if value.as_str() == Some(wanted) => {
            (Outcome::Matched, format!("{target} is {}", show(value)))
        }
        Some(value) => (
            Outcome::NotMatched,
            format!("{target} is {}, not \u{201c}{wanted}\u{201d}", show(value)),
        ),
    }
}
