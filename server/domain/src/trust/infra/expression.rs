//! Terraform expressions, as far as a file by itself tells their value; the rest becomes holes.
//!
//! Functions: <https://developer.hashicorp.com/terraform/language/functions>

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ForExpr, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Element, Template};

use super::terraform::File;
use super::{entry, list, map, text};
use crate::trust::hole::{self, hole};
use crate::trust::source::{Entry, Node, Span, Value};

/// Deepest chain of references and nested values followed.
const DEEPEST: usize = 60;
/// Most values computed of one file: references to references multiply.
const MOST: usize = 200_000;

/// Computes values of one file.
pub struct Values<'a> {
    pub file: &'a File<'a>,
    /// Policy documents that something referred to.
    pub used: RefCell<HashSet<String>>,
    depth: Cell<usize>,
    spent: Cell<usize>,
    /// Names bound by `for`.
    bound: RefCell<Vec<(String, Node)>>,
}

fn span_of(range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or_else(Span::default, |range| Span {
        start: range.start,
        end: range.end,
    })
}

impl<'a> Values<'a> {
    pub fn new(file: &'a File<'a>) -> Self {
        Self {
            file,
            used: RefCell::default(),
            depth: Cell::new(0),
            spent: Cell::new(0),
            bound: RefCell::default(),
        }
    }

    /// A body as an object: attributes, and blocks as lists; `dynamic` blocks as one block of their content.
    pub fn body(&self, body: &Body) -> Node {
        let mut entries: Vec<Entry> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => entries.push(Entry {
                    key: attribute.key.as_str().to_owned(),
                    key_span: span_of(attribute.key.span()),
                    node: self.value(&attribute.value),
                }),
                Structure::Block(block) => {
                    let mut name = block.ident.as_str();
                    let mut inner = &block.body;
                    if name == "dynamic"
                        && let Some(label) = block.labels.first()
                    {
                        name = label.as_str();
                        if let Some(content) = block.body.get_blocks("content").next() {
                            inner = &content.body;
                        }
                    }
                    let mut node = self.body(inner);
                    node.span = span_of(block.span());
                    if let Some(Entry {
                        node:
                            Node {
                                value: Value::List(items),
                                ..
                            },
                        ..
                    }) = entries.iter_mut().find(|it| it.key == name)
                    {
                        items.push(node);
                        continue;
                    }
                    let span = node.span;
                    entries.push(Entry {
                        key: name.to_owned(),
                        key_span: span_of(block.ident.span()),
                        node: list(vec![node], span),
                    });
                }
            }
        }
        map(entries, span_of(body.span()))
    }

    /// The value of an expression, at its place.
    pub fn value(&self, expression: &Expression) -> Node {
        let span = span_of(expression.span());
        if self.depth.get() > DEEPEST || self.spent.get() > MOST {
            return text(hole("nested"), span);
        }
        self.depth.set(self.depth.get() + 1);
        self.spent.set(self.spent.get() + 1);
        let mut node = self.compute(expression, span);
        self.depth.set(self.depth.get() - 1);
        if node.span == Span::default() {
            node.span = span;
        }
        node
    }

    fn compute(&self, expression: &Expression, span: Span) -> Node {
        let plain = |value| Node { span, value };
        match expression {
            Expression::Null(_) => plain(Value::Null),
            Expression::Bool(yes) => plain(Value::Bool(*yes.value())),
            Expression::Number(number) => plain(Value::Number(number.value().to_string())),
            Expression::String(said) => text(unescaped(said.as_str()), span),
            Expression::Array(items) => {
                list(items.iter().map(|item| self.value(item)).collect(), span)
            }
            Expression::Object(object) => map(
                object
                    .iter()
                    .map(|(key, value)| {
                        let (key, key_span) = self.key(key);
                        Entry {
                            key,
                            key_span,
                            node: self.value(value.expr()),
                        }
                    })
                    .collect(),
                span,
            ),
            Expression::StringTemplate(template) => self.template(template, span),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template, span),
            Expression::Parenthesis(inner) => self.value(inner.inner()),
            Expression::Variable(name) => self
                .bound
                .borrow()
                .iter()
                .rev()
                .find(|(known, _)| known == name.as_str())
                .map_or_else(|| text(hole(name.as_str()), span), |(_, node)| node.clone()),
            Expression::Conditional(it) => match self.value(&it.cond_expr).value {
                Value::Bool(true) => self.value(&it.true_expr),
                Value::Bool(false) => self.value(&it.false_expr),
                _ => {
                    let (yes, no) = (self.value(&it.true_expr), self.value(&it.false_expr));
                    if yes.value == no.value {
                        yes
                    } else {
                        text(hole("condition"), span)
                    }
                }
            },
            Expression::FuncCall(call) => {
                let name = call.name.name.as_str();
                let arguments: Vec<Node> = call.args.iter().map(|it| self.value(it)).collect();
                function(name, &arguments, span).unwrap_or_else(|| text(hole(name), span))
            }
            Expression::Traversal(path) => self.reference(path, span),
            Expression::ForExpr(each) => self.each(each, span),
            Expression::UnaryOp(_) | Expression::BinaryOp(_) => text(hole("expression"), span),
        }
    }

    fn key(&self, key: &ObjectKey) -> (String, Span) {
        match key {
            ObjectKey::Ident(name) => (name.as_str().to_owned(), span_of(name.span())),
            ObjectKey::Expression(Expression::Variable(name)) => {
                (name.as_str().to_owned(), span_of(name.span()))
            }
            ObjectKey::Expression(expression) => {
                let node = self.value(expression);
                (
                    node.scalar().unwrap_or_else(|| hole("key")),
                    span_of(expression.span()),
                )
            }
        }
    }

    fn template(&self, template: &Template, span: Span) -> Node {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            let mut node = self.value(&only.expr);
            node.span = span;
            return node;
        }
        let mut said = String::new();
        for element in template {
            match element {
                Element::Literal(words) => said.push_str(&unescaped(words.as_str())),
                Element::Interpolation(it) => {
                    let value = self.value(&it.expr);
                    said.push_str(&value.scalar().unwrap_or_else(|| hole("value")));
                }
                Element::Directive(_) => said.push_str(&hole("directive")),
            }
        }
        text(said, span)
    }

    /// `[for x in list : value]`: over a list not known, one value with a hole.
    fn each(&self, each: &ForExpr, span: Span) -> Node {
        if each.key_expr.is_some() {
            return text(hole("for"), span);
        }
        let name = each.intro.value_var.as_str().to_owned();
        let items = match self.value(&each.intro.collection_expr).value {
            Value::List(items) if each.cond.is_none() => items,
            _ => vec![text(hole(&name), span)],
        };
        let made = items
            .into_iter()
            .map(|item| {
                self.bound.borrow_mut().push((name.clone(), item));
                let node = self.value(&each.value_expr);
                self.bound.borrow_mut().pop();
                node
            })
            .collect();
        list(made, span)
    }

    fn reference(&self, path: &Traversal, span: Span) -> Node {
        let Expression::Variable(root) = &path.expr else {
            let mut node = self.value(&path.expr);
            for operator in &path.operators {
                match self.step(node, operator.value()) {
                    Some(next) => node = next,
                    None => return text(hole("value"), span),
                }
            }
            return node;
        };
        let root = root.as_str();
        let mut names = vec![root.to_owned()];
        for operator in &path.operators {
            match operator.value() {
                TraversalOperator::GetAttr(name) => names.push(name.as_str().to_owned()),
                TraversalOperator::Index(index) => {
                    if let Some(key) = self.value(index).text() {
                        names.push(key.to_owned());
                    }
                }
                _ => {}
            }
        }
        let whole = names.join(".");
        let from = match root {
            "local" => names
                .get(1)
                .and_then(|name| self.file.locals.get(name.as_str()))
                .map(|expression| (self.value(expression), 1)),
            _ => self
                .bound
                .borrow()
                .iter()
                .rev()
                .find(|(known, _)| known == root)
                .map(|(_, node)| (node.clone(), 0)),
        };
        if let Some((mut node, skip)) = from {
            for operator in path.operators.iter().skip(skip) {
                match self.step(node, operator.value()) {
                    Some(next) => node = next,
                    None => return text(hole(&whole), span),
                }
            }
            node.span = span;
            return node;
        }
        match self.resource(&names) {
            Some(mut node) => {
                node.span = span;
                node
            }
            None => text(hole(&whole), span),
        }
    }

    fn step(&self, node: Node, operator: &TraversalOperator) -> Option<Node> {
        match operator {
            TraversalOperator::GetAttr(name) => node.get(name.as_str()).cloned(),
            TraversalOperator::Index(index) => {
                let index = self.value(index);
                match index.value {
                    Value::Text(key) => node.get(&key).cloned(),
                    Value::Number(at) => node.items().get(at.parse::<usize>().ok()?).cloned(),
                    _ => None,
                }
            }
            TraversalOperator::LegacyIndex(at) => node
                .items()
                .get(usize::try_from(*at.value()).ok()?)
                .cloned(),
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Some(node),
        }
    }

    /// An attribute of a resource or data of the file, as far as it is known before anything is applied.
    fn resource(&self, names: &[String]) -> Option<Node> {
        let data = names.first()? == "data";
        let [kind, name, rest @ ..] = &names[usize::from(data)..] else {
            return None;
        };
        let address = format!("{}{kind}.{name}", if data { "data." } else { "" });
        let attribute = rest.last()?;
        let body = self.file.by_address.get(&address);
        let read = |key: &str| Some(self.value(&body?.get_attribute(key)?.value));
        let words = |said: String| Some(text(said, Span::default()));
        match (kind.as_str(), attribute.as_str()) {
            ("aws_iam_policy_document", "json" | "minified_json") => {
                self.used.borrow_mut().insert(address);
                Some(super::resources::policy(&self.body(body?)))
            }
            ("aws_iam_openid_connect_provider", "arn") => {
                let url = read("url")?.scalar()?;
                words(format!(
                    "arn:aws:iam::{}:oidc-provider/{}",
                    hole("account"),
                    url.trim_start_matches("https://").trim_end_matches('/')
                ))
            }
            // Without its scheme, as the provider's state holds it.
            ("aws_iam_openid_connect_provider", "url") => {
                let url = read("url")?.scalar()?;
                words(url.trim_start_matches("https://").to_owned())
            }
            ("google_iam_workload_identity_pool", "name") => {
                let id = read("workload_identity_pool_id")
                    .and_then(|it| it.scalar())
                    .unwrap_or_else(|| hole(name));
                words(format!(
                    "projects/{}/locations/global/workloadIdentityPools/{id}",
                    hole("project")
                ))
            }
            ("aws_caller_identity", "account_id") => words(hole("account")),
            ("aws_partition", "partition") => words("aws".to_owned()),
            (_, "arn" | "id") => None,
            (_, key) => read(key).filter(|it| matches!(it.value, Value::Text(_) | Value::List(_))),
        }
    }
}

/// `$${` and `%%{` stand for `${` and `%{`.
fn unescaped(said: &str) -> String {
    said.replace("$${", "${").replace("%%{", "%{")
}

/// The value of a function, where every argument it needs is told.
fn function(name: &str, arguments: &[Node], span: Span) -> Option<Node> {
    let said = |at: usize| arguments.get(at).and_then(Node::scalar);
    let items = || -> Vec<Node> {
        arguments
            .iter()
            .flat_map(|it| match &it.value {
                Value::List(items) => items.clone(),
                Value::Null => Vec::new(),
                _ => vec![it.clone()],
            })
            .collect()
    };
    let made = match name {
        "jsonencode" | "jsondecode" | "toset" | "tolist" | "tomap" | "sort" | "distinct"
        | "sensitive" | "nonsensitive" => return arguments.first().cloned(),
        "concat" | "flatten" | "setunion" => {
            let flat = items()
                .into_iter()
                .flat_map(|it| match it.value {
                    Value::List(items) => items,
                    _ => vec![it],
                })
                .collect();
            return Some(list(flat, span));
        }
        "compact" => {
            let kept = items()
                .into_iter()
                .filter(|it| it.text() != Some("") && it.value != Value::Null)
                .collect();
            return Some(list(kept, span));
        }
        "merge" => {
            let mut entries: Vec<Entry> = Vec::new();
            for it in arguments {
                if !it.is_map() {
                    return None;
                }
                for new in it.entries() {
                    entries.retain(|old| old.key != new.key);
                    entries.push(entry(&new.key, new.node.clone()));
                }
            }
            return Some(map(entries, span));
        }
        "one" | "try" | "coalesce" => {
            let first = arguments.first()?;
            return Some(first.items().first().unwrap_or(first).clone());
        }
        "element" => {
            let at: usize = said(1)?.parse().ok()?;
            return arguments.first()?.items().get(at).cloned();
        }
        "split" => {
            let (between, whole) = (said(0)?, said(1)?);
            if hole::has(&whole) || between.is_empty() {
                return None;
            }
            return Some(list(
                whole.split(&between).map(|it| text(it, span)).collect(),
                span,
            ));
        }
        "replace" => replaced(&said(0)?, &said(1)?, &said(2)?)?,
        "trimprefix" => {
            let (whole, start) = (said(0)?, said(1)?);
            whole.strip_prefix(&start).unwrap_or(&whole).to_owned()
        }
        "trimsuffix" => {
            let (whole, end) = (said(0)?, said(1)?);
            whole.strip_suffix(&end).unwrap_or(&whole).to_owned()
        }
        "tostring" => said(0)?,
        "lower" => said(0)?.to_lowercase(),
        "join" => {
            let parts: Option<Vec<String>> =
                arguments.get(1)?.items().iter().map(Node::scalar).collect();
            parts?.join(&said(0)?)
        }
        "format" => {
            let mut rest = arguments.iter().skip(1);
            let template = said(0)?;
            let mut pieces = template.split("%s");
            let mut whole = pieces.next()?.to_owned();
            for piece in pieces {
                whole.push_str(&rest.next()?.scalar()?);
                whole.push_str(piece);
            }
            if whole.contains('%') && template.contains('%') && !template.contains("%s") {
                return None;
            }
            whole
        }
        _ => return None,
    };
    Some(text(made, span))
}

/// `replace`: a pattern between slashes is a regular expression.
fn replaced(whole: &str, find: &str, with: &str) -> Option<String> {
    match find.strip_prefix('/').and_then(|it| it.strip_suffix('/')) {
        Some(pattern) => {
            let pattern = regex::RegexBuilder::new(pattern)
                .size_limit(1 << 18)
                .build()
                .ok()?;
            Some(pattern.replace_all(whole, with).into_owned())
        }
        None if find.is_empty() => None,
        None => Some(whole.replace(find, with)),
    }
}
