//! Trust documents judged on request: lint, simulate, sum up, tighten, and the lab. Nothing given here is kept.

mod example;
mod kept;
mod lab;
mod pipelines;
mod reality;
mod repositories;

use domain::access::Access;
use domain::trust::{
    Admits, Facts, Finding, Language, Tightened, Token, Trust, Verdict, Wish, read,
};

use crate::{Error, Op, Result};

pub use kept::{drop_test, keep_test, test, tests};
pub use lab::lab;
pub use pipelines::{keep_pasted, pipelines};
pub use reality::{reality, replay, replay_telling};
pub use repositories::{
    JOB as PIPELINES_JOB, Named, forget, keep, rejoin_all, repositories, repository,
};

/// What is asked about a trust, as text.
#[derive(Clone, Default)]
pub struct Question {
    /// The document: JSON, YAML, Terraform or CloudFormation.
    pub document: String,
    /// Its language; told from the document when empty.
    pub language: String,
    /// Tokens: a claim set, a JWT, or a list of them; empty for none.
    pub claims: String,
    /// What lies outside the document, as JSON; empty for nothing.
    pub context: String,
}

impl Question {
    /// The document, read.
    fn trust(&self) -> Result<Trust> {
        let language = match self.language.trim() {
            "" => None,
            word => Some(Language::of(word).ok_or_else(|| {
                let known: Vec<&str> = Language::ALL.iter().map(|it| it.as_str()).collect();
                Error::field("language", format!("Choose one of {}.", known.join(", ")))
            })?),
        };
        read(self.document.as_bytes(), language)
            .map_err(|why| Error::field("trust", why.to_string()))
    }

    fn facts(&self) -> Result<Facts> {
        if self.context.trim().is_empty() {
            return Ok(Facts::default());
        }
        Facts::read(&self.context).map_err(|why| Error::field("context", why))
    }

    fn tokens(&self) -> Result<Vec<Token>> {
        if self.claims.trim().is_empty() {
            return Ok(Vec::new());
        }
        Token::read_all(&self.claims).map_err(|why| Error::field("claims", why))
    }
}

/// What is wrong with a trust.
///
/// # Errors
/// [`Error::Invalid`] beside what cannot be read; [`Error::Refused`] when the actor may not ask.
pub fn lint(op: &Op, question: &Question) -> Result<Vec<Finding>> {
    op.require(Access::JudgeTrust)?;
    Ok(question.trust()?.lint(&question.facts()?))
}

/// Whether a token is let in, with a reason for every condition.
///
/// # Errors
/// As [`lint`], and when there is not exactly one token.
pub fn simulate(op: &Op, question: &Question) -> Result<Verdict> {
    op.require(Access::JudgeTrust)?;
    let (trust, facts) = (question.trust()?, question.facts()?);
    match question.tokens()?.as_slice() {
        [token] => Ok(trust.evaluate(token, &facts)),
        _ => Err(Error::field("claims", "Give the claims of one token.")),
    }
}

/// Whom a trust lets in.
///
/// # Errors
/// As [`lint`].
pub fn admits(op: &Op, question: &Question) -> Result<Admits> {
    op.require(Access::JudgeTrust)?;
    Ok(question.trust()?.admits(&question.facts()?))
}

/// The tightest trust that still admits the tokens.
///
/// # Errors
/// As [`lint`], and [`Error::Conflict`] when there is none.
pub fn tighten(op: &Op, question: &Question, wish: Wish) -> Result<Tightened> {
    op.require(Access::JudgeTrust)?;
    let (trust, facts) = (question.trust()?, question.facts()?);
    trust
        .tighten(&question.tokens()?, wish, &facts)
        .map_err(|why| Error::Conflict(format!("Not tightened: {why}.")))
}
