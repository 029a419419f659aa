//! Policy variables and escapes.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>: only in version
//! 2012-10-17; `${*}`, `${?}` and `${$}` are the characters themselves; a variable without a value matches nothing.

use super::operator::Held;
use crate::trust::glob::Tok;
use crate::trust::hole;

/// A condition value with its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub pieces: Vec<Piece>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Toks(Vec<Tok>),
    /// A lower-case key, and the value when it is absent.
    Variable(String, Option<String>),
    /// What an infrastructure file leaves open, with its marks.
    Hole(String),
}

impl Template {
    pub fn read(text: &str, variables: bool, wildcards: bool) -> Self {
        let mut pieces = Vec::new();
        let mut toks = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((name, after)) = hole::split(rest) {
                pieces.push(Piece::Toks(std::mem::take(&mut toks)));
                pieces.push(Piece::Hole(hole::hole(name)));
                rest = after;
                continue;
            }
            if variables
                && let Some(inner) = rest.strip_prefix("${")
                && let Some((name, after)) = inner.split_once('}')
            {
                match name {
                    "*" | "?" | "$" => toks.extend(name.chars().map(Tok::Lit)),
                    _ => {
                        pieces.push(Piece::Toks(std::mem::take(&mut toks)));
                        pieces.push(variable(name));
                    }
                }
                rest = after;
                continue;
            }
            toks.push(match c {
                '*' if wildcards => Tok::Any,
                '?' if wildcards => Tok::One,
                c => Tok::Lit(c),
            });
            rest = &rest[c.len_utf8()..];
        }
        pieces.push(Piece::Toks(toks));
        Self { pieces }
    }

    /// The pattern of a value without variables.
    pub fn plain(&self) -> Option<&[Tok]> {
        match self.pieces.as_slice() {
            [Piece::Toks(toks)] => Some(toks),
            _ => None,
        }
    }

    /// The pattern; nothing when a variable has no value.
    ///
    /// # Errors
    /// When a variable's value is not known.
    pub fn fill<'a>(&self, lookup: &impl Fn(&str) -> Held<'a>) -> Result<Option<Vec<Tok>>, ()> {
        if let [Piece::Toks(toks)] = self.pieces.as_slice() {
            return Ok(Some(toks.clone()));
        }
        let mut whole = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Toks(toks) => whole.extend_from_slice(toks),
                Piece::Hole(_) => return Err(()),
                Piece::Variable(key, default) => match (lookup(key), default) {
                    (Held::One(one), _) => whole.extend(one.chars().map(Tok::Lit)),
                    (Held::Absent, Some(default)) => whole.extend(default.chars().map(Tok::Lit)),
                    (Held::Absent | Held::Several(_), _) => return Ok(None),
                    (Held::Unknown, _) => return Err(()),
                },
            }
        }
        Ok(Some(whole))
    }

    /// At least what it matches, whatever the variables hold.
    pub fn bound(&self) -> (Vec<Tok>, bool) {
        let mut whole = Vec::new();
        let mut loose = false;
        for piece in &self.pieces {
            match piece {
                Piece::Toks(toks) => whole.extend_from_slice(toks),
                // A hole is filled with one name: how wide the rest is does not depend on which.
                Piece::Hole(marked) => whole.extend(marked.chars().map(Tok::Lit)),
                Piece::Variable(..) => {
                    loose = true;
                    whole.push(Tok::Any);
                }
            }
        }
        (whole, loose)
    }

    /// Everything it may match once holes and variables are filled.
    pub fn possible(&self) -> Vec<Tok> {
        let mut whole = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Toks(toks) => whole.extend_from_slice(toks),
                Piece::Hole(_) | Piece::Variable(..) => whole.push(Tok::Any),
            }
        }
        whole
    }

    /// Holes of the file, as people read them.
    pub fn holes(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(marked) => Some(hole::shown(marked).into_owned()),
            _ => None,
        })
    }
}

fn variable(name: &str) -> Piece {
    match name.split_once(',') {
        Some((key, default)) => Piece::Variable(
            key.trim().to_ascii_lowercase(),
            Some(default.trim().trim_matches('\'').to_owned()),
        ),
        None => Piece::Variable(name.trim().to_ascii_lowercase(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::glob::{literal, stars};

    #[test]
    fn escapes_and_variables() {
        let none = |_: &str| Held::Absent;
        assert_eq!(
            Template::read("a${*}b*", true, true).fill(&none),
            Ok(Some([literal("a*b"), vec![Tok::Any]].concat()))
        );
        assert_eq!(
            Template::read("a${aws:x}", true, false).fill(&none),
            Ok(None)
        );
        assert_eq!(
            Template::read("a${aws:x, 'd'}", true, false).fill(&none),
            Ok(Some(literal("ad")))
        );
        assert_eq!(
            Template::read("a${aws:x}*", false, true).fill(&none),
            Ok(Some(stars("a${aws:x}*", true)))
        );
        assert_eq!(
            Template::read("${broken", true, false).fill(&none),
            Ok(Some(literal("${broken")))
        );
    }
}
