//! A campaign's life: draft, preview, active (stage by stage), remediating, sealed; cancelled before answers end.
//! Sealed is final.

use chrono::{DateTime, Utc};
use contract::campaigns::CampaignState;

use super::tally::Tally;

/// Most stages a campaign has.
pub const MOST_STAGES: u8 = 3;

/// Which stage of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// From 1.
    pub number: u8,
    /// How many there are, 1 to [`MOST_STAGES`].
    pub of: u8,
}

/// A campaign as its life stands; each state holds exactly the facts it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Campaign {
    /// Being prepared: nothing is frozen.
    Draft {
        /// When answers will be due.
        due_at: DateTime<Utc>,
        /// How many stages it will have.
        stages: u8,
    },
    /// Its population was looked at, and every gap acknowledged; nothing is frozen yet.
    Preview {
        /// When answers will be due.
        due_at: DateTime<Utc>,
        /// How many stages it will have.
        stages: u8,
        /// How many items the preview showed.
        count: u64,
    },
    /// Frozen and being answered.
    Active {
        /// When answers are due.
        due_at: DateTime<Utc>,
        /// When it was started.
        started_at: DateTime<Utc>,
        /// How many items were frozen.
        population: u64,
        /// Which stage is being answered.
        stage: Stage,
    },
    /// No answer changes any more; what was decided is being carried out.
    Remediating {
        /// When it was started.
        started_at: DateTime<Utc>,
        /// When answers ended.
        closed_at: DateTime<Utc>,
        /// How it ended; nothing is open.
        tally: Tally,
        /// Revokes and modifies that are neither proven nor waived.
        open_tasks: u64,
    },
    /// The evidence stands. Final.
    Sealed {
        /// When answers ended.
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
    /// Gaps of coverage nobody has acknowledged.
    #[error(
        "{0} of what the sources cannot see is not acknowledged yet. Say why it is accepted, then go on."
    )]
    Gaps(u64),
    /// There is no further stage.
    #[error("This is the last of its stages; end the review instead.")]
    LastStage,
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
    /// What was decided is not carried out.
    #[error("{0} of what was decided is neither proven nor waived; it cannot be sealed before.")]
    OpenTasks(u64),
}

impl Campaign {
    /// The flat word of this state.
    pub fn state(&self) -> CampaignState {
        match self {
            Self::Draft { .. } => CampaignState::Draft,
            Self::Preview { .. } => CampaignState::Preview,
            Self::Active { .. } => CampaignState::Active,
            Self::Remediating { .. } => CampaignState::Remediating,
            Self::Sealed { .. } => CampaignState::Sealed,
            Self::Cancelled { .. } => CampaignState::Cancelled,
        }
    }

    /// Accepts the preview of a draft: its population, and every gap in what the sources see of it.
    ///
    /// # Errors
    /// [`StateError`] when it is no draft, nothing matches, or a gap is not acknowledged.
    pub fn preview(self, count: u64, unacknowledged: u64) -> Result<Self, StateError> {
        let Self::Draft { due_at, stages } = self else {
            return Err(self.wrong("Accepting the preview", "previewed", "a draft"));
        };
        if count == 0 {
            return Err(StateError::Empty);
        }
        if unacknowledged > 0 {
            return Err(StateError::Gaps(unacknowledged));
        }
        Ok(Self::Preview {
            due_at,
            stages,
            count,
        })
    }

    /// Starts a previewed campaign over a frozen population.
    ///
    /// # Errors
    /// [`StateError`] when it was not previewed, the population is empty or the due date has passed.
    pub fn start(self, population: u64, now: DateTime<Utc>) -> Result<Self, StateError> {
        let Self::Preview { due_at, stages, .. } = self else {
            return Err(self.wrong("Starting", "started", "one whose preview was accepted"));
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
            stage: Stage {
                number: 1,
                of: stages.clamp(1, MOST_STAGES),
            },
        })
    }

    /// Signs the present stage off and goes on to the next.
    ///
    /// # Errors
    /// [`StateError`] when it is not active or in its last stage.
    pub fn advance(self) -> Result<Self, StateError> {
        let Self::Active {
            due_at,
            started_at,
            population,
            stage,
        } = self
        else {
            return Err(self.wrong("Signing a stage off", "signed off", "an active one"));
        };
        if stage.number >= stage.of {
            return Err(StateError::LastStage);
        }
        Ok(Self::Active {
            due_at,
            started_at,
            population,
            stage: Stage {
                number: stage.number + 1,
                of: stage.of,
            },
        })
    }

    /// Ends the answers of an active campaign whose unanswered items were already marked as not reviewed.
    ///
    /// # Errors
    /// [`StateError`] when it is not active or the counts do not add up to the frozen population.
    pub fn close(
        self,
        tally: Tally,
        open_tasks: u64,
        now: DateTime<Utc>,
    ) -> Result<Self, StateError> {
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
        Ok(Self::Remediating {
            started_at,
            closed_at: now,
            tally,
            open_tasks,
        })
    }

    /// Seals a campaign of which everything decided is proven or waived; there is no way back.
    ///
    /// # Errors
    /// [`StateError`] when answers have not ended or a task is open.
    pub fn seal(self, now: DateTime<Utc>) -> Result<Self, StateError> {
        let Self::Remediating {
            closed_at,
            tally,
            open_tasks,
            ..
        } = self
        else {
            return Err(self.wrong("Sealing", "sealed", "a closed one"));
        };
        if open_tasks > 0 {
            return Err(StateError::OpenTasks(open_tasks));
        }
        Ok(Self::Sealed {
            closed_at,
            sealed_at: now,
            tally,
        })
    }

    /// Calls a campaign off before its answers have ended.
    ///
    /// # Errors
    /// [`StateError`] when it is closed, sealed or already cancelled.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, StateError> {
        match self {
            Self::Draft { .. } | Self::Preview { .. } | Self::Active { .. } => {
                Ok(Self::Cancelled { cancelled_at: now })
            }
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
            Self::Preview { .. } => "not started yet",
            Self::Active { .. } => "active",
            Self::Remediating { .. } => "closed",
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
#[path = "state/tests.rs"]
mod tests;
