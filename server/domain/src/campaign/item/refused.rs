//! Why an answer is not taken, in the words the reviewer reads.

use contract::campaigns::{Change, DecisionKind};

use crate::campaign::reason::Weak;

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// They would judge their own work.
    #[error("You cannot decide on this one, because you {0}. It goes to somebody else.")]
    OwnWork(String),
    /// The one it should go to would judge their own work.
    #[error("{0} cannot decide on this one, because they {1}.")]
    TheirWork(String, String),
    /// It is somebody else's item.
    #[error("This item is {0}’s to decide.")]
    NotYours(String),
    /// The campaign is closed for this item.
    #[error("This item is closed; its outcome can no longer change.")]
    Closed,
    /// The campaign takes no answers at all.
    #[error("This campaign is {0}; no decision can be made or changed any more.")]
    NotRunning(&'static str),
    /// The identity is gone.
    #[error("The identity vanished outside this campaign; there is nothing left to decide.")]
    Gone,
    /// The stage it was answered in is over.
    #[error("Its stage was signed off; the decision stands.")]
    SignedOff,
    /// It was handed on too often.
    #[error("It was handed on twice already. Whoever has it now answers, or says “don’t know”.")]
    HandedEnough,
    /// The same words again and again.
    #[error(
        "You gave this very reason for {0} other items. Say in a few words what is so about this one, or use one answer for a group."
    )]
    Pasted(u64),
    /// One answer for many cannot cover it.
    #[error("It cannot be decided together with others: {0}.")]
    NotInBulk(&'static str),
    /// There is no answer to take back.
    #[error("This item has no decision to take back.")]
    Nothing,
    /// Only an open item can be handed on.
    #[error("Only an open item can be handed to somebody else.")]
    NotOpen,
    /// The page was made for another freezing.
    #[error("This page is not the one this item was frozen with. Load it again before you decide.")]
    AnotherPage,
    /// Somebody answered in between.
    #[error("{by} decided this in the meantime: {}. Look at it before you change it.", .decision.label().to_lowercase())]
    Overtaken {
        /// Who was first.
        by: String,
        /// What they decided.
        decision: DecisionKind,
    },
    /// The identity changed and the change has not been shown.
    #[error("The identity changed since it was frozen. Look at what changed, then decide.")]
    Drifted {
        /// Hash of the identity now; an answer that carries it is taken.
        current_hash: String,
        /// What changed.
        changes: Vec<Change>,
    },
    /// A reason is demanded and missing or filler.
    #[error("{why} {weak}")]
    Reason {
        /// Why one is demanded.
        why: &'static str,
        /// What is wrong with what was given.
        weak: Weak,
    },
    /// A modify without a target.
    #[error("Choose at least one concrete thing to change.")]
    NoTarget,
    /// A target that is not of this item.
    #[error("“{0}” is not something this identity has. Load the page again.")]
    ForeignTarget(String),
}

impl Refused {
    /// The form field it belongs to, where it is about one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Reason { .. } | Self::Pasted(_) => Some("reason"),
            Self::NoTarget | Self::ForeignTarget(_) => Some("targets"),
            _ => None,
        }
    }

    /// Whether it is a matter of permission, not of the answer.
    pub fn forbids(&self) -> bool {
        matches!(self, Self::OwnWork(_) | Self::NotYours(_))
    }
}
