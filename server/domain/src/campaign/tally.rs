//! Counts of a campaign's outcomes; they always add up to its population.

use contract::campaigns::{DecisionKind, ItemState};
use serde::{Deserialize, Serialize};

/// How many items stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Waiting for an answer.
    pub open: u64,
    /// Approved.
    pub approve: u64,
    /// To be modified.
    pub modify: u64,
    /// To be revoked.
    pub revoke: u64,
    /// Answered "don't know" with nobody left to ask.
    pub dont_know: u64,
    /// Nobody answered before the close.
    pub not_reviewed: u64,
    /// The identity vanished outside the campaign.
    pub gone: u64,
}

impl Tally {
    /// Counts one item. A decided item without a decision cannot be and counts as open.
    pub fn add(&mut self, state: ItemState, decision: Option<DecisionKind>) {
        let place = match (state, decision) {
            (ItemState::Decided, Some(DecisionKind::Approve)) => &mut self.approve,
            (ItemState::Decided, Some(DecisionKind::Modify)) => &mut self.modify,
            (ItemState::Decided, Some(DecisionKind::Revoke)) => &mut self.revoke,
            (ItemState::Decided, Some(DecisionKind::DontKnow)) => &mut self.dont_know,
            (ItemState::NotReviewed, _) => &mut self.not_reviewed,
            (ItemState::Gone, _) => &mut self.gone,
            (ItemState::Open | ItemState::Decided, _) => &mut self.open,
        };
        *place += 1;
    }

    /// All items together.
    pub fn items(&self) -> u64 {
        self.open + self.decided() + self.not_reviewed + self.gone
    }

    /// Items with an answer in force.
    pub fn decided(&self) -> u64 {
        self.approve + self.modify + self.revoke + self.dont_know
    }
}
