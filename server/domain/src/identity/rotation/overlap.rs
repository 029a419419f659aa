//! A rotation with an overlap: old and new are both valid for a while, and neither is a violation. What happened is
//! proven by events: the first use of the new, the last use of the old.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{CredentialType, RotationProof};

use crate::identity::secret::{self, SecretShape};

/// Longest overlap, in days.
pub const LONGEST_DAYS: i64 = 30;

/// Days both are valid when nobody says otherwise: a signing key's signatures are checked for longer.
pub const fn default_days(credential: CredentialType) -> i64 {
    match credential {
        CredentialType::SigningKey | CredentialType::Certificate => 30,
        _ => 7,
    }
}

/// Both generations, as events tell of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generations {
    /// When the new one was made.
    pub rotated_at: DateTime<Utc>,
    /// Until when both are valid.
    pub overlap_until: DateTime<Utc>,
    /// First event that used the new one.
    pub new_first_used: Option<DateTime<Utc>>,
    /// Last event that used the old one.
    pub old_last_used: Option<DateTime<Utc>>,
    /// When the old one was revoked.
    pub old_revoked: Option<DateTime<Utc>>,
    /// Whether a source would have seen either used.
    pub covered: bool,
}

/// How far a rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Both are valid, and that is all right.
    Running {
        /// Whether the new one is in use already.
        new_used: bool,
    },
    /// The new one is used, and the old one was not used after the overlap.
    Proven {
        /// First use of the new one.
        new_first: DateTime<Utc>,
        /// Last use of the old one; absent when it was never seen.
        old_last: Option<DateTime<Utc>>,
    },
    /// The old one was used after the overlap.
    OldStillUsed {
        /// Its last use.
        last: DateTime<Utc>,
    },
    /// The overlap is over and nobody used the new one.
    NewUnused,
    /// No source would have seen it.
    Unknown,
}

impl Proof {
    /// Its word.
    pub const fn kind(&self) -> RotationProof {
        match self {
            Self::Running { .. } => RotationProof::Running,
            Self::Proven { .. } => RotationProof::Proven,
            Self::OldStillUsed { .. } => RotationProof::OldStillUsed,
            Self::NewUnused => RotationProof::NewUnused,
            Self::Unknown => RotationProof::Unknown,
        }
    }
}

/// Most characters of a reference or a name.
pub const LONGEST_REFERENCE: usize = 200;

/// Why a rotation cannot be recorded so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A secret where its reference belongs.
    #[error("{}", .0.refusal())]
    Secret(SecretShape),
    /// Nothing tells the new one from the old.
    #[error("Give the new one's key id or fingerprint.")]
    NoReference,
    /// The old one again.
    #[error("This is the reference of the one it replaces. Give the new one's.")]
    SameReference,
    /// No reference has so many characters.
    #[error("Keep it under {LONGEST_REFERENCE} characters.")]
    TooLong,
    /// Somebody recorded it already.
    #[error("A newer one replaces this one already.")]
    Replaced,
    /// It does not work any more.
    #[error("This one is revoked; what is revoked is not rotated.")]
    Revoked,
    /// Nothing is stored.
    #[error("{} stores nothing and needs no rotation.", .0.label())]
    NothingStored(CredentialType),
    /// Too long, or negative.
    #[error("Old and new are valid together for 0 to {LONGEST_DAYS} days.")]
    Days,
    /// It lies ahead.
    #[error("The new one cannot have been made in the future.")]
    Ahead,
    /// It lies before the old one.
    #[error("The new one cannot be older than the one it replaces.")]
    Older,
}

impl Refused {
    /// The form field the sentence belongs beside; none where the credential itself is in the way.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Secret(_) | Self::NoReference | Self::SameReference | Self::TooLong => {
                Some("reference")
            }
            Self::Days => Some("overlap_days"),
            Self::Ahead | Self::Older => Some("rotated_on"),
            Self::NothingStored(_) | Self::Replaced | Self::Revoked => None,
        }
    }
}

/// Reads the reference of a new generation.
///
/// # Errors
/// [`Refused`] when it is a secret, missing, too long, or the old one's.
pub fn reference(new: &str, old: &str) -> Result<String, Refused> {
    let new = new.trim();
    if let Some(shape) = secret::find(new) {
        return Err(Refused::Secret(shape));
    }
    if new.is_empty() {
        return Err(Refused::NoReference);
    }
    if new.chars().count() > LONGEST_REFERENCE {
        return Err(Refused::TooLong);
    }
    if new == old.trim() {
        return Err(Refused::SameReference);
    }
    Ok(new.to_owned())
}

/// Judges when the overlap of a rotation ends.
///
/// # Errors
/// [`Refused`] says what is wrong.
pub fn begin(
    credential: CredentialType,
    old_since: Option<DateTime<Utc>>,
    rotated_at: DateTime<Utc>,
    days: Option<i64>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Refused> {
    if super::max_age_days(credential).is_none() {
        return Err(Refused::NothingStored(credential));
    }
    if rotated_at > now {
        return Err(Refused::Ahead);
    }
    if old_since.is_some_and(|old| rotated_at < old) {
        return Err(Refused::Older);
    }
    let days = days.unwrap_or_else(|| default_days(credential));
    if !(0..=LONGEST_DAYS).contains(&days) {
        return Err(Refused::Days);
    }
    Ok(rotated_at + TimeDelta::days(days))
}

/// Says how far a rotation is.
pub fn judge(both: &Generations, now: DateTime<Utc>) -> Proof {
    if let Some(last) = both.old_last_used.filter(|last| *last > both.overlap_until) {
        return Proof::OldStillUsed { last };
    }
    let over = now > both.overlap_until || both.old_revoked.is_some();
    match (over, both.new_first_used) {
        (false, used) => Proof::Running {
            new_used: used.is_some(),
        },
        (true, Some(new_first)) => Proof::Proven {
            new_first,
            old_last: both.old_last_used,
        },
        (true, None) if both.covered => Proof::NewUnused,
        (true, None) => Proof::Unknown,
    }
}

/// The proof in a sentence.
pub fn sentence(proof: &Proof) -> String {
    let day = |at: &DateTime<Utc>| at.format("%-d %b %Y").to_string();
    match proof {
        Proof::Running { new_used: true } => "Both are valid; the new one is in use.".into(),
        Proof::Running { new_used: false } => {
            "Both are valid; the new one has not been seen in use yet.".into()
        }
        Proof::Proven {
            new_first,
            old_last: Some(last),
        } => {
            format!(
                "Proven: the new one in use since {}, the old one last used {}.",
                day(new_first),
                day(last)
            )
        }
        Proof::Proven {
            new_first,
            old_last: None,
        } => {
            format!(
                "Proven: the new one in use since {}, the old one never seen since.",
                day(new_first)
            )
        }
        Proof::OldStillUsed { last } => format!(
            "The old one was still used on {}, after the overlap.",
            day(last)
        ),
        Proof::NewUnused => "The overlap is over and nobody has used the new one.".into(),
        Proof::Unknown => "No source sees these used, so the rotation is not proven.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T00:00:00Z")
            .parse()
            .expect("a time")
    }

    fn both() -> Generations {
        Generations {
            rotated_at: at(1),
            overlap_until: at(8),
            new_first_used: Some(at(2)),
            old_last_used: Some(at(5)),
            old_revoked: None,
            covered: true,
        }
    }

    #[test]
    fn an_overlap_runs_then_is_proven_by_first_and_last_use() {
        assert_eq!(judge(&both(), at(8)), Proof::Running { new_used: true });
        let proven = Proof::Proven {
            new_first: at(2),
            old_last: Some(at(5)),
        };
        assert_eq!(judge(&both(), at(9)), proven);
        assert_eq!(
            judge(
                &Generations {
                    old_revoked: Some(at(6)),
                    ..both()
                },
                at(7)
            ),
            proven
        );
        assert!(sentence(&proven).contains("2 Nov 2026"));
    }

    #[test]
    fn a_late_use_of_the_old_one_is_told_whenever_it_is_heard_of() {
        let late = Generations {
            old_last_used: Some(at(9)),
            ..both()
        };
        assert_eq!(judge(&late, at(10)), Proof::OldStillUsed { last: at(9) });
        let last_moment = Generations {
            old_last_used: Some(at(8)),
            ..both()
        };
        assert!(matches!(judge(&last_moment, at(10)), Proof::Proven { .. }));
    }

    #[test]
    fn silence_proves_something_only_where_a_source_listens() {
        let silent = Generations {
            new_first_used: None,
            old_last_used: None,
            ..both()
        };
        assert_eq!(judge(&silent, at(9)), Proof::NewUnused);
        assert_eq!(
            judge(
                &Generations {
                    covered: false,
                    ..silent
                },
                at(9)
            ),
            Proof::Unknown
        );
    }

    #[test]
    fn a_new_generation_needs_a_reference_of_its_own_and_never_its_secret() {
        assert_eq!(reference(" AKIANEW ", "AKIAOLD"), Ok("AKIANEW".to_owned()));
        assert_eq!(
            reference("AKIAOLD ", "AKIAOLD"),
            Err(Refused::SameReference)
        );
        assert_eq!(reference("  ", "AKIAOLD"), Err(Refused::NoReference));
        assert_eq!(reference(&"x".repeat(201), ""), Err(Refused::TooLong));
        let pasted = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let refused = reference(&pasted, "").expect_err("refused");
        assert_eq!(refused.field(), Some("reference"));
        assert!(!refused.to_string().contains("a1B2"), "{refused}");
    }

    #[test]
    fn a_rotation_that_cannot_be_is_refused() {
        let key = CredentialType::SigningKey;
        assert_eq!(
            begin(key, Some(at(1)), at(5), None, at(20)),
            Ok(at(5) + TimeDelta::days(30))
        );
        assert_eq!(
            begin(CredentialType::ApiKey, None, at(5), None, at(20)),
            Ok(at(12))
        );
        assert_eq!(begin(key, None, at(21), None, at(20)), Err(Refused::Ahead));
        assert_eq!(
            begin(key, Some(at(6)), at(5), None, at(20)),
            Err(Refused::Older)
        );
        assert_eq!(
            begin(key, None, at(5), Some(31), at(20)),
            Err(Refused::Days)
        );
        assert_eq!(
            begin(CredentialType::Dynamic, None, at(5), None, at(20)),
            Err(Refused::NothingStored(CredentialType::Dynamic))
        );
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::rotation::{Held, judge_with};
    use contract::identities::RotationState;

    fn moment(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    proptest! {
        /// An accepted rotation overlaps for 0 to 30 days from the new one's making, and during all of it neither
        /// generation is a violation, however old the old one is.
        #[test]
        fn neither_is_a_violation_while_both_are_valid(
            old in 0_i64..100_000_000,
            later in 0_i64..100_000_000,
            days in proptest::option::of(-5_i64..40),
            look in 0_i64..2_592_000,
        ) {
            let (since, made) = (moment(old), moment(old + later));
            match begin(CredentialType::ApiKey, Some(since), made, days, made) {
                Err(refused) => prop_assert_eq!(refused, Refused::Days),
                Ok(until) => {
                    prop_assert!(until >= made && until <= made + TimeDelta::days(LONGEST_DAYS));
                    let now = (made + TimeDelta::seconds(look)).min(until);
                    let held = |issued, overlap_until| Held {
                        credential_type: CredentialType::ApiKey,
                        issued_at: Some(issued),
                        rotated_at: None,
                        limit: None,
                        overlap_until,
                        revoked: false,
                        managed: false,
                    };
                    prop_assert!(judge_with(&held(since, Some(until)), now).state != RotationState::Overdue);
                    prop_assert!(judge_with(&held(made, None), now).state != RotationState::Overdue);
                }
            }
        }

        /// What events prove does not change by waiting: once proven or broken, it stays so until an event says otherwise.
        #[test]
        fn waiting_proves_nothing_new_after_the_end(
            overlap in 0_i64..2_592_000,
            new_first in proptest::option::of(0_i64..5_000_000),
            old_last in proptest::option::of(0_i64..5_000_000),
            covered in any::<bool>(),
            wait in 1_i64..5_000_000,
        ) {
            let both = Generations {
                rotated_at: moment(0),
                overlap_until: moment(overlap),
                new_first_used: new_first.map(moment),
                old_last_used: old_last.map(moment),
                old_revoked: None,
                covered,
            };
            let end = moment(overlap + 1);
            let judged = judge(&both, end);
            prop_assert_eq!(judged, judge(&both, end + TimeDelta::seconds(wait)));
            let broken = old_last.is_some_and(|last| last > overlap);
            prop_assert_eq!(matches!(judged, Proof::OldStillUsed { .. }), broken);
        }
    }
}
