//! YAML with positions, its aliases expanded up to a bound.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{Entry, Node, Span, Value};

/// Deepest nesting read.
const DEEPEST: usize = 100;
/// Most nodes a document may have once its aliases are expanded.
const MOST_NODES: usize = 500_000;

/// Reads the first document of YAML: anchors expanded up to a bound, plain scalars typed by the core schema.
pub fn yaml(text: &str) -> Result<Node, String> {
    // The parser counts characters; spans are bytes.
    let offsets: Option<Vec<usize>> = (!text.is_ascii()).then(|| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect()
    });
    let byte = |index: usize| match &offsets {
        Some(offsets) => offsets.get(index).copied().unwrap_or(text.len()),
        None => index,
    };
    let mut tree = Growing::default();
    for event in Parser::new_from_str(text) {
        let (event, at) = event.map_err(|why| why.to_string())?;
        let span = Span {
            start: byte(at.start.index()),
            end: byte(at.end.index()),
        };
        if tree.take(event, span)? {
            break;
        }
    }
    tree.root.ok_or_else(|| "the document is empty".to_owned())
}

/// A key and where it stands.
type Key = (String, Span);

/// A tree being built from events.
#[derive(Default)]
struct Growing {
    /// Collections not yet ended: the node, its anchor, the key that waits for its value, and the function the
    /// collection is the argument of.
    open: Vec<(Node, usize, Option<Key>, Option<String>)>,
    anchors: std::collections::HashMap<usize, (Node, usize)>,
    root: Option<Node>,
    nodes: usize,
}

impl Growing {
    /// Takes an event; true when the first document is whole.
    fn take(&mut self, event: Event, span: Span) -> Result<bool, String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = if plain {
                    typed(&text)
                } else {
                    Value::Text(text.into_owned())
                };
                let called = function(tag.as_deref());
                self.put(call(Node { span, value }, called), anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(
                    Value::List(Vec::new()),
                    span,
                    anchor,
                    function(tag.as_deref()),
                )?;
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(
                    Value::Map(Vec::new()),
                    span,
                    anchor,
                    function(tag.as_deref()),
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut node, anchor, _, called)) = self.open.pop() {
                    node.span.end = span.end;
                    self.put(call(node, called), anchor)?;
                }
            }
            Event::Alias(anchor) => {
                let (node, size) = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| "an alias names an anchor that is not there".to_owned())?;
                self.nodes += size;
                self.put(node.at(span), 0)?;
            }
            Event::DocumentEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn begin(
        &mut self,
        value: Value,
        span: Span,
        anchor: usize,
        called: Option<String>,
    ) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("nested deeper than {DEEPEST} levels"));
        }
        self.open.push((Node { span, value }, anchor, None, called));
        Ok(())
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(format!(
                "more than {MOST_NODES} nodes once aliases are expanded"
            ));
        }
        if anchor != 0 {
            let size = count(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((parent, _, key, _)) => match &mut parent.value {
                Value::List(items) => items.push(node),
                Value::Map(entries) => match key.take() {
                    Some((key, key_span)) => entries.push(Entry {
                        key,
                        key_span,
                        node,
                    }),
                    None => *key = Some((node.scalar().unwrap_or_default(), node.span)),
                },
                _ => {}
            },
        }
        Ok(())
    }
}

/// The function of CloudFormation a short tag (`!Sub`) stands for; others, such as GitLab's `!reference`, are left alone.
fn function(tag: Option<&saphyr_parser::Tag>) -> Option<String> {
    const SHORT: [&str; 12] = [
        "Sub",
        "GetAtt",
        "Join",
        "If",
        "FindInMap",
        "ImportValue",
        "Select",
        "Split",
        "Base64",
        "Cidr",
        "GetAZs",
        "Transform",
    ];
    let tag = tag.filter(|tag| tag.handle == "!")?;
    match tag.suffix.as_str() {
        "Ref" => Some("Ref".to_owned()),
        name if SHORT.contains(&name) => Some(format!("Fn::{name}")),
        _ => None,
    }
}

/// A node as the argument of a function.
fn call(node: Node, called: Option<String>) -> Node {
    match called {
        None => node,
        Some(key) => Node {
            span: node.span,
            value: Value::Map(vec![Entry {
                key,
                key_span: node.span,
                node,
            }]),
        },
    }
}

fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>()
        + node
            .entries()
            .iter()
            .map(|entry| count(&entry.node))
            .sum::<usize>()
}

/// YAML 1.2 core schema; `on`, `yes` and `no` stay text.
fn typed(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if serde_json::from_str::<serde_json::Number>(text).is_ok() => {
            Value::Number(text.to_owned())
        }
        _ => Value::Text(text.to_owned()),
    }
}
