//! What follows a revoke or a modify: decided, ticketed, applied, verified; or waived by somebody else.
//!
//! "Applied" is somebody's word. Verified is what the roll or the events say; [`proof`] judges that.

pub mod patch;
pub mod proof;

use chrono::{DateTime, TimeDelta, Utc};
use contract::campaigns::TaskState;
use contract::ids::PersonId;

use super::reason::{self, Weak};

/// A task as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Who does it.
    pub owner: PersonId,
    /// Who decided it.
    pub decided_by: PersonId,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// How often it was opened again.
    pub reopened: u32,
    /// Where it stands.
    pub state: State,
}

/// Where a task stands, with what it must have there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Decided; nobody has begun.
    Decided,
    /// Somebody's work, by this ticket.
    Ticketed {
        /// The ticket.
        ticket: String,
    },
    /// Said to be done.
    Applied {
        /// The ticket, where there was one.
        ticket: Option<String>,
        /// By whom; absent when the platform did it.
        by: Option<PersonId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Proven by the roll or the events.
    Verified {
        /// When.
        at: DateTime<Utc>,
        /// What proves it.
        proof: String,
    },
    /// Will not be done, with a reason, by somebody else than who should do it.
    Waived {
        /// By whom.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
}

/// Why a task does not take a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is settled.
    #[error("This task is {0}; nothing more is to be done.")]
    Settled(&'static str),
    /// It is not settled, so there is nothing to open again.
    #[error("This task is still open.")]
    Open,
    /// A ticket is missing.
    #[error("Give the ticket it is done by.")]
    NoTicket,
    /// The reason does not count as one.
    #[error("A waiver needs a reason. {0}")]
    Reason(Weak),
    /// Nobody waives what they should do.
    #[error("Whoever should do it, or decided it, cannot waive it. Ask somebody else.")]
    OwnTask,
}

impl Task {
    /// A fresh task.
    pub fn new(owner: PersonId, decided_by: PersonId, at: DateTime<Utc>, days: i64) -> Self {
        Self {
            owner,
            decided_by,
            due_at: at + TimeDelta::days(days.clamp(0, 365)),
            reopened: 0,
            state: State::Decided,
        }
    }

    /// The flat word.
    pub const fn word(&self) -> TaskState {
        match self.state {
            State::Decided => TaskState::Decided,
            State::Ticketed { .. } => TaskState::Ticketed,
            State::Applied { .. } => TaskState::Applied,
            State::Verified { .. } => TaskState::Verified,
            State::Waived { .. } => TaskState::Waived,
        }
    }

    /// Whether it still keeps its campaign from being sealed.
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, State::Verified { .. } | State::Waived { .. })
    }

    /// Notes the ticket.
    ///
    /// # Errors
    /// [`Refused`] when it is settled or the ticket is empty.
    pub fn ticket(mut self, ticket: &str) -> Result<Self, Refused> {
        self.open()?;
        let ticket = ticket.trim();
        if ticket.is_empty() {
            return Err(Refused::NoTicket);
        }
        self.state = State::Ticketed {
            ticket: ticket.chars().take(200).collect(),
        };
        Ok(self)
    }

    /// Notes that somebody says it is done.
    ///
    /// # Errors
    /// [`Refused`] when it is settled.
    pub fn apply(mut self, by: Option<PersonId>, at: DateTime<Utc>) -> Result<Self, Refused> {
        self.open()?;
        let ticket = match self.state {
            State::Ticketed { ticket } => Some(ticket),
            State::Applied { ticket, .. } => ticket,
            _ => None,
        };
        self.state = State::Applied { ticket, by, at };
        Ok(self)
    }

    /// Settles it by a proof. What nobody said to be done can be proven too: the roll knows better.
    ///
    /// # Errors
    /// [`Refused`] when it is settled.
    pub fn verify(mut self, proof: String, at: DateTime<Utc>) -> Result<Self, Refused> {
        self.open()?;
        self.state = State::Verified { at, proof };
        Ok(self)
    }

    /// Waives it.
    ///
    /// # Errors
    /// [`Refused`] when it is settled, the reason is filler, or the person should do it themselves or decided it.
    pub fn waive(mut self, by: PersonId, reason: &str, at: DateTime<Utc>) -> Result<Self, Refused> {
        self.open()?;
        if by == self.owner || by == self.decided_by {
            return Err(Refused::OwnTask);
        }
        reason::check(reason).map_err(Refused::Reason)?;
        self.state = State::Waived {
            by,
            at,
            reason: reason.trim().to_owned(),
        };
        Ok(self)
    }

    /// Opens a proven task again: it was used after the proof.
    ///
    /// # Errors
    /// [`Refused`] when it was not proven.
    pub fn reopen(mut self, at: DateTime<Utc>, days: i64) -> Result<Self, Refused> {
        match self.state {
            State::Verified { .. } => {
                self.state = State::Decided;
                self.reopened += 1;
                self.due_at = at + TimeDelta::days(days.clamp(0, 365));
                Ok(self)
            }
            State::Waived { .. } => Err(Refused::Settled("waived")),
            _ => Err(Refused::Open),
        }
    }

    const fn open(&self) -> Result<(), Refused> {
        match self.state {
            State::Verified { .. } => Err(Refused::Settled("verified")),
            State::Waived { .. } => Err(Refused::Settled("waived")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHY: &str = "The account is closed with the supplier in May, OPS-7";

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hour * 3600, 0).expect("time")
    }

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    fn task() -> Task {
        Task::new(person(1), person(2), at(0), 14)
    }

    #[test]
    fn nobody_waives_their_own_task() {
        assert_eq!(task().waive(person(1), WHY, at(1)), Err(Refused::OwnTask));
        assert_eq!(task().waive(person(2), WHY, at(1)), Err(Refused::OwnTask));
        assert!(matches!(
            task().waive(person(3), "ok", at(1)),
            Err(Refused::Reason(_))
        ));
        assert!(
            !task()
                .waive(person(3), WHY, at(1))
                .expect("waived")
                .is_open()
        );
    }

    #[test]
    fn use_after_the_proof_opens_it_again() {
        let done = task()
            .ticket(" OPS-9 ")
            .and_then(|task| task.apply(Some(person(1)), at(5)))
            .and_then(|task| task.verify("removed from the roll".into(), at(9)))
            .expect("verified");
        assert!(done.clone().apply(None, at(10)).is_err());
        let again = done.reopen(at(30), 3).expect("open");
        assert_eq!((again.reopened, again.word()), (1, TaskState::Decided));
        assert_eq!(again.due_at, at(30 + 72));
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Ticket(bool),
        Apply,
        Verify,
        Waive(u128, bool),
        Reopen,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        proptest::collection::vec(
            prop_oneof![
                any::<bool>().prop_map(Step::Ticket),
                Just(Step::Apply),
                Just(Step::Verify),
                (1u128..4, any::<bool>()).prop_map(|(who, good)| Step::Waive(who, good)),
                Just(Step::Reopen),
            ],
            0..14,
        )
    }

    proptest! {
        #[test]
        fn a_settled_task_only_opens_by_use(steps in steps()) {
            let mut now = task();
            for (hour, step) in steps.into_iter().enumerate() {
                let when = at(i64::try_from(hour).expect("small"));
                let before = now.clone();
                let next = match step {
                    Step::Ticket(good) => now.clone().ticket(if good { "OPS-1" } else { " " }),
                    Step::Apply => now.clone().apply(Some(person(1)), when),
                    Step::Verify => now.clone().verify("seen".into(), when),
                    Step::Waive(who, good) => now.clone().waive(person(who), if good { WHY } else { "fine" }, when),
                    Step::Reopen => now.clone().reopen(when, 3),
                };
                let Ok(next) = next else { continue };
                if !before.is_open() {
                    prop_assert_eq!(before.word(), TaskState::Verified);
                    prop_assert_eq!(next.reopened, before.reopened + 1);
                }
                if let State::Waived { by, .. } = &next.state {
                    prop_assert!(*by != next.owner && *by != next.decided_by);
                }
                now = next;
            }
        }
    }
}
