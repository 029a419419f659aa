//! A campaign's life: draft, active, closed, sealed; cancelled from draft or active. Sealed is final.

use chrono::{DateTime, Utc};
use contract::campaigns::CampaignState;

use super::tally::Tally;

/// A campaign as its life stands; each state holds exactly the facts it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Campaign {
    /// Being prepared: nothing is frozen.
    Draft {
        /// When answers will be due.
        due_at: DateTime<Utc>,
    },
    /// Frozen and being answered.
    Active {
        /// When answers are due.
        due_at: DateTime<Utc>,
        /// When it was started.
        started_at: DateTime<Utc>,
        /// How many items were frozen.
        population: u64,
    },
    /// No answer changes any more; the evidence is not made yet.
    Closed {
        /// When it was started.
        started_at: DateTime<Utc>,
        /// When it was closed.
        closed_at: DateTime<Utc>,
        /// How it ended; nothing is open.
        tally: Tally,
    },
    /// The evidence stands. Final.
    Sealed {
        /// When it was closed.
        closed_at: DateTime<Utc>,
        /// When it was sealed.
        sealed_at: DateTime<Utc>,
        /// How it ended.
        tally: Tally,
    },
    /// Called off. Final.
    Cancelled {
        /// When.
        cancelled_at: DateTime<Utc>,
    },
}

/// Why a campaign cannot take a step, in a sentence for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The step does not start from this state.
    #[error("{step} is not possible: this campaign is {is}, and only {needs} can be {step_past}.")]
    Wrong {
        /// The step as a noun ("Starting").
        step: &'static str,
        /// The step as a participle ("started").
        step_past: &'static str,
        /// The state it is in.
        is: &'static str,
        /// The states it would have to be in.
        needs: &'static str,
    },
    /// Nothing would be reviewed.
    #[error("Nothing matches this campaign's population, so there is nothing to review.")]
    Empty,
    /// The deadline has passed before the start.
    #[error("The due date has passed. Choose a later one before starting.")]
    DuePassed,
    /// The counts are not those of the frozen population.
    #[error(
        "The campaign froze {population} items but {counted} were counted; nothing was closed."
    )]
    Miscounted {
        /// Items frozen at start.
        population: u64,
        /// Items counted now.
        counted: u64,
    },
    /// Items are still open in a campaign that should be closed.
    #[error("{0} items still have no outcome; nothing was closed.")]
    StillOpen(u64),
}

impl Campaign {
    /// The flat word of this state.
    pub fn state(&self) -> CampaignState {
        match self {
            Self::Draft { .. } => CampaignState::Draft,
            Self::Active { .. } => CampaignState::Active,
            Self::Closed { .. } => CampaignState::Closed,
            Self::Sealed { .. } => CampaignState::Sealed,
            Self::Cancelled { .. } => CampaignState::Cancelled,
        }
    }

    /// Starts a draft over a frozen population.
    ///
    /// # Errors
    /// [`StateError`] when it is no draft, the population is empty or the due date has passed.
    pub fn start(self, population: u64, now: DateTime<Utc>) -> Result<Self, StateError> {
        let Self::Draft { due_at } = self else {
            return Err(self.wrong("Starting", "started", "a draft"));
        };
        if population == 0 {
            return Err(StateError::Empty);
        }
        if due_at <= now {
            return Err(StateError::DuePassed);
        }
        Ok(Self::Active {
            due_at,
            started_at: now,
            population,
        })
    }

    /// Closes an active campaign whose unanswered items were already marked as not reviewed.
    ///
    /// # Errors
    /// [`StateError`] when it is not active or the counts do not add up to the frozen population.
    pub fn close(self, tally: Tally, now: DateTime<Utc>) -> Result<Self, StateError> {
        let Self::Active {
            started_at,
            population,
            ..
        } = self
        else {
            return Err(self.wrong("Closing", "closed", "an active one"));
        };
        if tally.items() != population {
            return Err(StateError::Miscounted {
                population,
                counted: tally.items(),
            });
        }
        if tally.open > 0 {
            return Err(StateError::StillOpen(tally.open));
        }
        Ok(Self::Closed {
            started_at,
            closed_at: now,
            tally,
        })
    }

    /// Seals a closed campaign; there is no way back.
    ///
    /// # Errors
    /// [`StateError`] when it is not closed.
    pub fn seal(self, now: DateTime<Utc>) -> Result<Self, StateError> {
        let Self::Closed {
            closed_at, tally, ..
        } = self
        else {
            return Err(self.wrong("Sealing", "sealed", "a closed one"));
        };
        Ok(Self::Sealed {
            closed_at,
            sealed_at: now,
            tally,
        })
    }

    /// Calls a draft or active campaign off.
    ///
    /// # Errors
    /// [`StateError`] when it is closed, sealed or already cancelled.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, StateError> {
        match self {
            Self::Draft { .. } | Self::Active { .. } => Ok(Self::Cancelled { cancelled_at: now }),
            other => Err(other.wrong("Cancelling", "cancelled", "a draft or an active one")),
        }
    }

    fn wrong(
        &self,
        step: &'static str,
        step_past: &'static str,
        needs: &'static str,
    ) -> StateError {
        let is = match self {
            Self::Draft { .. } => "still a draft",
            Self::Active { .. } => "active",
            Self::Closed { .. } => "closed",
            Self::Sealed { .. } => "sealed",
            Self::Cancelled { .. } => "cancelled",
        };
        StateError::Wrong {
            step,
            step_past,
            is,
            needs,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + day * 86_400, 0).expect("time")
    }

    fn tally(approve: u64) -> Tally {
        Tally {
            approve,
            ..Tally::default()
        }
    }

    #[test]
    fn a_campaign_goes_through_its_life() {
        let sealed = Campaign::Draft { due_at: at(28) }
            .start(3, at(0))
            .and_then(|active| active.close(tally(3), at(28)))
            .and_then(|closed| closed.seal(at(29)))
            .expect("sealed");
        assert_eq!(sealed.state(), CampaignState::Sealed);
    }

    #[test]
    fn each_refusal_is_a_plain_sentence() {
        let draft = || Campaign::Draft { due_at: at(28) };
        assert_eq!(draft().start(0, at(0)), Err(StateError::Empty));
        assert_eq!(draft().start(1, at(28)), Err(StateError::DuePassed));
        let wrong = draft().seal(at(1)).expect_err("not closed");
        assert_eq!(
            wrong.to_string(),
            "Sealing is not possible: this campaign is still a draft, and only a closed one can be sealed."
        );
        let active = draft().start(3, at(0)).expect("active");
        assert!(matches!(
            active.close(tally(2), at(1)),
            Err(StateError::Miscounted { .. })
        ));
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Start(u64),
        Close(u64, u64),
        Seal,
        Cancel,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        proptest::collection::vec(
            prop_oneof![
                (0u64..4).prop_map(Step::Start),
                (0u64..4, 0u64..2).prop_map(|(approve, open)| Step::Close(approve, open)),
                Just(Step::Seal),
                Just(Step::Cancel),
            ],
            0..12,
        )
    }

    proptest! {
        #[test]
        fn no_sequence_of_steps_reaches_an_illegal_state(steps in steps()) {
            let mut campaign = Campaign::Draft { due_at: at(28) };
            let mut now = at(0);
            for step in steps {
                now += TimeDelta::hours(1);
                let before = campaign.state();
                let next = match step {
                    Step::Start(n) => campaign.clone().start(n, now),
                    Step::Close(approve, open) => campaign.clone().close(
                        Tally { open, approve, ..Tally::default() }, now),
                    Step::Seal => campaign.clone().seal(now),
                    Step::Cancel => campaign.clone().cancel(now),
                };
                let Ok(next) = next else { continue };
                let legal = matches!(
                    (before, next.state()),
                    (CampaignState::Draft, CampaignState::Active | CampaignState::Cancelled)
                        | (CampaignState::Active, CampaignState::Closed | CampaignState::Cancelled)
                        | (CampaignState::Closed, CampaignState::Sealed)
                );
                prop_assert!(legal, "{before:?} -> {:?}", next.state());
                if let Campaign::Closed { tally, .. } = &next {
                    prop_assert_eq!(tally.open, 0);
                    prop_assert!(tally.items() > 0);
                }
                campaign = next;
            }
        }
    }
}
