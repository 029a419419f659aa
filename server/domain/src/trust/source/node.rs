//! The tree a document becomes.

use super::{Span, Spanned};
use crate::trust::hole;

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
            Value::Text(text) => hole::shown(text).into_owned().into(),
            Value::List(items) => items.iter().map(Self::json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| {
                    let key = hole::shown(&entry.key).into_owned();
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
