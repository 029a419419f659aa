//! The lifecycle of an identity: data-carrying states, transitions that consume the old state and demand
//! their facts. Who may take one of them at all is judged by [`transitions_for`].
//!
//! discovered -> requested or active -> suspended and back -> decommissioning -> removed.

pub mod offered;
pub mod stored;

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{IdentityState, Transition};
use contract::ids::{PersonId, TeamId};

use super::reason::{NotAReason, Reason};
use super::ticket::{NotATicket, Ticket};

pub use offered::{Standing, transitions_for};
pub use stored::StateFacts;

/// Days a disabled identity is watched before it may be called removed.
pub const WATCH_DAYS: i64 = 30;

/// Who did it and when. Nobody means Rollcall itself or the shell beside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The person.
    pub by: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who answers for an identity, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// Owning team.
    pub team: TeamId,
    /// Owner.
    pub owner: PersonId,
    /// What it is for.
    pub purpose: String,
}

/// Where an identity stands, with what that state rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// Seen in events or an import; nobody asked for it.
    Discovered {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Asked for, waiting for somebody else's approval.
    Requested {
        /// Who asked; nobody when it came by import.
        by: Option<PersonId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// In use.
    Active {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Put aside, may come back.
    Suspended {
        /// Who and when.
        mark: Mark,
        /// Why.
        reason: Reason,
    },
    /// Disabled for good and watched.
    Decommissioning {
        /// Who and when.
        mark: Mark,
        /// Why.
        reason: Reason,
        /// Until when any use is watched for.
        watch_until: DateTime<Utc>,
    },
    /// Gone. Any later use is an alarm.
    Removed {
        /// Who and when.
        mark: Mark,
    },
    /// Refused, or dismissed as not ours.
    Rejected {
        /// Who and when.
        mark: Mark,
        /// Why.
        reason: Reason,
    },
}

/// What a person brings to a transition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Why, as typed.
    pub reason: String,
    /// Ticket, as typed.
    pub ticket: String,
    /// Who shall answer for it.
    pub ownership: Option<Ownership>,
}

/// A transition that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The new state.
    pub state: Lifecycle,
    /// The ticket it rests on, where one was demanded.
    pub ticket: Option<Ticket>,
    /// The reason it rests on, where one was demanded.
    pub reason: Option<Reason>,
    /// Who answers from now on, where that changed.
    pub ownership: Option<Ownership>,
}

/// Why a transition is refused, as a plain sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not allow it.
    #[error("{} is not possible while it is {}.", .transition.label(), .state.label().to_lowercase())]
    State {
        /// What was asked.
        transition: Transition,
        /// Where it stands.
        state: IdentityState,
    },
    /// The requester may not approve, whatever their roles.
    #[error("You asked for this identity, so somebody else has to approve it.")]
    OwnRequest,
    /// The reason does not do.
    #[error("{0}")]
    Reason(#[from] NotAReason),
    /// The ticket does not do.
    #[error("{0}")]
    Ticket(#[from] NotATicket),
    /// Nobody would answer for it.
    #[error(
        "Name the owning team and the owner: an active identity has somebody who answers for it."
    )]
    Ownership,
    /// Nobody says what it is for.
    #[error("Say what it is for before it becomes active.")]
    Purpose,
    /// Still being watched.
    #[error("It is watched until {}; it can be called removed after that.", .0.format("%-d %b %Y, %H:%M UTC"))]
    Watched(DateTime<Utc>),
}

impl Refused {
    /// The form field the sentence belongs beside; `None` for the form as a whole.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Reason(_) => Some("reason"),
            Self::Ticket(_) => Some("ticket"),
            Self::Ownership => Some("team"),
            Self::Purpose => Some("purpose"),
            Self::State { .. } | Self::OwnRequest | Self::Watched(_) => None,
        }
    }
}

/// Whether a transition demands a reason, and whether it demands a ticket.
pub const fn demands(transition: Transition) -> (bool, bool) {
    match transition {
        Transition::Approve | Transition::Remove => (false, false),
        Transition::Reject | Transition::Suspend | Transition::Dismiss => (true, false),
        Transition::Adopt | Transition::Reactivate | Transition::Decommission => (true, true),
    }
}

impl Lifecycle {
    /// The flat word of the state.
    pub const fn state(&self) -> IdentityState {
        match self {
            Self::Discovered { .. } => IdentityState::Discovered,
            Self::Requested { .. } => IdentityState::Requested,
            Self::Active { .. } => IdentityState::Active,
            Self::Suspended { .. } => IdentityState::Suspended,
            Self::Decommissioning { .. } => IdentityState::Decommissioning,
            Self::Removed { .. } => IdentityState::Removed,
            Self::Rejected { .. } => IdentityState::Rejected,
        }
    }

    /// Takes a transition by its word.
    ///
    /// # Errors
    /// [`Refused`] says in a plain sentence why not.
    pub fn take(self, transition: Transition, facts: Facts, mark: Mark) -> Result<Taken, Refused> {
        let (wants_reason, wants_ticket) = demands(transition);
        self.allows(transition)?;
        let reason = wants_reason
            .then(|| Reason::parse(&facts.reason))
            .transpose()?;
        let ticket = wants_ticket
            .then(|| Ticket::parse(&facts.ticket))
            .transpose()?;
        let mut ownership = None;
        let state = match (transition, reason.clone()) {
            (Transition::Approve, _) => self.approve(mark)?,
            (Transition::Adopt, _) => {
                let (state, named) = self.adopt(facts.ownership, mark)?;
                ownership = Some(named);
                state
            }
            (Transition::Reactivate, _) => self.reactivate(mark)?,
            (Transition::Remove, _) => self.remove(mark)?,
            (Transition::Reject, Some(reason)) => self.reject(mark, reason)?,
            (Transition::Dismiss, Some(reason)) => self.dismiss(mark, reason)?,
            (Transition::Suspend, Some(reason)) => self.suspend(mark, reason)?,
            (Transition::Decommission, Some(reason)) => self.decommission(mark, reason)?,
            (_, None) => return Err(NotAReason::Missing.into()),
        };
        Ok(Taken {
            state,
            ticket,
            reason,
            ownership,
        })
    }

    /// Requested -> active, by somebody other than the requester.
    ///
    /// # Errors
    /// [`Refused`] when it is not requested or the requester approves.
    pub fn approve(self, mark: Mark) -> Result<Self, Refused> {
        match self {
            Self::Requested { by, .. } if by.is_some() && by == mark.by => Err(Refused::OwnRequest),
            Self::Requested { .. } => Ok(Self::Active { since: mark.at }),
            other => Err(other.refuse(Transition::Approve)),
        }
    }

    /// Requested -> rejected.
    ///
    /// # Errors
    /// [`Refused`] when it is not requested.
    pub fn reject(self, mark: Mark, reason: Reason) -> Result<Self, Refused> {
        match self {
            Self::Requested { .. } => Ok(Self::Rejected { mark, reason }),
            other => Err(other.refuse(Transition::Reject)),
        }
    }

    /// Discovered -> active, once somebody answers for it and says what it is for.
    ///
    /// # Errors
    /// [`Refused`] when it is not discovered or nobody answers.
    pub fn adopt(
        self,
        ownership: Option<Ownership>,
        mark: Mark,
    ) -> Result<(Self, Ownership), Refused> {
        match self {
            Self::Discovered { .. } => {
                let ownership = ownership.ok_or(Refused::Ownership)?;
                if ownership.purpose.trim().chars().count() < 10 {
                    return Err(Refused::Purpose);
                }
                Ok((Self::Active { since: mark.at }, ownership))
            }
            other => Err(other.refuse(Transition::Adopt)),
        }
    }

    /// Discovered -> rejected: not an identity of ours.
    ///
    /// # Errors
    /// [`Refused`] when it is not discovered.
    pub fn dismiss(self, mark: Mark, reason: Reason) -> Result<Self, Refused> {
        match self {
            Self::Discovered { .. } => Ok(Self::Rejected { mark, reason }),
            other => Err(other.refuse(Transition::Dismiss)),
        }
    }

    /// Active -> suspended.
    ///
    /// # Errors
    /// [`Refused`] when it is not active.
    pub fn suspend(self, mark: Mark, reason: Reason) -> Result<Self, Refused> {
        match self {
            Self::Active { .. } => Ok(Self::Suspended { mark, reason }),
            other => Err(other.refuse(Transition::Suspend)),
        }
    }

    /// Suspended or decommissioning -> active: disabling is reversible until it is removed.
    ///
    /// # Errors
    /// [`Refused`] when it is neither.
    pub fn reactivate(self, mark: Mark) -> Result<Self, Refused> {
        match self {
            Self::Suspended { .. } | Self::Decommissioning { .. } => {
                Ok(Self::Active { since: mark.at })
            }
            other => Err(other.refuse(Transition::Reactivate)),
        }
    }

    /// Active or suspended -> decommissioning: disabled, and watched for [`WATCH_DAYS`].
    ///
    /// # Errors
    /// [`Refused`] when it is neither.
    pub fn decommission(self, mark: Mark, reason: Reason) -> Result<Self, Refused> {
        match self {
            Self::Active { .. } | Self::Suspended { .. } => Ok(Self::Decommissioning {
                mark,
                reason,
                watch_until: mark
                    .at
                    .checked_add_signed(TimeDelta::days(WATCH_DAYS))
                    .unwrap_or(DateTime::<Utc>::MAX_UTC),
            }),
            other => Err(other.refuse(Transition::Decommission)),
        }
    }

    /// Decommissioning -> removed, once the watch is over.
    ///
    /// # Errors
    /// [`Refused`] when it is not being decommissioned, or still watched.
    pub fn remove(self, mark: Mark) -> Result<Self, Refused> {
        match self {
            Self::Decommissioning { watch_until, .. } if mark.at < watch_until => {
                Err(Refused::Watched(watch_until))
            }
            Self::Decommissioning { .. } => Ok(Self::Removed { mark }),
            other => Err(other.refuse(Transition::Remove)),
        }
    }

    /// Whether the state knows the transition at all, before any fact is looked at.
    const fn allows(&self, transition: Transition) -> Result<(), Refused> {
        let state = self.state();
        if offered::leads_somewhere(state, transition) {
            Ok(())
        } else {
            Err(Refused::State { transition, state })
        }
    }

    const fn refuse(&self, transition: Transition) -> Refused {
        Refused::State {
            transition,
            state: self.state(),
        }
    }
}

#[cfg(test)]
mod tests;
