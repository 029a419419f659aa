//! Patterns of every language as one thing: literal characters, "any run" and "any one".

use super::source::{Span, Spanned};

/// Stands for "any run" in a [`Pattern::shape`].
pub const ANY: char = '\u{1}';
/// Stands for "any one character" in a [`Pattern::shape`].
pub const ONE: char = '\u{2}';

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tok {
    Lit(char),
    /// Any run of characters, none included; `/`, `:` and `@` are nothing special.
    Any,
    One,
}

/// A pattern as one language wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    pub span: Span,
    pub toks: Vec<Tok>,
    /// It matches at least what the written form matches, perhaps more (regular expressions, variables).
    pub bound: bool,
    /// Letters match in either case.
    pub fold: bool,
}

impl Pattern {
    pub fn new(written: &Spanned, toks: Vec<Tok>) -> Self {
        Self {
            text: written.text.clone(),
            span: written.span,
            toks,
            bound: false,
            fold: false,
        }
    }

    pub fn exact(written: &Spanned) -> Self {
        Self::new(written, literal(&written.text))
    }

    /// `*` is any run and, where the language has it, `?` any one.
    pub fn stars(written: &Spanned, question: bool) -> Self {
        Self::new(written, stars(&written.text, question))
    }

    /// Itself, or for a very long one its beginning and a run, which matches at least as much.
    pub fn bounded(mut self) -> Self {
        const LONGEST: usize = 4096;
        if self.toks.len() > LONGEST {
            self.toks.truncate(LONGEST);
            self.toks.push(Tok::Any);
            self.toks.shrink_to_fit();
            self.text = self.text.chars().take(200).chain(['\u{2026}']).collect();
            self.bound = true;
        }
        self
    }

    pub fn is_exact(&self) -> bool {
        self.toks.iter().all(|tok| matches!(tok, Tok::Lit(_)))
    }

    /// It matches everything.
    pub fn is_everything(&self) -> bool {
        self.toks.contains(&Tok::Any) && self.toks.iter().all(|tok| *tok == Tok::Any)
    }

    /// The pattern with [`ANY`] and [`ONE`] for its wildcards, for taking it apart with string functions.
    pub fn shape(&self) -> String {
        self.toks
            .iter()
            .map(|tok| match tok {
                Tok::Lit(ANY | ONE) => char::REPLACEMENT_CHARACTER,
                Tok::Lit(c) => *c,
                Tok::Any => ANY,
                Tok::One => ONE,
            })
            .collect()
    }

    pub fn matches(&self, value: &str) -> bool {
        if self.fold {
            let lower: Vec<Tok> = self
                .toks
                .iter()
                .flat_map(|tok| match tok {
                    Tok::Lit(c) => c.to_lowercase().map(Tok::Lit).collect(),
                    other => vec![*other],
                })
                .collect();
            return matches(&lower, &value.to_lowercase());
        }
        matches(&self.toks, value)
    }
}

pub fn literal(text: &str) -> Vec<Tok> {
    text.chars().map(Tok::Lit).collect()
}

pub fn stars(text: &str, question: bool) -> Vec<Tok> {
    text.chars()
        .map(|c| match c {
            '*' => Tok::Any,
            '?' if question => Tok::One,
            c => Tok::Lit(c),
        })
        .collect()
}

/// Whether the whole value matches. Steps at most length times length, without recursion: on a mismatch only
/// the last run is lengthened.
pub fn matches(pattern: &[Tok], value: &str) -> bool {
    let (mut at, mut rest) = (0, value);
    let mut back: Option<(usize, &str)> = None;
    loop {
        match (pattern.get(at), rest.chars().next()) {
            (Some(Tok::Any), _) => {
                back = Some((at + 1, rest));
                at += 1;
            }
            (Some(Tok::One), Some(c)) => {
                at += 1;
                rest = &rest[c.len_utf8()..];
            }
            (Some(Tok::Lit(want)), Some(c)) if *want == c => {
                at += 1;
                rest = &rest[c.len_utf8()..];
            }
            (None, None) => return true,
            _ => {
                let Some((resume, from)) = back else {
                    return false;
                };
                let Some(skipped) = from.chars().next() else {
                    return false;
                };
                let from = &from[skipped.len_utf8()..];
                back = Some((resume, from));
                at = resume;
                rest = from;
            }
        }
    }
}

/// Upper bounds of a regular expression, one for each top-level alternative: what cannot be said with runs
/// becomes a run. `whole` tells that the language anchors the expression itself.
pub fn from_regex(written: &Spanned, whole: bool) -> Vec<Pattern> {
    let parts: Vec<String> = match grouped(&written.text) {
        // `^(a|b)$` is `^a$|^b$`.
        Some((start, inner, end)) => alternatives(inner)
            .into_iter()
            .map(|part| [start, part, end].concat())
            .collect(),
        None => alternatives(&written.text)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    };
    parts
        .into_iter()
        .map(|part| {
            let mut pattern = Pattern::new(written, bound(&part, whole));
            pattern.bound = true;
            pattern
        })
        .collect()
}

/// An expression that is one group and its anchors: the anchor in front, what is grouped, the anchor behind.
fn grouped(text: &str) -> Option<(&str, &str, &str)> {
    let rest = text.trim_start_matches('^');
    let start = &text[..text.len() - rest.len()];
    let inner = rest.trim_end_matches('$');
    let end = &rest[inner.len()..];
    let inner = inner.strip_prefix('(')?.strip_suffix(')')?;
    let inner = inner.strip_prefix("?:").unwrap_or(inner);
    let mut marks = Marks::of(inner);
    let mut depth = 0_usize;
    for (_, mark) in marks.by_ref() {
        match mark {
            '(' => depth += 1,
            // The group ends before the expression does.
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (!marks.escaped && !inner.starts_with('?')).then_some((start, inner, end))
}

/// Splits at `|` outside groups and classes.
fn alternatives(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, mark) in Marks::of(text) {
        match mark {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The `(`, `)` and `|` of a regular expression that are neither escaped nor in a class, each with its place.
struct Marks<'a> {
    chars: std::str::CharIndices<'a>,
    class: bool,
    /// What comes next is escaped; at the end: there is nothing left to escape.
    escaped: bool,
}

impl<'a> Marks<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            chars: text.char_indices(),
            class: false,
            escaped: false,
        }
    }
}

impl Iterator for Marks<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        for (at, c) in self.chars.by_ref() {
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = true,
                '[' => self.class = true,
                ']' => self.class = false,
                '(' | ')' | '|' if !self.class => return Some((at, c)),
                _ => {}
            }
        }
        None
    }
}

fn bound(part: &str, whole: bool) -> Vec<Tok> {
    let mut toks = Vec::new();
    let (start, part) = match part.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (whole, part),
    };
    let (end, part) = match part.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (true, rest),
        _ => (whole, part),
    };
    if !start {
        toks.push(Tok::Any);
    }
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c) if !c.is_ascii_alphanumeric() => toks.push(Tok::Lit(c)),
                _ => toks.push(Tok::Any),
            },
            '.' => toks.push(Tok::One),
            '[' => {
                skip_to(&mut chars, '[', ']');
                toks.push(Tok::One);
            }
            '(' => {
                skip_to(&mut chars, '(', ')');
                toks.push(Tok::Any);
            }
            '*' | '+' | '?' => {
                toks.pop();
                toks.push(Tok::Any);
            }
            '{' => {
                skip_to(&mut chars, '{', '}');
                toks.pop();
                toks.push(Tok::Any);
            }
            '^' | '$' => {}
            c => toks.push(Tok::Lit(c)),
        }
    }
    if !end {
        toks.push(Tok::Any);
    }
    toks.dedup_by(|a, b| *a == Tok::Any && *b == Tok::Any);
    toks
}

fn skip_to(chars: &mut std::iter::Peekable<std::str::Chars>, open: char, close: char) {
    let mut depth = 1_usize;
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return;
            }
        } else if c == open && open != '[' {
            depth += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(pattern: &str, value: &str) -> bool {
        matches(&stars(pattern, true), value)
    }

    #[test]
    fn runs_cross_every_delimiter_and_anchor_both_ends() {
        assert!(like("repo:acme/*", "repo:acme/app:ref:refs/heads/a/b"));
        assert!(!like("repo:acme/app", "repo:acme/app:x"));
        assert!(like("a?c*", "abc"));
        assert!(!like("a?c", "ac"));
        assert!(like("*:*:*", "{x}:{y}:{z}"));
        assert!(like("", "") && !like("", "x") && like("**", ""));
    }

    #[test]
    fn a_pathological_pattern_ends() {
        assert!(!like(
            &format!("{}b", "a*".repeat(500)),
            &"a".repeat(20_000)
        ));
    }

    #[test]
    fn bounds_of_regular_expressions_cover_them() {
        let text = r"repo:acme/(a|b)-.*\.x:ref|y";
        let written = Spanned {
            text: text.into(),
            span: Span::default(),
        };
        let bounds = from_regex(&written, true);
        assert_eq!(bounds.len(), 2);
        assert!(bounds[0].matches("repo:acme/b-1.x:ref") && !bounds[0].matches("repo:evil/"));
        let of = |text: &str| {
            let written = Spanned {
                text: text.into(),
                span: Span::default(),
            };
            from_regex(&written, false)
        };
        let group = of("^(repo:a/b:x|repo:a/c:y)$");
        assert!(
            group.len() == 2 && group[0].matches("repo:a/b:x") && !group[0].matches("repo:a/b:xx")
        );
        assert_eq!(of("^(a)|(b)$").len(), 2, "two groups are not one");
        assert!(of("^(a)|(b)$")[0].matches("az"), "anchored in front alone");
        let apart = of(r"(a|b)|[|]c|d\|e");
        assert_eq!(
            apart.len(),
            3,
            "bars in groups, in classes and escaped split nothing"
        );
        assert!(apart[2].matches("d|e") && !apart[2].matches("d"));
        assert_eq!(of("^([)]x|y)$").len(), 2, "a class closes no group");
        assert_eq!(
            of(r"^(a|b\)$").len(),
            1,
            "an escaped parenthesis closes no group"
        );
    }
}
