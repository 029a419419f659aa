//! The cells of one row by field, and how each kind of value is read. Every reader notes what is wrong beside the
//! field and goes on, so that a person sees all problems of a row at once.

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use contract::identities::Environment;
use contract::imports::ImportProblem;

use super::Place;
use crate::identity::secret;

/// Longest cell, in bytes. Trust documents are the longest thing of ours; AWS allows 4 KiB for one.
pub const MAX_CELL: usize = 64 * 1024;

/// One row.
#[derive(Debug, Clone)]
pub struct Fields {
    /// Where it stands.
    pub place: Place,
    /// The moment of reading.
    pub now: DateTime<Utc>,
    values: BTreeMap<String, String>,
    problems: Vec<ImportProblem>,
}

impl Fields {
    /// An empty row.
    pub const fn new(place: Place, now: DateTime<Utc>) -> Self {
        Self {
            place,
            now,
            values: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Puts a cell in; blank ones say nothing. A secret, a formula or an endless text is refused here.
    pub fn put(&mut self, field: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        match sound(text) {
            Ok(text) => {
                self.values.insert(field.to_owned(), text.to_owned());
            }
            Err(message) => self.wrong(field, message),
        }
    }

    /// Notes what is wrong, once for each field.
    pub fn wrong(&mut self, field: &str, message: impl Into<String>) {
        if !self.problems.iter().any(|p| p.field == field) {
            self.problems.push(self.place.problem(field, message));
        }
    }

    /// Whether nothing is said at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.problems.is_empty()
    }

    /// What is wrong, when anything is.
    ///
    /// # Errors
    /// The problems, in the order they were found.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<ImportProblem>> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(self.problems),
        }
    }

    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<String> {
        self.values.get(field).cloned()
    }

    /// The text of a field that has to be said.
    pub fn needed(&mut self, field: &str, what: &str) -> Option<String> {
        let text = self.text(field);
        if text.is_none() {
            self.wrong(field, format!("is missing: {what}"));
        }
        text
    }

    /// Text of at most so many characters on one line.
    pub fn line(&mut self, field: &str, limit: usize) -> Option<String> {
        let text = self.text(field)?;
        if text.chars().any(char::is_control) {
            self.wrong(
                field,
                "has a line break or control character in it; use one line of plain text",
            );
            return None;
        }
        self.short(field, limit, text)
    }

    /// Text of at most so many characters.
    pub fn prose(&mut self, field: &str, limit: usize) -> Option<String> {
        let text = self.text(field)?;
        self.short(field, limit, text)
    }

    fn short(&mut self, field: &str, limit: usize, text: String) -> Option<String> {
        let length = text.chars().count();
        if length > limit {
            self.wrong(
                field,
                format!("has {length} characters; at most {limit} are taken"),
            );
            return None;
        }
        Some(text)
    }

    /// A word of a fixed list; spaces, hyphens and case do not matter.
    pub fn word<T: FromStr>(&mut self, field: &str, all: &[&str]) -> Option<T> {
        let text = self.text(field)?;
        let found = plain(&text).parse().ok();
        if found.is_none() {
            self.wrong(field, one_of(&text, all));
        }
        found
    }

    /// Yes or no.
    pub fn flag(&mut self, field: &str) -> Option<bool> {
        let text = self.text(field)?;
        match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" | "x" => Some(true),
            "false" | "no" | "n" | "0" | "-" => Some(false),
            _ => {
                self.wrong(field, one_of(&text, &["true", "false"]));
                None
            }
        }
    }

    /// A moment; never one that lies ahead.
    pub fn past(&mut self, field: &str) -> Option<DateTime<Utc>> {
        let at = self.time(field)?;
        // A day of grace: clocks differ, and a date without a zone may be tomorrow somewhere.
        if at > self.now + TimeDelta::days(1) {
            self.wrong(
                field,
                format!("lies in the future: {}", at.format("%Y-%m-%d")),
            );
            return None;
        }
        Some(at)
    }

    /// A moment.
    pub fn time(&mut self, field: &str) -> Option<DateTime<Utc>> {
        let text = self.text(field)?;
        let at = moment(&text);
        if at.is_none() {
            self.wrong(
                field,
                format!(
                    "“{}” is no time; write 2026-11-21 or 2026-11-21T10:00:00Z",
                    cut(&text)
                ),
            );
        }
        at
    }

    /// Several values: separated by `;`, `|`, `,` or line breaks.
    pub fn list(&self, field: &str) -> Option<Vec<String>> {
        Some(split(&self.text(field)?, &[';', '|', ',', '\n']))
    }

    /// Several lines: separated by `;`, `|` or line breaks; commas belong to the value.
    pub fn lines(&self, field: &str) -> Vec<String> {
        self.text(field)
            .map(|text| split(&text, &[';', '|', '\n']))
            .unwrap_or_default()
    }

    /// Environments in display order; common other words for them are understood.
    pub fn environments(&mut self, field: &str) -> Option<Vec<Environment>> {
        let text = self.text(field)?;
        let mut all = Vec::new();
        for word in split(&text, &[';', '|', ',', '\n', ' ']) {
            if let Some(found) = environment(&word) {
                all.push(found);
            } else {
                self.wrong(
                    field,
                    one_of(&word, &words(Environment::ALL, Environment::as_str)),
                );
                return None;
            }
        }
        all.sort_unstable();
        all.dedup();
        Some(all)
    }
}

/// Refuses what may not be kept or shown. The apostrophe that our own export puts before a formula sign is taken off.
fn sound(text: &str) -> Result<&str, String> {
    if text.len() > MAX_CELL {
        return Err(format!(
            "has {} bytes; at most {MAX_CELL} are taken in one cell",
            text.len()
        ));
    }
    if let Some(shape) = secret::find(text) {
        return Err(shape.refusal());
    }
    if text.contains('\0') {
        return Err("has a NUL character in it; is this a text file?".into());
    }
    let signs = ['=', '+', '-', '@'];
    if let Some(rest) = text.strip_prefix('\'')
        && rest.starts_with(signs)
    {
        return Ok(rest);
    }
    // Attack: CSV injection (OWASP). `@acme/payments` and `-` are words; a call, a pipe or a sheet reference is not.
    if text.starts_with('=') || (text.starts_with(signs) && text.contains(['(', '|', '!'])) {
        return Err("begins like a spreadsheet formula; write it as plain text".into());
    }
    Ok(text)
}

fn split(text: &str, signs: &[char]) -> Vec<String> {
    text.split(|c| signs.contains(&c))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A word as it is kept: lower case, underscores.
pub fn plain(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect()
}

/// The first characters of a text, for a sentence about it.
pub fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace(char::is_control, " ")
}

/// A sentence that names the choices.
pub fn one_of(text: &str, all: &[&str]) -> String {
    format!("“{}” is not one of {}", cut(text), all.join(", "))
}

/// The words of an enum.
pub fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| word(*value)).collect()
}

/// Reads a moment: RFC 3339, with a space for the `T`, without a zone (UTC), or a day alone.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let iso = text.replacen(' ', "T", 1);
    if let Ok(at) = DateTime::parse_from_rfc3339(&iso) {
        return Some(at.to_utc());
    }
    let naive = iso
        .strip_suffix("TUTC")
        .or(iso.strip_suffix(" UTC"))
        .unwrap_or(&iso);
    for shape in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(naive, shape) {
            return Some(at.and_utc());
        }
    }
    let day = NaiveDate::parse_from_str(naive, "%Y-%m-%d").ok()?;
    day.and_hms_opt(0, 0, 0).map(|at| at.and_utc())
}

/// An environment by any of its common names.
pub fn environment(word: &str) -> Option<Environment> {
    Some(match plain(word).as_str() {
        "production" | "prod" | "prd" | "live" => Environment::Production,
        "staging" | "stage" | "stg" | "preprod" | "pre_production" | "test" | "testing" | "qa"
        | "uat" => Environment::Staging,
        "development" | "dev" | "sandbox" | "local" => Environment::Development,
        _ => return None,
    })
}

/// The environment a vendor's name speaks of: the one word in it that is an environment's.
pub fn environment_in(name: &str) -> Option<Environment> {
    let mut found = name
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(environment);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}
