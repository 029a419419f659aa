//! A record as a tree that borrows: strings and keys written without escapes are those of the delivery's own bytes.
//!
//! Read by serde_json's deserializer, so that its errors, its depth and its rules for numbers hold; asked by the names
//! serde_json's own tree is asked by. That one hashes every key and owns every string, which was a tenth of what taking
//! a delivery in cost. Objects here are lists: records have few keys, and most looks at one compare lengths only.
//!
//! A key that stands twice is kept twice. [`Value::get`] answers the last, as most readers of JSON do; whoever changes
//! what stands there ([`Value::all_mut`], [`Object::iter_mut`]) is given every one, so that no secret hides behind
//! another.

mod build;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

pub(super) use build::TOO_MANY;
use serde::{Serialize, Serializer};
use serde_json::Number;

/// A JSON value.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as serde_json holds it.
    Number(Number),
    /// A string, borrowed where it has no escapes.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// The members of an object, in the order received. Two are equal when they hold the same in the same order.
#[derive(Clone, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Value<'a> {
    /// What an object holds under this key: the last of several; `None` for anything that is no object.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(key)
    }

    /// Everything an object holds under this key, to be changed; nothing for anything that is no object.
    pub fn all_mut<'v>(&'v mut self, key: &'v str) -> impl Iterator<Item = &'v mut Value<'a>> {
        let map = match self {
            Self::Object(map) => Some(map),
            _ => None,
        };
        map.into_iter().flat_map(move |map| map.all_mut(key))
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number, if it is one that an `i64` holds.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&Vec<Value<'a>>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// How many values it is, with those in it.
    pub fn count(&self) -> usize {
        let inner: usize = match self {
            Self::Array(items) => items.iter().map(Value::count).sum(),
            Self::Object(map) => map.iter().map(|(_, item)| item.count()).sum(),
            _ => 0,
        };
        inner + 1
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number),
            Self::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(map) => Value::Object(Object(
                map.0
                    .into_iter()
                    .map(|(key, item)| (Cow::Owned(key.into_owned()), item.into_owned()))
                    .collect(),
            )),
        }
    }
}

impl<'a> Object<'a> {
    /// What stands under this key: the last of several.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.iter()
            .rev()
            .find_map(|(name, item)| (name == key).then_some(item))
    }

    /// Whether anything stands under this key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.keys().any(|name| name == key)
    }

    /// Everything that stands under this key, to be changed.
    pub fn all_mut<'v>(&'v mut self, key: &'v str) -> impl Iterator<Item = &'v mut Value<'a>> {
        self.iter_mut()
            .filter_map(move |(name, item)| (*name == key).then_some(item))
    }

    /// The keys and what stands under them, in the order received.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, item)| (key.as_ref(), item))
    }

    /// The same, to be changed; keys too.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&mut Cow<'a, str>, &mut Value<'a>)> {
        self.0.iter_mut().map(|(key, item)| (key, item))
    }

    /// The keys, in the order received.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_ref())
    }

    /// What stands under the keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value<'a>> {
        self.0.iter_mut().map(|(_, item)| item)
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(map) => serializer.collect_map(map.iter()),
        }
    }
}

/// Compact JSON.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
