//! The expression of a flexible credential: `claims['NAME'] eq|matches 'VALUE' and …`.
//!
//! `matches` has `*` and `?`; there is no `or`, no `not`, no regular expression. A doubled quote is taken as the
//! quote itself (the page leaves it open).

use crate::trust::glob::Pattern;
use crate::trust::source::{Span, Spanned};

/// An expression: all clauses hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub clauses: Vec<Clause>,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub claim: Spanned,
    pub operator: Spanned,
    pub value: Spanned,
}

impl Clause {
    pub fn pattern(&self) -> Pattern {
        if self.operator.text == "matches" {
            Pattern::stars(&self.value, true)
        } else {
            Pattern::exact(&self.value)
        }
    }
}

impl Expression {
    /// Reads it; every span is that of the whole string, because escapes hide the rest.
    ///
    /// # Errors
    /// What is not in the grammar, and after what.
    pub fn read(written: &Spanned) -> Result<Self, String> {
        let mut rest = written.text.trim();
        let mut clauses = Vec::new();
        loop {
            let (clause, after) = clause(rest, written.span)?;
            clauses.push(clause);
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self { clauses });
            }
            let (word, after) = word(rest);
            if word != "and" {
                return Err(format!(
                    "after a comparison stands \u{201c}{word}\u{201d}; only \u{201c}and\u{201d} joins comparisons"
                ));
            }
            rest = after.trim_start();
        }
    }
}

fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '\'' || c == '(')
        .unwrap_or(text.len());
    text.split_at(end)
}

fn clause(text: &str, span: Span) -> Result<(Clause, &str), String> {
    let spanned = |text: String| Spanned { text, span };
    let rest = text.strip_prefix("claims[").ok_or_else(|| {
        format!(
            "\u{201c}{}\u{201d} does not begin with claims['…']",
            text.chars().take(30).collect::<String>()
        )
    })?;
    let (claim, rest) = quoted(rest.trim_start())?;
    let rest = rest
        .trim_start()
        .strip_prefix(']')
        .ok_or("a ] is missing after the claim's name")?;
    let (operator, rest) = word(rest.trim_start());
    if operator.is_empty() {
        return Err(format!("an operator is missing after claims['{claim}']"));
    }
    let (value, rest) = quoted(rest.trim_start())
        .map_err(|_| format!("\u{201c}{operator}\u{201d} is not followed by a quoted value"))?;
    Ok((
        Clause {
            claim: spanned(claim),
            operator: spanned(operator.to_owned()),
            value: spanned(value),
        },
        rest,
    ))
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut rest = text.strip_prefix('\'').ok_or("a quote is missing")?;
    let mut value = String::new();
    loop {
        let (head, after) = rest.split_once('\'').ok_or("a quote is not closed")?;
        value.push_str(head);
        match after.strip_prefix('\'') {
            Some(again) => {
                value.push('\'');
                rest = again;
            }
            None => return Ok((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(text: &str) -> Result<Expression, String> {
        Expression::read(&Spanned {
            text: text.into(),
            span: Span::default(),
        })
    }

    #[test]
    fn the_documented_grammar() {
        let both = read(
            "claims['sub'] matches 'repo:acme/*' and claims['repository_owner_id'] eq '123456'",
        )
        .unwrap();
        assert_eq!(both.clauses.len(), 2);
        assert!(both.clauses[0].pattern().matches("repo:acme/x:y"));
        assert_eq!(
            read("claims['sub'] eq 'it''s'").unwrap().clauses[0]
                .value
                .text,
            "it's"
        );
        for broken in [
            "",
            "claims['sub'] eq 'a' or claims['sub'] eq 'b'",
            "sub eq 'a'",
            "claims['sub'] eq a",
            "claims['sub'] eq 'a",
            "not (claims['sub'] eq 'a')",
        ] {
            assert!(read(broken).is_err(), "{broken}");
        }
    }
}
