//! One frozen identity in a campaign and the rules an answer must keep.
//!
//! An answer is judged against what was frozen, against what is so now, and against who gives it.
//! Nothing here is an approval by silence: an item nobody answered ends as "not reviewed".

pub mod refused;

use chrono::{DateTime, Utc};
use contract::campaigns::{Advice, Change, DecisionKind, ItemState, ModifyTarget};
use contract::ids::{ItemId, PersonId};
use serde::{Deserialize, Serialize};

use super::panel::Panel;
use super::reason;
use super::reviewer::{Assignment, Exclusion, excluded};
pub use refused::Refused;

/// How often an item may be handed on by people.
pub const MOST_HANDOVERS: u32 = 2;
/// On how many items one person may give the same reason, one by one.
pub const MOST_SAME: u64 = 5;

fn first_stage() -> u8 {
    1
}

/// For serde: what is so by default is left out.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_first(stage: &u8) -> bool {
    *stage == 1
}

/// An answer as given; kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was decided.
    pub decision: DecisionKind,
    /// Why; for "don't know" the question that is passed on.
    pub reason: String,
    /// Targets of a modify, each with before and after.
    pub targets: Vec<ModifyTarget>,
    /// Who.
    pub by: PersonId,
    /// Their name then.
    pub by_name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Content hash that was frozen and shown.
    pub frozen_hash: String,
    /// Content hash of the identity at the moment of the answer, where it had drifted and was shown.
    pub current_hash: Option<String>,
    /// What was advised.
    pub advice: Advice,
    /// Whether the answer follows the advice.
    pub followed: bool,
    /// Whether it was one answer for many items.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bulk: bool,
    /// A revoke that does not wait for the close.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
    /// The stage it was given in.
    #[serde(default = "first_stage", skip_serializing_if = "is_first")]
    pub stage: u8,
    /// Seconds from the page being made to the answer; absent when unknown, and for many items at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waiting for its reviewer.
    Open,
    /// Answered; the last of the history is in force.
    Decided,
    /// Nobody answered before the close. Final.
    NotReviewed,
    /// The identity vanished outside the campaign. Final.
    Gone,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Content hash of the frozen identity.
    pub hash: String,
    /// Privileged in production.
    pub privileged_production: bool,
    /// What was advised.
    pub advice: Advice,
    /// Everything a modify may ask for.
    pub targets: Vec<ModifyTarget>,
    /// Who reviews it, and how they were found.
    pub assignment: Assignment,
    /// Who may not judge it.
    pub exclusions: Vec<Exclusion>,
    /// Where it stands.
    pub state: State,
    /// Every answer given, oldest first.
    pub history: Vec<Decision>,
    /// Everybody asked, where several are.
    pub panel: Option<Panel>,
    /// How often people handed it on.
    pub handed: u32,
    /// The stage it is answered in.
    pub stage: u8,
    /// Its stage was signed off; nothing of it changes any more.
    pub signed_off: bool,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Security may answer in anybody's place, except on their own work.
    pub security: bool,
}

/// An answer as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What is decided.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
    /// Keys of the targets chosen.
    pub targets: Vec<String>,
    /// Content hash the reviewer was shown as frozen.
    pub seen_hash: String,
    /// Content hash of the drifted identity the reviewer was shown.
    pub seen_current_hash: Option<String>,
    /// How many answers the item had when it was shown.
    pub seen_answers: usize,
    /// A revoke that shall not wait for the close.
    pub at_once: bool,
    /// One answer for many items.
    pub bulk: bool,
    /// Seconds spent on it, where known.
    pub seconds: Option<u32>,
    /// On how many other items of the campaign this person gave the very same reason.
    pub same_reason: u64,
}

/// The identity as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Its content hash.
    pub hash: String,
    /// What changed since freezing.
    pub changes: Vec<Change>,
}

impl Item {
    /// The flat word of where it stands.
    pub fn flat_state(&self) -> ItemState {
        match self.state {
            State::Open => ItemState::Open,
            State::Decided => ItemState::Decided,
            State::NotReviewed => ItemState::NotReviewed,
            State::Gone => ItemState::Gone,
        }
    }

    /// The answer in force.
    pub fn decision(&self) -> Option<&Decision> {
        if self.state != State::Decided {
            return None;
        }
        match self.panel.as_ref().and_then(Panel::outcome) {
            Some(outcome) => self.history.iter().rfind(|d| d.decision == outcome),
            None => self.history.last(),
        }
    }

    /// Whether this person is one of those it was given to.
    pub fn asks(&self, person: PersonId) -> bool {
        self.assignment.reviewer == person
            || self
                .panel
                .as_ref()
                .is_some_and(|panel| panel.seats_of(person))
    }

    /// Judges whether this person may answer at all.
    ///
    /// # Errors
    /// [`Refused`] says why not.
    pub fn may_answer(&self, by: &Reviewer) -> Result<(), Refused> {
        if let Some(exclusion) = excluded(&self.exclusions, by.id) {
            return Err(Refused::OwnWork(exclusion.because.clone()));
        }
        if !self.asks(by.id) && !by.security {
            return Err(Refused::NotYours(self.assignment.name.clone()));
        }
        if self.signed_off {
            return Err(Refused::SignedOff);
        }
        match self.state {
            State::Open | State::Decided => Ok(()),
            State::NotReviewed => Err(Refused::Closed),
            State::Gone => Err(Refused::Gone),
        }
    }

    /// Takes an answer. A later one replaces it until the campaign closes; each stays in the history.
    ///
    /// # Errors
    /// [`Refused`] says which rule it breaks, for the person who gave it.
    pub fn decide(
        mut self,
        by: &Reviewer,
        answer: &Answer,
        now: &Current,
        at: DateTime<Utc>,
    ) -> Result<Self, Refused> {
        self.may_answer(by)?;
        self.seen(answer, now)?;
        let targets = self.chosen(answer)?;
        let reason = answer.reason.trim().to_owned();
        let drifted = now.hash != self.hash;
        if answer.bulk {
            self.alike(drifted)?;
        }
        let why = match reason_needed(answer.decision, self.advice, self.privileged_production) {
            None if answer.bulk => Some("One answer for many items needs a reason."),
            needed => needed,
        };
        if let Some(why) = why {
            reason::check(&reason).map_err(|weak| Refused::Reason { why, weak })?;
            if !answer.bulk && answer.same_reason >= MOST_SAME {
                return Err(Refused::Pasted(answer.same_reason));
            }
        }
        self.history.push(Decision {
            decision: answer.decision,
            reason,
            targets,
            by: by.id,
            by_name: by.name.clone(),
            at,
            frozen_hash: self.hash.clone(),
            current_hash: drifted.then(|| now.hash.clone()),
            advice: self.advice,
            followed: follows(answer.decision, self.advice),
            bulk: answer.bulk,
            at_once: answer.at_once && answer.decision == DecisionKind::Revoke,
            stage: self.stage,
            seconds: answer.seconds.filter(|_| !answer.bulk),
        });
        self.state = State::Decided;
        if let Some(panel) = self.panel.take() {
            let panel = panel
                .answered(by.id, answer.decision)
                .ok_or(Refused::Closed)?;
            if panel.outcome().is_none() {
                self.state = State::Open;
            }
            self.panel = Some(panel);
        }
        Ok(self)
    }

    /// One answer for many never covers what is privileged in production, what changed, or what several review.
    fn alike(&self, drifted: bool) -> Result<(), Refused> {
        if self.privileged_production {
            return Err(Refused::NotInBulk("it is privileged in production"));
        }
        if drifted {
            return Err(Refused::NotInBulk("it changed since it was frozen"));
        }
        if self.panel.is_some() {
            return Err(Refused::NotInBulk("several people review it"));
        }
        Ok(())
    }

    /// Hands an item answered "don't know" to the next reviewer; it is open again.
    ///
    /// # Errors
    /// [`Refused`] when the answer in force is another one.
    pub fn pass_on(mut self, next: Assignment) -> Result<Self, Refused> {
        if self.decision().map(|d| d.decision) != Some(DecisionKind::DontKnow) {
            return Err(Refused::Closed);
        }
        self.hand_to(next)?;
        if let Some(panel) = &mut self.panel {
            for seat in &mut panel.seats {
                if seat.answer == Some(DecisionKind::DontKnow) {
                    seat.answer = None;
                }
            }
        }
        self.state = State::Open;
        Ok(self)
    }

    /// Takes an answer back: the item is open again, the answer stays in the history.
    ///
    /// # Errors
    /// [`Refused`] when there is none in force, or it is somebody else's.
    pub fn withdraw(mut self, by: &Reviewer) -> Result<Self, Refused> {
        self.may_answer(by)?;
        if let Some(panel) = self.panel.take() {
            let gave = panel
                .seats
                .iter()
                .any(|seat| seat.person == by.id && seat.answer.is_some());
            if !gave {
                return Err(Refused::Nothing);
            }
            self.panel = Some(panel.withdrawn(by.id));
            self.state = State::Open;
            return Ok(self);
        }
        match self.decision() {
            None => Err(Refused::Nothing),
            Some(last) if last.by != by.id => Err(Refused::Overtaken {
                by: last.by_name.clone(),
                decision: last.decision,
            }),
            Some(_) => {
                self.state = State::Open;
                Ok(self)
            }
        }
    }

    /// Gives an open item to somebody else, with a reason. People may do so twice; Rollcall, when somebody leaves,
    /// as often as it must.
    ///
    /// # Errors
    /// [`Refused`] when it is not open, was handed on too often, the reason is filler, or they would judge their own
    /// work.
    pub fn reassign(mut self, to: Assignment, why: &str, by_people: bool) -> Result<Self, Refused> {
        if self.state != State::Open {
            return Err(Refused::NotOpen);
        }
        if by_people {
            if self.handed >= MOST_HANDOVERS {
                return Err(Refused::HandedEnough);
            }
            self.handed += 1;
        }
        reason::check(why).map_err(|weak| Refused::Reason {
            why: "Handing an item on needs a reason.",
            weak,
        })?;
        self.hand_to(to)?;
        Ok(self)
    }

    /// Ends an unanswered item at the close: its own outcome, never an approval.
    #[must_use]
    pub fn close(mut self) -> Self {
        if self.state == State::Open {
            self.state = State::NotReviewed;
        }
        self
    }

    /// Ends an item whose identity vanished outside the campaign before anybody answered.
    #[must_use]
    pub fn vanish(mut self) -> Self {
        if self.state == State::Open {
            self.state = State::Gone;
        }
        self
    }

    fn hand_to(&mut self, to: Assignment) -> Result<(), Refused> {
        if let Some(exclusion) = excluded(&self.exclusions, to.reviewer) {
            return Err(Refused::TheirWork(to.name, exclusion.because.clone()));
        }
        let from = std::mem::replace(&mut self.assignment, to).reviewer;
        if let Some(panel) = &mut self.panel {
            let (person, name) = (self.assignment.reviewer, self.assignment.name.clone());
            let there = panel.seats_of(person);
            if let Some(seat) = panel.seats.iter_mut().find(|seat| seat.person == from)
                && !there
            {
                (seat.person, seat.name, seat.answer) = (person, name, None);
            }
        }
        Ok(())
    }

    /// The answer must rest on what is frozen, on what is so now, and on the answers given so far.
    fn seen(&self, answer: &Answer, now: &Current) -> Result<(), Refused> {
        if answer.seen_hash != self.hash {
            return Err(Refused::AnotherPage);
        }
        if answer.seen_answers != self.history.len() {
            return Err(match self.history.last() {
                Some(last) => Refused::Overtaken {
                    by: last.by_name.clone(),
                    decision: last.decision,
                },
                None => Refused::AnotherPage,
            });
        }
        if now.hash != self.hash && answer.seen_current_hash.as_ref() != Some(&now.hash) {
            return Err(Refused::Drifted {
                current_hash: now.hash.clone(),
                changes: now.changes.clone(),
            });
        }
        Ok(())
    }

    fn chosen(&self, answer: &Answer) -> Result<Vec<ModifyTarget>, Refused> {
        if answer.decision != DecisionKind::Modify {
            return Ok(Vec::new());
        }
        if answer.targets.is_empty() {
            return Err(Refused::NoTarget);
        }
        if let Some(foreign) = answer
            .targets
            .iter()
            .find(|key| !self.targets.iter().any(|t| t.key == **key))
        {
            return Err(Refused::ForeignTarget(foreign.clone()));
        }
        let chosen = |t: &&ModifyTarget| answer.targets.contains(&t.key);
        Ok(self.targets.iter().filter(chosen).cloned().collect())
    }
}

/// Whether a decision follows the advice. "Look closer" advises no decision, so only an approval goes against it.
pub fn follows(decision: DecisionKind, advice: Advice) -> bool {
    match advice {
        Advice::Approve => decision == DecisionKind::Approve,
        Advice::Modify => decision == DecisionKind::Modify,
        Advice::Revoke => decision == DecisionKind::Revoke,
        Advice::LookCloser => decision != DecisionKind::Approve,
    }
}

/// Why a decision needs a reason; absent when it may stand alone. A question is always welcome, never demanded.
pub fn reason_needed(
    decision: DecisionKind,
    advice: Advice,
    privileged_production: bool,
) -> Option<&'static str> {
    match decision {
        DecisionKind::DontKnow => None,
        DecisionKind::Approve if privileged_production => {
            Some("Approving privileged access to production needs a reason.")
        }
        DecisionKind::Revoke => Some("Whoever carries out the revocation needs to know why."),
        _ if !follows(decision, advice) => {
            Some("Deciding against the recommendation needs a reason.")
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "item/tests.rs"]
mod tests;
