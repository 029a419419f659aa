//! Trust: who may become an identity, in the languages that say so.
//!
//! A document is read with positions ([`read()`]), judged for one token ([`Trust::evaluate`]), summed up as a ring
//! ([`Trust::admits`]), linted ([`Trust::lint`]) and made tighter ([`Trust::tighten`]). Facts and their sources are
//! in the reference "trust languages"; each file cites the vendor's page it follows. Everything here is pure.

mod admits;
mod exposed;
mod facts;
pub(crate) mod glob;
mod governance;
mod grant;
mod hole;
mod inbox;
mod infra;
mod issuer;
mod jobs;
mod language;
mod lint;
mod observed;
mod reach;
mod read;
pub mod scan;
mod source;
mod subject;
mod summary;
mod tighten;
mod token;
mod verdict;

pub use admits::{Admits, Ring};
pub use facts::Facts;
pub use governance::{Gate, Governance};
pub use inbox::{Place, Raised, rationale};
pub use jobs::Job;
pub use language::Language;
pub use lint::{Confidence, Finding, REGISTRY, Rule, Severity};
pub use observed::{Observed, Passing, Reality, Seen, sum_up, tightest};
pub use reach::{Forge, Guarded, Home, Joined, MEETINGS, Meeting, Reach, jobs_of, join};
pub use read::{Named, Unreadable, read, read_all};
pub use source::Position;
pub use summary::{Summary, summarise};
pub use tighten::{Refused, Tightened, Wish};
pub use token::{Ci, Event, Run, Token};
pub use verdict::{Decision, Outcome, Reason, Verdict};

/// A trust that was read: its document with positions, ready to be judged.
#[derive(Debug, Clone)]
pub struct Trust {
    language: Language,
    source: std::sync::Arc<source::Source>,
    document: language::Document,
    node: source::Node,
    duplicates: Vec<(String, source::Span)>,
}

impl Trust {
    /// The language it is written in.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Whether the token is let in, with a reason for every condition in the order of the document.
    ///
    /// Signature, expiry and policies outside the document (resource control policies, service control policies)
    /// are not judged. A document with a duplicate key is not guessed at: the decision is then
    /// [`Decision::Unknown`].
    pub fn evaluate(&self, token: &Token, facts: &Facts) -> Verdict {
        let mut verdict = self.document.evaluate(token, facts, &self.source);
        if !self.duplicates.is_empty() {
            verdict.decision = Decision::Unknown;
            for (key, span) in &self.duplicates {
                verdict.reasons.insert(
                    0,
                    Reason::new(
                        key,
                        Outcome::Unknown,
                        "the key stands twice in one object; decoders keep one of the two, and which is not known",
                        self.source.position(*span),
                    ),
                );
            }
        }
        verdict
    }

    /// The set of subjects it lets in, as a ring and a sentence.
    pub fn admits(&self, facts: &Facts) -> Admits {
        admits::admits(&self.document.grants(facts))
    }

    /// The one issuer it names exactly. Only the octo-sts language names it inside the document.
    pub fn issuer(&self) -> Option<String> {
        match &self.document {
            language::Document::OctoSts(policy) => policy
                .issuer
                .as_ref()
                .filter(|issuer| issuer.pattern.is_none())
                .map(|issuer| issuer.written.text.clone()),
            _ => None,
        }
    }

    /// What is wrong with it: every rule of [`REGISTRY`], in the order of the document.
    pub fn lint(&self, facts: &Facts) -> Vec<Finding> {
        lint::lint(self, facts)
    }

    /// The tightest trust in the same language that still admits every token given.
    ///
    /// # Errors
    /// When a token is not admitted now, or the language cannot say what is needed.
    pub fn tighten(&self, seen: &[Token], wish: Wish, facts: &Facts) -> Result<Tightened, Refused> {
        tighten::tighten(self, seen, wish, facts)
    }
}
