//! Documents with positions: JSON and YAML become one tree that keeps byte spans and duplicate keys.

use jsonc_parser::ast;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// Largest document read, in bytes.
pub const LARGEST: usize = 16 << 20;
/// Deepest nesting read.
const DEEPEST: usize = 100;
/// Most nodes a YAML document may have once its aliases are expanded.
const MOST_NODES: usize = 500_000;

/// A place in the source: line and column, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A byte range of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A text and the span it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned {
    pub text: String,
    pub span: Span,
}

/// The text of a document, able to tell lines and columns in constant time, however long a line is.
#[derive(Debug, Clone, Default)]
pub struct Source {
    text: String,
    starts: Vec<usize>,
    /// Characters before each block of [`BLOCK`] bytes.
    before: Vec<usize>,
}

/// Bytes counted at most for one position.
const BLOCK: usize = 1024;

impl Source {
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut characters = 0;
        let before = text
            .as_bytes()
            .chunks(BLOCK)
            .map(|block| {
                let here = characters;
                characters += begun(block);
                here
            })
            .collect();
        Self {
            text: text.to_owned(),
            starts,
            before,
        }
    }

    pub fn position(&self, span: Span) -> Position {
        let line = self
            .starts
            .partition_point(|start| *start <= span.start)
            .max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        Position {
            line,
            column: self
                .characters(span.start)
                .saturating_sub(self.characters(start))
                + 1,
        }
    }

    /// Characters before a byte.
    fn characters(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = (at / BLOCK).min(self.before.len().saturating_sub(1));
        let counted = self.before.get(block).copied().unwrap_or_default();
        counted
            + begun(
                self.text
                    .as_bytes()
                    .get(block * BLOCK..at)
                    .unwrap_or_default(),
            )
    }
}

/// Characters that begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// A value of the document and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
}

/// What a node holds. Numbers keep their spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub key_span: Span,
    pub node: Node,
}

impl Node {
    /// The value of a key, the first when it stands twice; nulls count as absent.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
            .filter(|node| node.value != Value::Null)
    }

    /// The value of the first of several spellings of a key.
    pub fn any(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn spanned(&self) -> Option<Spanned> {
        self.scalar().map(|text| Spanned {
            text,
            span: self.span,
        })
    }

    /// A scalar as text: booleans and numbers as they are spelt.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(yes) => Some(yes.to_string()),
            _ => None,
        }
    }

    /// A scalar, or the scalars of a list, nested lists flattened.
    pub fn strings(&self) -> Vec<Spanned> {
        match &self.value {
            Value::List(items) => items.iter().flat_map(Self::strings).collect(),
            _ => self.spanned().into_iter().collect(),
        }
    }

    /// The same without positions; of a duplicate key the last value, as decoders do.
    pub fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(yes) => (*yes).into(),
            Value::Number(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into())
            }
            Value::Text(text) => super::hole::shown(text).into_owned().into(),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| {
                    let key = super::hole::shown(&entry.key).into_owned();
                    (key, entry.node.json())
                })
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// The keys that stand twice in one object, anywhere below.
    pub fn duplicates(&self, found: &mut Vec<(String, Span)>) {
        let mut seen = std::collections::HashSet::new();
        for entry in self.entries() {
            if !seen.insert(entry.key.as_str()) {
                found.push((entry.key.clone(), entry.key_span));
            }
            entry.node.duplicates(found);
        }
        for item in self.items() {
            item.duplicates(found);
        }
    }

    /// Puts every span of the tree at one place, for a document that was a string in another.
    pub fn at(mut self, span: Span) -> Self {
        self.span = span;
        match &mut self.value {
            Value::List(items) => {
                for item in items {
                    *item = std::mem::replace(item, EMPTY).at(span);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    entry.key_span = span;
                    entry.node = std::mem::replace(&mut entry.node, EMPTY).at(span);
                }
            }
            _ => {}
        }
        self
    }
}

const EMPTY: Node = Node {
    span: Span { start: 0, end: 0 },
    value: Value::Null,
};

/// Reads strict JSON. `serde_json` says what is wrong and where; the second reading gives the positions.
pub fn json(text: &str) -> Result<Node, String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|why| why.to_string())?;
    let strict = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed =
        jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &strict)
            .map_err(|why| why.to_string())?;
    parsed
        .value
        .map(|value| from_json(&value))
        .ok_or_else(|| "the document is empty".to_owned())
}

fn from_json(value: &ast::Value) -> Node {
    let span = |range: &jsonc_parser::common::Range| Span {
        start: range.start,
        end: range.end,
    };
    match value {
        ast::Value::NullKeyword(it) => Node {
            span: span(&it.range),
            value: Value::Null,
        },
        ast::Value::BooleanLit(it) => Node {
            span: span(&it.range),
            value: Value::Bool(it.value),
        },
        ast::Value::NumberLit(it) => Node {
            span: span(&it.range),
            value: Value::Number(it.value.to_owned()),
        },
        ast::Value::StringLit(it) => Node {
            span: span(&it.range),
            value: Value::Text(it.value.to_string()),
        },
        ast::Value::Array(it) => Node {
            span: span(&it.range),
            value: Value::List(it.elements.iter().map(from_json).collect()),
        },
        ast::Value::Object(it) => Node {
            span: span(&it.range),
            value: Value::Map(
                it.properties
                    .iter()
                    .map(|property| Entry {
                        key: property.name.as_str().to_owned(),
                        key_span: Span {
                            start: property.range.start,
                            end: property.range.end,
                        },
                        node: from_json(&property.value),
                    })
                    .collect(),
            ),
        },
    }
}

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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn json_keeps_positions_and_duplicates() {
        let text = "{\n  \"a\": [1, \"é\", \"x\"],\n  \"a\": true\n}";
        let node = json(text).unwrap();
        let source = Source::new(text);
        let place = source.position(node.get("a").unwrap().items()[2].span);
        assert_eq!(
            place,
            Position {
                line: 2,
                column: 17
            }
        );
        let mut twice = Vec::new();
        node.duplicates(&mut twice);
        assert_eq!(twice[0].0, "a");
        assert_eq!(source.position(twice[0].1).line, 3);
    }

    #[test]
    fn broken_json_is_told_with_its_line() {
        assert!(json("{\n\"a\": }").unwrap_err().contains("line 2"));
        assert!(json("{'a': 1}").is_err());
        assert!(json(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn yaml_expands_anchors_within_bounds() {
        let node = yaml("é: &x {k: [1, yes]}\nb: *x\n").unwrap();
        assert_eq!(node.get("b").unwrap().json(), node.get("é").unwrap().json());
        let mut bomb = String::from("a0: &a0 [x, x]\n");
        for at in 1..40 {
            let before = at - 1;
            let line = format!("a{at}: &a{at} [*a{before}, *a{before}]\n");
            bomb += &line;
        }
        assert!(yaml(&bomb).unwrap_err().contains("aliases"));
    }
}
