//! AWS IAM role trust policies for web identities.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>. Operators,
//! variables and principals cite their own pages in their files.

pub mod evaluate;
pub mod lower;
pub mod operator;
pub mod request;
pub mod variable;

use std::sync::{Arc, OnceLock};

use crate::trust::hole;
use crate::trust::source::{Node, Position, Source, Span, Spanned, Value};
use operator::Operator;

/// The action a token asks for.
pub const ASSUME: &str = "sts:assumerolewithwebidentity";
/// The action a token with session tags asks for beside it.
pub const TAG: &str = "sts:tagsession";

/// A trust policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub version: Option<Spanned>,
    pub statements: Vec<Statement>,
    pub span: Span,
}

/// A statement of it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each mirrors an element of the grammar"
)]
pub struct Statement {
    /// `Sid`, or its place in the list.
    pub name: String,
    pub allow: bool,
    /// Neither `Allow` nor `Deny` was written.
    pub effect_unknown: bool,
    pub principal: Principal,
    pub not_principal: bool,
    pub actions: Vec<Spanned>,
    pub not_action: bool,
    pub action_span: Span,
    pub conditions: Vec<Condition>,
    pub span: Span,
    /// It speaks of assuming with a token, and of tagging the session.
    assumes: bool,
    tags: bool,
    /// What reasons call its principal.
    principal_name: Arc<str>,
    place: Place,
}

/// Who is named.
#[derive(Debug, Clone, Default)]
pub struct Principal {
    pub span: Span,
    /// `*`, bare.
    pub everyone: bool,
    pub federated: Vec<Spanned>,
    pub aws: Vec<Spanned>,
    /// Services, canonical users.
    pub others: Vec<Spanned>,
}

/// One key under one operator.
#[derive(Debug, Clone)]
pub struct Condition {
    pub operator: Operator,
    pub written: String,
    pub key: Spanned,
    pub values: Vec<Spanned>,
    /// The values, ready to compare.
    pub tests: Vec<variable::Template>,
    pub span: Span,
    /// The key in lower case.
    lower: String,
    /// What reasons call it, and its values in words.
    name: Arc<str>,
    wanted: String,
    place: Place,
}

/// Line and column of a span, counted once.
#[derive(Debug, Clone, Default)]
struct Place(OnceLock<Position>);

impl Place {
    fn of(&self, source: &Source, span: Span) -> Position {
        *self.0.get_or_init(|| source.position(span))
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it has no statements, or a statement's form cannot be understood; which, and what is wrong.
    pub fn read(node: &Node) -> Result<Self, (String, Span)> {
        let version = node.get("Version").and_then(Node::spanned);
        let variables = version
            .as_ref()
            .is_some_and(|version| version.text == "2012-10-17");
        let listed = node
            .get("Statement")
            .ok_or_else(|| ("the policy has no Statement".to_owned(), node.span))?;
        let items: Vec<&Node> = match &listed.value {
            Value::List(items) => items.iter().collect(),
            Value::Map(_) => vec![listed],
            _ => {
                return Err((
                    "Statement is neither an object nor a list".to_owned(),
                    listed.span,
                ));
            }
        };
        let statements = items
            .into_iter()
            .enumerate()
            .map(|(at, item)| statement(item, at, variables))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            version,
            statements,
            span: node.span,
        })
    }

    /// `${…}` are variables, and `${*}` escapes.
    pub fn has_variables(&self) -> bool {
        self.version
            .as_ref()
            .is_some_and(|version| version.text == "2012-10-17")
    }
}

impl Statement {
    /// Whether it speaks of assuming with a token.
    pub const fn is_assume(&self) -> bool {
        self.assumes
    }

    /// Whether an action (lower case) is among its actions.
    pub fn has_action(&self, action: &str) -> bool {
        let listed = self.actions.iter().any(|written| {
            crate::trust::glob::matches(
                &crate::trust::glob::stars(&written.text.to_ascii_lowercase(), true),
                action,
            )
        });
        listed != self.not_action
    }
}

fn statement(node: &Node, at: usize, variables: bool) -> Result<Statement, (String, Span)> {
    if !node.is_map() {
        return Err((format!("statement {} is not an object", at + 1), node.span));
    }
    let effect = node.get("Effect").and_then(Node::text).unwrap_or_default();
    let (principal_node, not_principal) = match node.get("Principal") {
        Some(named) => (Some(named), false),
        None => (node.get("NotPrincipal"), true),
    };
    let (action_node, not_action) = match node.get("Action") {
        Some(named) => (Some(named), false),
        None => (node.get("NotAction"), node.get("NotAction").is_some()),
    };
    let mut conditions = Vec::new();
    for operator in node.get("Condition").map(Node::entries).unwrap_or_default() {
        if !operator.node.is_map() {
            return Err((
                format!("under {} stands no object of keys", operator.key),
                operator.node.span,
            ));
        }
        for key in operator.node.entries() {
            let parsed = Operator::read(&operator.key);
            let values = key.node.strings();
            conditions.push(Condition {
                lower: key.key.to_ascii_lowercase(),
                name: hole::shown(&format!("{} {}", operator.key, key.key)).into(),
                wanted: wanted(&values),
                place: Place::default(),
                operator: parsed,
                written: operator.key.clone(),
                key: Spanned {
                    text: key.key.clone(),
                    span: key.key_span,
                },
                tests: values
                    .iter()
                    .map(|value| {
                        variable::Template::read(&value.text, variables, parsed.wildcards())
                    })
                    .collect(),
                values,
                span: key.node.span,
            });
        }
    }
    let name = node
        .get("Sid")
        .and_then(Node::text)
        .filter(|sid| !sid.is_empty())
        .map_or_else(|| format!("statement {}", at + 1), str::to_owned);
    let mut read = Statement {
        principal_name: hole::shown(&format!("{name} ({}): Principal", word(effect == "Allow")))
            .into(),
        name,
        allow: effect == "Allow",
        effect_unknown: effect != "Allow" && effect != "Deny",
        principal: principal_node.map(principal).unwrap_or_default(),
        not_principal: not_principal && principal_node.is_some(),
        actions: action_node.map(Node::strings).unwrap_or_default(),
        not_action,
        action_span: action_node.map_or(node.span, |node| node.span),
        conditions,
        span: node.span,
        assumes: false,
        tags: false,
        place: Place::default(),
    };
    read.assumes = read.has_action(ASSUME);
    read.tags = read.has_action(TAG);
    Ok(read)
}

/// The effect of a statement in a word.
const fn word(allow: bool) -> &'static str {
    if allow { "Allow" } else { "Deny" }
}

/// The values of a condition in words, the first four of them.
fn wanted(values: &[Spanned]) -> String {
    let shown: Vec<&str> = values.iter().take(4).map(|it| it.text.as_str()).collect();
    let words = format!("\u{201c}{}\u{201d}", shown.join("\u{201d}, \u{201c}"));
    match values.len().saturating_sub(4) {
        0 => words,
        more => format!("{words} and {more} more"),
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn principal(node: &Node) -> Principal {
    let mut found = Principal {
        span: node.span,
        everyone: node.text() == Some("*"),
        ..Principal::default()
    };
    for entry in node.entries() {
        let named = entry.node.strings();
        match entry.key.as_str() {
            "Federated" => found.federated.extend(named),
            "AWS" => found.aws.extend(named),
            _ => found.others.extend(named),
        }
    }
    found
}

/// The issuer (host and path) a federated principal names: of a provider's ARN, or one of the built-in ones.
pub fn provider(principal: &str) -> Option<&str> {
    if let Some((_, provider)) = principal.split_once(":oidc-provider/") {
        return Some(provider);
    }
    [
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    ]
    .into_iter()
    .find(|known| *known == principal)
}
