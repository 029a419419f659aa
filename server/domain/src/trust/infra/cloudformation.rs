//! CloudFormation: the roles of a template, intrinsic functions filled in as far as the template tells.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use super::{Found, telling, text};
use crate::trust::Language;
use crate::trust::hole::hole;
use crate::trust::source::{self, Entry, Node, Value};

/// Deepest nesting of functions followed.
const DEEPEST: usize = 60;

/// The roles of a template; nothing when the document is none.
pub fn cloudformation(root: &Node) -> Option<Vec<Found>> {
    let resources = root.get("Resources").filter(|it| it.is_map())?;
    let template = resources.entries().iter().any(|entry| {
        entry
            .node
            .get("Type")
            .and_then(Node::text)
            .is_some_and(|kind| kind.starts_with("AWS::"))
    });
    if !template {
        return None;
    }
    let filling = Filling { resources };
    let found = resources
        .entries()
        .iter()
        .filter(|entry| entry.node.get("Type").and_then(Node::text) == Some("AWS::IAM::Role"))
        .filter_map(|entry| {
            let written = entry
                .node
                .get("Properties")?
                .get("AssumeRolePolicyDocument")?;
            let node = document(filling.fill(written, 0));
            node.get("Statement").is_some().then(|| Found {
                name: entry.key.clone(),
                language: Language::Aws,
                node,
            })
        })
        .collect();
    Some(telling(found))
}

/// A document written as a string is read.
fn document(node: Node) -> Node {
    match node.text().map(source::json) {
        Some(Ok(inner)) => inner.at(node.span),
        _ => node,
    }
}

struct Filling<'a> {
    resources: &'a Node,
}

impl Filling<'_> {
    fn fill(&self, node: &Node, depth: usize) -> Node {
        if depth > DEEPEST {
            return text(hole("nested"), node.span);
        }
        if let [only] = node.entries()
            && let Some(filled) = self.function(&only.key, &only.node, depth)
        {
            return Node {
                span: node.span,
                ..filled
            };
        }
        let value = match &node.value {
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|it| Entry {
                        key: it.key.clone(),
                        key_span: it.key_span,
                        node: self.fill(&it.node, depth + 1),
                    })
                    .collect(),
            ),
            Value::List(items) => {
                Value::List(items.iter().map(|it| self.fill(it, depth + 1)).collect())
            }
            other => other.clone(),
        };
        Node {
            span: node.span,
            value,
        }
    }

    /// The value of an intrinsic function; nothing when the key is none.
    fn function(&self, name: &str, argument: &Node, depth: usize) -> Option<Node> {
        let span = argument.span;
        let said = match name {
            "Ref" => self.named(argument.text().unwrap_or_default()),
            "Fn::GetAtt" => {
                let path: Vec<String> = argument.strings().into_iter().map(|it| it.text).collect();
                self.named(&path.join("."))
            }
            "Fn::Sub" => {
                let (template, values) = match argument.items() {
                    [template, values, ..] => (template.text()?, Some(values)),
                    _ => (argument.text()?, None),
                };
                self.substitute(template, values, depth)
            }
            "Fn::Join" => {
                let [between, parts] = argument.items() else {
                    return Some(text(hole(name), span));
                };
                let parts = self.fill(parts, depth + 1);
                let parts: Vec<String> = parts.strings().into_iter().map(|it| it.text).collect();
                parts.join(between.text().unwrap_or_default())
            }
            _ if name.starts_with("Fn::") => hole(name.trim_start_matches("Fn::")),
            _ => return None,
        };
        Some(text(said, span))
    }

    /// `${Name}` and `${Name.Attribute}` of `Fn::Sub`; `${!Name}` is `${Name}` itself.
    fn substitute(&self, template: &str, values: Option<&Node>, depth: usize) -> String {
        let mut said = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            said.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                said.push_str("${");
                rest = after;
                continue;
            };
            if let Some(literal) = name.strip_prefix('!') {
                said.push_str("${");
                said.push_str(literal);
                said.push('}');
            } else if let Some(value) = values.and_then(|it| it.get(name.trim())) {
                let value = self.fill(value, depth + 1);
                said.push_str(&value.scalar().unwrap_or_else(|| hole(name)));
            } else {
                said.push_str(&self.named(name.trim()));
            }
            rest = after;
        }
        said.push_str(rest);
        said
    }

    /// A parameter, pseudo parameter or resource; only the ARN of a provider made here is known.
    fn named(&self, path: &str) -> String {
        match path {
            "AWS::Partition" => return "aws".to_owned(),
            "AWS::URLSuffix" => return "amazonaws.com".to_owned(),
            _ => {}
        }
        let name = path.split('.').next().unwrap_or_default();
        let url = self
            .resources
            .get(name)
            .filter(|it| it.get("Type").and_then(Node::text) == Some("AWS::IAM::OIDCProvider"))
            .and_then(|it| it.get("Properties")?.get("Url")?.text());
        match url {
            Some(url) => format!(
                "arn:aws:iam::{}:oidc-provider/{}",
                hole("AWS.AccountId"),
                url.trim_start_matches("https://").trim_end_matches('/')
            ),
            None => hole(&path.replace("::", ".")),
        }
    }
}
