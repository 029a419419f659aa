//! What a person may do with a finding: acknowledge it, give it to somebody, except it for a time, say that a detection
//! is dealt with, take that back.

use chrono::{DateTime, TimeDelta, Utc};
use contract::findings::{FindingAction, FindingState, Severity};

use crate::identity::reason::{NotAReason, Reason};
use crate::identity::secret;

/// Longest exception, in days.
pub const LONGEST_DAYS: i64 = 365;

/// Longest exception of a critical finding, in days.
pub const LONGEST_CRITICAL_DAYS: i64 = 90;

/// What becomes of the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// New state.
    pub state: FindingState,
    /// Note or reason kept with it.
    pub note: String,
    /// When an exception ends.
    pub excepted_until: Option<DateTime<Utc>>,
}

/// Why it is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not allow it.
    #[error("This finding is {}; {} is not possible.", .state.label().to_lowercase(), .action.label().to_lowercase())]
    State {
        /// What was asked.
        action: FindingAction,
        /// Where it stands.
        state: FindingState,
    },
    /// The reason does not do.
    #[error("{0}")]
    Reason(#[from] NotAReason),
    /// How things are cannot be declared over.
    #[error(
        "This is how things are, not what happened: it resolves itself once it is no longer so."
    )]
    Posture,
    /// No end, or too far away.
    #[error("An exception lasts 1 to {0} days for a finding of this severity.")]
    Days(i64),
    /// A secret in the note.
    #[error("{0}")]
    Secret(String),
}

impl Refused {
    /// The form field the sentence belongs beside.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Reason(_) | Self::Secret(_) => Some("note"),
            Self::Days(_) => Some("days"),
            Self::State { .. } | Self::Posture => None,
        }
    }
}

/// The longest exception a severity allows, in days.
pub const fn longest_days(severity: Severity) -> i64 {
    match severity {
        Severity::Critical => LONGEST_CRITICAL_DAYS,
        Severity::High | Severity::Medium | Severity::Low => LONGEST_DAYS,
    }
}

/// Whether a state knows an action.
pub const fn allows(state: FindingState, action: FindingAction) -> bool {
    match action {
        FindingAction::Acknowledge => matches!(state, FindingState::Open),
        FindingAction::Except => matches!(state, FindingState::Open | FindingState::Acknowledged),
        FindingAction::Resolve | FindingAction::Assign => {
            matches!(state, FindingState::Open | FindingState::Acknowledged)
        }
        FindingAction::Reopen => !matches!(state, FindingState::Open),
    }
}

/// Judges an action. `detected`: it was made out of events. Posture resolves itself when it is so no more, and opens again when it is so again; only what
/// happened can be said to be dealt with.
///
/// # Errors
/// [`Refused`] says in a plain sentence why not.
pub fn act(
    detected: bool,
    state: FindingState,
    severity: Severity,
    action: FindingAction,
    note: &str,
    days: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Acted, Refused> {
    let settled = matches!(action, FindingAction::Resolve)
        || (action, state) == (FindingAction::Reopen, FindingState::Resolved);
    if settled && !detected {
        return Err(Refused::Posture);
    }
    if !allows(state, action) {
        return Err(Refused::State { action, state });
    }
    if let Some(shape) = secret::find(note) {
        return Err(Refused::Secret(shape.refusal()));
    }
    match action {
        FindingAction::Resolve => Ok(Acted {
            state: FindingState::Resolved,
            note: Reason::parse(note)?.to_string(),
            excepted_until: None,
        }),
        FindingAction::Acknowledge | FindingAction::Assign => Ok(Acted {
            state: FindingState::Acknowledged,
            note: note.trim().chars().take(2_000).collect(),
            excepted_until: None,
        }),
        FindingAction::Reopen => Ok(Acted {
            state: FindingState::Open,
            note: note.trim().chars().take(2_000).collect(),
            excepted_until: None,
        }),
        FindingAction::Except => {
            let reason = Reason::parse(note)?;
            let longest = longest_days(severity);
            let days = days
                .filter(|days| (1..=longest).contains(days))
                .ok_or(Refused::Days(longest))?;
            Ok(Acted {
                state: FindingState::Excepted,
                note: reason.to_string(),
                excepted_until: Some(now + TimeDelta::days(days)),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHY: &str = "The vendor offers no federation until spring";

    fn now() -> DateTime<Utc> {
        "2026-11-21T00:00:00Z".parse().expect("a time")
    }

    #[test]
    fn an_exception_needs_a_reason_and_an_end() {
        let except = |severity, note, days| {
            act(
                false,
                FindingState::Open,
                severity,
                FindingAction::Except,
                note,
                days,
                now(),
            )
        };
        assert_eq!(
            except(Severity::High, WHY, Some(365))
                .expect("excepted")
                .excepted_until,
            Some(now() + TimeDelta::days(365))
        );
        assert_eq!(
            except(Severity::High, WHY, Some(366)),
            Err(Refused::Days(365))
        );
        assert_eq!(
            except(Severity::Critical, WHY, Some(91)),
            Err(Refused::Days(90))
        );
        assert_eq!(except(Severity::High, WHY, None), Err(Refused::Days(365)));
        assert_eq!(
            except(Severity::High, WHY, Some(0)),
            Err(Refused::Days(365))
        );
        assert_eq!(
            except(Severity::High, "ok", Some(3))
                .expect_err("refused")
                .field(),
            Some("note")
        );
    }

    fn tried(detected: bool, state: FindingState, action: FindingAction) -> Result<Acted, Refused> {
        act(detected, state, Severity::Low, action, WHY, Some(3), now())
    }

    #[test]
    fn a_resolved_finding_is_left_alone_but_for_a_detection_that_was_not_over() {
        for action in FindingAction::ALL.iter().copied() {
            let expected = match action {
                FindingAction::Reopen | FindingAction::Resolve => Refused::Posture,
                _ => Refused::State {
                    action,
                    state: FindingState::Resolved,
                },
            };
            assert_eq!(tried(false, FindingState::Resolved, action), Err(expected));
        }
        let again = tried(true, FindingState::Resolved, FindingAction::Reopen).expect("opens");
        assert_eq!(again.state, FindingState::Open);
    }

    #[test]
    fn only_what_happened_can_be_said_to_be_over_and_a_reason_says_why() {
        let resolved =
            tried(true, FindingState::Acknowledged, FindingAction::Resolve).expect("resolves");
        assert_eq!(
            (resolved.state, resolved.note.as_str()),
            (FindingState::Resolved, WHY)
        );
        assert_eq!(
            tried(false, FindingState::Open, FindingAction::Resolve),
            Err(Refused::Posture)
        );
        let mute = act(
            true,
            FindingState::Open,
            Severity::Low,
            FindingAction::Resolve,
            "",
            None,
            now(),
        );
        assert_eq!(mute.expect_err("refused").field(), Some("note"));
    }

    #[test]
    fn a_note_with_a_secret_is_refused() {
        let note = format!("see {}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let refused = act(
            false,
            FindingState::Open,
            Severity::Low,
            FindingAction::Acknowledge,
            &note,
            None,
            now(),
        );
        assert_eq!(refused.expect_err("refused").field(), Some("note"));
    }
}
