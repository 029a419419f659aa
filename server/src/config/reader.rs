//! Takes settings out of the environment and the file, and collects what is wrong with them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use toml::{Table, Value};

use super::Problems;
use super::settings::{SETTINGS, Setting, by_key};

/// Where the values come from, and what was wrong so far.
pub(super) struct Reader<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    file: BTreeMap<String, Value>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Reads the file's text; what it says wrongly is a problem for later.
    pub(super) fn new(env: &'a dyn Fn(&str) -> Option<String>, file: Option<&str>) -> Self {
        let mut reader = Self {
            env,
            file: BTreeMap::new(),
            problems: Vec::new(),
        };
        match file.map(toml::from_str::<Table>) {
            None => {}
            Some(Ok(table)) => reader.flatten("", table),
            // The parser's message names line and column; the text around it may hold a secret.
            Some(Err(error)) => reader.problem(format!("rollcall.toml: {}", error.message())),
        }
        reader
    }

    fn flatten(&mut self, prefix: &str, table: Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}.{name}")
            };
            match value {
                value if by_key(&key).is_some() => {
                    self.file.insert(key, value);
                }
                Value::Table(inner) if SETTINGS.iter().any(|s| s.key.starts_with(&format!("{key}."))) => {
                    self.flatten(&key, inner);
                }
                _ => self.problem(format!("rollcall.toml: `{key}` is not a setting; `rollcall config reference` lists them")),
            }
        }
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    /// Notes a problem with one setting.
    pub(super) fn wrong(&mut self, key: &str, why: impl Display) {
        let setting = known(key);
        self.problem(format!("{} (`{}`): {why}", setting.env, setting.key));
    }

    /// A variable of the environment that is not a setting of ours.
    pub(super) fn environment(&self, name: &str) -> Option<String> {
        (self.env)(name)
    }

    /// A text as given, or `None`.
    pub(super) fn given(&mut self, key: &str) -> Option<String> {
        if let Some(value) = (self.env)(known(key).env) {
            return Some(value);
        }
        match self.file.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Boolean(truth) => Some(truth.to_string()),
            _ => {
                self.wrong(key, "must be a text or a number");
                None
            }
        }
    }

    /// A text, or the setting's default.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.given(key)
            .unwrap_or_else(|| known(key).default.to_owned())
    }

    /// A readable value, or the setting's default; an unreadable one is a problem.
    pub(super) fn parsed<T>(&mut self, key: &str, what: &str) -> T
    where
        T: FromStr,
    {
        let text = self.text(key);
        text.parse().unwrap_or_else(|_| {
            self.wrong(key, format_args!("{text:?} is not {what}"));
            default_of(key)
        })
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&mut self, key: &str, bounds: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        let number = self.parsed(key, "a whole number");
        if bounds.contains(&number) {
            return number;
        }
        self.wrong(
            key,
            format_args!(
                "{number} is not between {} and {}",
                bounds.start(),
                bounds.end()
            ),
        );
        default_of(key)
    }

    /// A list: in the environment separated by commas, in the file an array.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        match (self.env)(known(key).env) {
            Some(text) => split(&text),
            None => match self.file.get(key) {
                None => split(known(key).default),
                Some(Value::String(text)) => split(text),
                Some(Value::Array(items)) => {
                    let words: Vec<String> = items
                        .iter()
                        .filter_map(|i| i.as_str().map(str::to_owned))
                        .collect();
                    if words.len() != items.len() {
                        self.wrong(key, "must be a list of texts");
                    }
                    words
                }
                Some(_) => {
                    self.wrong(key, "must be a list of texts");
                    Vec::new()
                }
            },
        }
    }

    /// Pairs `name=value`: in the environment separated by commas, in the file a table of texts or lists.
    pub(super) fn pairs(&mut self, key: &str) -> Vec<(String, String)> {
        if let (None, Some(Value::Table(table))) = ((self.env)(known(key).env), self.file.get(key))
        {
            let mut pairs = Vec::new();
            let mut unreadable = false;
            for (name, value) in table {
                match value {
                    Value::String(text) => pairs.push((name.clone(), text.clone())),
                    Value::Array(items) => items.iter().for_each(|item| match item.as_str() {
                        Some(text) => pairs.push((name.clone(), text.to_owned())),
                        None => unreadable = true,
                    }),
                    _ => unreadable = true,
                }
            }
            if unreadable {
                self.wrong(key, "each value must be a text or a list of texts");
            }
            return pairs;
        }
        let mut pairs = Vec::new();
        for word in self.list(key) {
            match word.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                    pairs.push((name.trim().to_owned(), value.trim().to_owned()));
                }
                _ => self.wrong(key, format_args!("{word:?} is not of the form name=group")),
            }
        }
        pairs
    }

    /// The result, or everything that was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Problems(self.problems)),
        }
    }
}

fn known(key: &str) -> &'static Setting {
    by_key(key).expect("config::build only asks for settings of the table")
}

fn default_of<T: FromStr>(key: &str) -> T {
    known(key)
        .default
        .parse()
        .unwrap_or_else(|_| unreachable!("the default of {key} is readable"))
}

fn split(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
