//! What a trust lets in, in one form for all languages: ways in, each a conjunction of claim constraints.
//!
//! A grant never promises less than the document admits: what a language says that does not fit here is left out,
//! so that the set only grows.

use super::glob::Pattern;
use super::issuer::Issuer;
use super::source::Span;

/// One way in.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Who must have signed the token; nothing means whoever.
    pub issuer: Option<Issuer>,
    /// All of these hold.
    pub all: Vec<Constraint>,
    /// Where it stands.
    pub span: Span,
    /// Why no token can ever take this way.
    pub dead: Option<String>,
    /// It lets in others than token bearers; who, in words.
    pub others: Option<Others>,
}

/// Those who come without a token.
#[derive(Debug, Clone)]
pub struct Others {
    /// In words.
    pub who: String,
    /// It is everybody.
    pub everyone: bool,
}

/// A demand on one claim.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent properties of an operator"
)]
pub struct Constraint {
    /// Claim as the issuer names it.
    pub claim: String,
    /// The claim matches one of these; for a negated one, none of them.
    pub values: Vec<Pattern>,
    pub negated: bool,
    /// It holds when the claim is absent.
    pub if_absent: bool,
    /// Every admitted token satisfies it, so that it narrows. Not so when the claim never reaches evaluation.
    pub narrows: bool,
    /// Only equality was asked: wildcards in the values are plain characters.
    pub exact: bool,
    /// In the words of the language, e.g. `StringLike`.
    pub operator: String,
    pub span: Span,
}

impl Grant {
    pub fn new(issuer: Option<Issuer>, span: Span) -> Self {
        Self {
            issuer,
            all: Vec::new(),
            span,
            dead: None,
            others: None,
        }
    }

    /// The constraints that narrow a claim.
    pub fn on<'a>(&'a self, claim: &'a str) -> impl Iterator<Item = &'a Constraint> {
        self.all
            .iter()
            .filter(move |it| it.narrows && !it.negated && it.claim.eq_ignore_ascii_case(claim))
    }

    pub fn binds(&self, claim: &str) -> bool {
        self.on(claim)
            .any(|it| !it.values.iter().any(Pattern::is_everything))
    }

    /// The claim can be only these; nothing when it is free or has wildcards.
    pub fn pinned(&self, claim: &str) -> Option<Vec<String>> {
        self.on(claim)
            .find(|it| !it.values.is_empty() && it.values.iter().all(Pattern::is_exact))
            .map(|it| it.values.iter().map(Pattern::shape).collect())
    }

    /// It is a live way in for tokens.
    pub fn lives(&self) -> bool {
        self.dead.is_none() && self.others.is_none()
    }
}
