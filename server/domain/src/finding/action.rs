//! What a person may do with a finding: acknowledge it, except it for a time, take that back.

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
            Self::State { .. } => None,
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
        FindingAction::Reopen => {
            matches!(state, FindingState::Acknowledged | FindingState::Excepted)
        }
    }
}

/// Judges an action. A resolved finding is left alone: it opens again by itself when it is so again.
///
/// # Errors
/// [`Refused`] says in a plain sentence why not.
pub fn act(
    state: FindingState,
    severity: Severity,
    action: FindingAction,
    note: &str,
    days: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Acted, Refused> {
    if !allows(state, action) {
        return Err(Refused::State { action, state });
    }
    if let Some(shape) = secret::find(note) {
        return Err(Refused::Secret(shape.refusal()));
    }
    match action {
        FindingAction::Acknowledge => Ok(Acted {
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

    #[test]
    fn a_resolved_finding_is_left_alone() {
        for action in FindingAction::ALL.iter().copied() {
            assert!(matches!(
                act(
                    FindingState::Resolved,
                    Severity::Low,
                    action,
                    WHY,
                    Some(3),
                    now()
                ),
                Err(Refused::State { .. })
            ));
        }
    }

    #[test]
    fn a_note_with_a_secret_is_refused() {
        let note = format!("see {}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let refused = act(
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
