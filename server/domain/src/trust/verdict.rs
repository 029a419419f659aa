//! What judging a token gives: a decision and a reason for every condition.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::hole::shown;
use super::source::Position;

/// Whether the token is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is let in.
    Allow,
    /// It is refused.
    Deny,
    /// It cannot be told from the document and what is known around it.
    Unknown,
}

impl Decision {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Unknown => "unknown",
        }
    }
}

/// How one condition ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The token satisfies it.
    Matched,
    /// The token does not.
    NotMatched,
    /// What it asks for is not in the token, and that makes it fail.
    Absent,
    /// What it asks for is not in the token, and the operator is true all the same.
    Vacuous,
    /// It is never asked, because something before it already failed.
    Unreachable,
    /// It cannot be told.
    Unknown,
}

impl Outcome {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::NotMatched => "not_matched",
            Self::Absent => "absent",
            Self::Vacuous => "vacuous",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
        }
    }
}

/// A condition, how it ended and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The condition in short, e.g. `StringLike token.actions.githubusercontent.com:sub`.
    #[serde(serialize_with = "text")]
    pub condition: Arc<str>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub text: String,
    /// Where it stands.
    pub position: Position,
}

impl Reason {
    pub(super) fn new(
        condition: impl AsRef<str>,
        outcome: Outcome,
        text: impl Into<String>,
        position: Position,
    ) -> Self {
        Self::named(shown(condition.as_ref()).into(), outcome, text, position)
    }

    /// The same for a condition whose name is kept ready.
    pub(super) fn named(
        condition: Arc<str>,
        outcome: Outcome,
        text: impl Into<String>,
        position: Position,
    ) -> Self {
        let text = text.into();
        let text = match shown(&text) {
            Cow::Owned(shown) => shown,
            Cow::Borrowed(_) => text,
        };
        Self {
            condition,
            outcome,
            text,
            position,
        }
    }
}

fn text<S: serde::Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

/// The decision with its reasons, in the order of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether the token is let in.
    pub decision: Decision,
    /// Every condition.
    pub reasons: Vec<Reason>,
}

/// True, false, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    True,
    False,
    Unknown,
}

impl Tri {
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    pub fn decision(self) -> Decision {
        match self {
            Self::True => Decision::Allow,
            Self::False => Decision::Deny,
            Self::Unknown => Decision::Unknown,
        }
    }
}

impl From<bool> for Tri {
    fn from(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }
}

impl Outcome {
    pub(super) fn tri(self) -> Tri {
        match self {
            Self::Matched | Self::Vacuous => Tri::True,
            Self::NotMatched | Self::Absent | Self::Unreachable => Tri::False,
            Self::Unknown => Tri::Unknown,
        }
    }
}
