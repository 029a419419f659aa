//! Holes: parts of a text that an infrastructure file leaves open (a variable, another module's output).
//!
//! Inside, a hole stands between two characters of the private use area, so that no vendor's syntax meets it by
//! chance; whatever leaves this module for people shows it as `${name}`. Judging is three-valued: what depends on
//! a hole cannot be told, unless the rest of the text already decides.

use std::borrow::Cow;

use super::glob::{Tok, matches};

const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A hole of this name. Delimiters of subjects and ARNs in the name are replaced, so that they count for nothing.
pub fn hole(name: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "_.-".contains(c) {
            c
        } else {
            '_'
        }
    };
    format!(
        "{OPEN}{}{CLOSE}",
        name.chars().map(plain).collect::<String>()
    )
}

/// The text has a hole.
pub fn has(text: &str) -> bool {
    text.contains(OPEN)
}

/// A hole at the beginning of the text, and what follows it.
pub fn split(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(OPEN)?.split_once(CLOSE)
}

/// The text with its holes as people read them.
pub fn shown(text: &str) -> Cow<'_, str> {
    if has(text) {
        Cow::Owned(text.replace(OPEN, "${").replace(CLOSE, "}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The names of the holes, as people read them.
pub fn names(text: &str) -> String {
    let found: Vec<String> = text
        .split(OPEN)
        .skip(1)
        .filter_map(|rest| Some(format!("${{{}}}", rest.split_once(CLOSE)?.0)))
        .collect();
    found.join(", ")
}

/// Whether the text could be this value once its holes are filled; false when it has none.
pub fn may(text: &str, value: &str, stars: bool, question: bool) -> bool {
    if !has(text) {
        return false;
    }
    let mut toks = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((_, after)) = split(rest) {
            toks.push(Tok::Any);
            rest = after;
            continue;
        }
        toks.push(match c {
            '*' if stars => Tok::Any,
            '?' if question => Tok::One,
            c => Tok::Lit(c),
        });
        rest = &rest[c.len_utf8()..];
    }
    matches(&toks, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_may_be_anything_the_rest_allows() {
        let text = format!("repo:{}:ref:*", hole("var.repo[\"a:b/c\"]"));
        assert_eq!(shown(&text), "repo:${var.repo__a_b_c__}:ref:*");
        assert_eq!(names(&text), "${var.repo__a_b_c__}");
        assert!(may(&text, "repo:acme/app:ref:refs/heads/main", true, true));
        assert!(!may(&text, "repo:acme/app:pull_request", true, true));
        assert!(!may("repo:x", "repo:x", true, true), "nothing is open");
    }
}
