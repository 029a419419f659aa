//! Rotation: how old a credential may grow and where it stands.
//!
//! Maxima: personal access token and database password 30 days, signing key 365, every other static
//! credential 90. A day is 24 hours from the instant of the last change, so no time zone and no leap day
//! moves the limit; only the date shown differs by the reader's zone.

pub mod overlap;
pub mod policy;

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::identities::{CredentialType, RotationState};

/// Days before the limit from which a rotation counts as due soon.
pub const SOON_DAYS: i64 = 14;

/// The longest age allowed, in days; `None` where nothing is stored.
pub const fn max_age_days(credential: CredentialType) -> Option<u64> {
    match credential {
        CredentialType::OidcFederation | CredentialType::Dynamic => None,
        CredentialType::PersonalAccessToken | CredentialType::DatabasePassword => Some(30),
        CredentialType::SigningKey => Some(365),
        CredentialType::ApiKey
        | CredentialType::ClientSecret
        | CredentialType::Certificate
        | CredentialType::SshKey
        | CredentialType::CloudAccessKey => Some(90),
    }
}

/// Where a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// State at the moment asked.
    pub state: RotationState,
    /// When rotation is due; absent when not needed or unknown.
    pub due_at: Option<DateTime<Utc>>,
    /// Longest age allowed, in days.
    pub max_age_days: Option<u64>,
}

/// When a credential's secret must have changed; `None` when nothing is stored or its age is unknown.
pub fn due_at(
    credential: CredentialType,
    issued_at: Option<DateTime<Utc>>,
    rotated_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let days = max_age_days(credential)?;
    issued_at
        .max(rotated_at)
        .and_then(|since| since.checked_add_days(Days::new(days)))
}

/// Judges one credential by its type's own limit. The limit itself is still within; one moment later is overdue.
pub fn judge(
    credential: CredentialType,
    issued_at: Option<DateTime<Utc>>,
    rotated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Rotation {
    judge_with(
        &Held {
            credential_type: credential,
            issued_at,
            rotated_at,
            limit: None,
            overlap_until: None,
            revoked: false,
            managed: false,
        },
        now,
    )
}

/// A credential as its rotation is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Type.
    pub credential_type: CredentialType,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Days a policy allows instead of the type's own.
    pub limit: Option<u64>,
    /// Until when it is valid beside the one that replaces it; absent while nothing does.
    pub overlap_until: Option<DateTime<Utc>>,
    /// It no longer works.
    pub revoked: bool,
    /// The platform that keeps it makes and rotates it.
    pub managed: bool,
}

/// Judges one credential. While a newer one replaces it, its age is no violation: it is due when the overlap ends.
pub fn judge_with(held: &Held, now: DateTime<Utc>) -> Rotation {
    let stored = max_age_days(held.credential_type);
    if stored.is_none() || held.revoked || held.managed {
        return Rotation {
            state: RotationState::NotNeeded,
            due_at: None,
            max_age_days: None,
        };
    }
    let limit = held.limit.or(stored);
    let by_age = held
        .issued_at
        .max(held.rotated_at)
        .zip(limit)
        .and_then(|(since, days)| since.checked_add_days(Days::new(days)));
    let due_at = held.overlap_until.or(by_age);
    // An overlap ends when it ends; only a limit is announced two weeks ahead.
    let soon = due_at
        .filter(|_| held.overlap_until.is_none())
        .map(|due| due - TimeDelta::days(SOON_DAYS));
    let state = match due_at {
        None => RotationState::UnknownAge,
        Some(due) if now > due => RotationState::Overdue,
        Some(_) if soon.is_some_and(|soon| now >= soon) => RotationState::DueSoon,
        Some(_) => RotationState::Ok,
    };
    Rotation {
        state,
        due_at,
        max_age_days: limit,
    }
}

/// The state an identity shows: its worst credential's. Without any known credential the age is unknown.
pub fn worst(states: impl IntoIterator<Item = RotationState>) -> RotationState {
    states
        .into_iter()
        .max_by_key(|state| match state {
            RotationState::NotNeeded => 0,
            RotationState::Ok => 1,
            RotationState::DueSoon => 2,
            RotationState::UnknownAge => 3,
            RotationState::Overdue => 4,
        })
        .unwrap_or(RotationState::UnknownAge)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn state(kind: CredentialType, rotated: &str, now: &str) -> RotationState {
        judge(kind, None, Some(at(rotated)), at(now)).state
    }

    #[test]
    fn maxima_are_those_of_the_policy() {
        for (kind, days) in [
            (CredentialType::OidcFederation, None),
            (CredentialType::Dynamic, None),
            (CredentialType::PersonalAccessToken, Some(30)),
            (CredentialType::ApiKey, Some(90)),
            (CredentialType::ClientSecret, Some(90)),
            (CredentialType::DatabasePassword, Some(30)),
            (CredentialType::SigningKey, Some(365)),
            (CredentialType::Certificate, Some(90)),
            (CredentialType::SshKey, Some(90)),
            (CredentialType::CloudAccessKey, Some(90)),
        ] {
            assert_eq!(max_age_days(kind), days, "{kind}");
        }
    }

    #[test]
    fn the_limit_is_still_within_and_the_next_moment_is_over() {
        let pat = CredentialType::PersonalAccessToken;
        let rotated = "2026-10-01T12:00:00Z";
        assert_eq!(
            state(pat, rotated, "2026-10-17T11:59:59Z"),
            RotationState::Ok
        );
        assert_eq!(
            state(pat, rotated, "2026-10-17T12:00:00Z"),
            RotationState::DueSoon
        );
        assert_eq!(
            state(pat, rotated, "2026-10-31T12:00:00Z"),
            RotationState::DueSoon
        );
        assert_eq!(
            state(pat, rotated, "2026-10-31T12:00:01Z"),
            RotationState::Overdue
        );
    }

    #[test]
    fn a_leap_day_is_a_day() {
        let key = CredentialType::SigningKey;
        // 365 days from 1 March 2027 pass 29 February 2028.
        assert_eq!(
            due_at(key, None, Some(at("2027-03-01T00:00:00Z"))),
            Some(at("2028-02-29T00:00:00Z"))
        );
        assert_eq!(
            due_at(key, None, Some(at("2028-02-29T00:00:00Z"))),
            Some(at("2029-02-28T00:00:00Z"))
        );
        assert_eq!(
            state(key, "2027-03-01T00:00:00Z", "2028-02-29T00:00:01Z"),
            RotationState::Overdue
        );
    }

    #[test]
    fn the_readers_time_zone_and_its_clock_change_do_not_matter() {
        // Berlin leaves summer time on 25 October 2026: local wall time shifts, the limit does not.
        let local = chrono_tz::Europe::Berlin
            .with_ymd_and_hms(2026, 10, 1, 0, 30, 0)
            .single()
            .expect("a local time");
        let due = due_at(CredentialType::ApiKey, None, Some(local.to_utc())).expect("due");
        assert_eq!(due, at("2026-12-29T22:30:00Z"));
        assert_eq!(due - local.to_utc(), TimeDelta::days(90));
    }

    #[test]
    fn the_newest_of_issue_and_rotation_counts() {
        let due = due_at(
            CredentialType::ApiKey,
            Some(at("2026-01-01T00:00:00Z")),
            Some(at("2026-06-01T00:00:00Z")),
        );
        assert_eq!(due, Some(at("2026-08-30T00:00:00Z")));
    }

    #[test]
    fn unknown_age_is_never_ok_and_nothing_stored_needs_nothing() {
        let now = at("2026-11-21T00:00:00Z");
        assert_eq!(
            judge(CredentialType::ClientSecret, None, None, now).state,
            RotationState::UnknownAge
        );
        assert_eq!(
            judge(CredentialType::OidcFederation, None, None, now).state,
            RotationState::NotNeeded
        );
    }

    #[test]
    fn an_identity_is_as_late_as_its_latest_credential() {
        use RotationState::{DueSoon, NotNeeded, Ok, Overdue, UnknownAge};
        assert_eq!(worst([NotNeeded, Ok, DueSoon]), DueSoon);
        assert_eq!(worst([DueSoon, UnknownAge]), UnknownAge);
        assert_eq!(worst([UnknownAge, Overdue, Ok]), Overdue);
        assert_eq!(worst([NotNeeded]), NotNeeded);
        assert_eq!(worst([]), UnknownAge);
    }

    #[test]
    fn a_policy_shortens_or_lengthens_the_limit_and_never_makes_something_of_nothing() {
        let held = |kind, limit| Held {
            credential_type: kind,
            issued_at: Some(at("2026-11-01T00:00:00Z")),
            rotated_at: None,
            limit,
            overlap_until: None,
            revoked: false,
            managed: false,
        };
        let now = at("2026-11-21T00:00:00Z");
        let judged = |kind, limit| judge_with(&held(kind, limit), now);
        assert_eq!(
            judged(CredentialType::ApiKey, Some(7)).state,
            RotationState::Overdue
        );
        assert_eq!(
            judged(CredentialType::ApiKey, Some(30)).state,
            RotationState::DueSoon
        );
        assert_eq!(
            judged(CredentialType::ApiKey, Some(400)).max_age_days,
            Some(400)
        );
        assert_eq!(
            judged(CredentialType::Dynamic, Some(7)).state,
            RotationState::NotNeeded
        );
    }

    #[test]
    fn during_the_overlap_the_old_one_is_no_violation_and_after_it_is() {
        let old = |overlap_until, revoked| Held {
            credential_type: CredentialType::SigningKey,
            issued_at: Some(at("2025-01-01T00:00:00Z")),
            rotated_at: None,
            limit: None,
            overlap_until,
            revoked,
            managed: false,
        };
        let now = at("2026-11-21T00:00:00Z");
        assert_eq!(
            judge_with(&old(None, false), now).state,
            RotationState::Overdue
        );
        let until = Some(at("2026-11-21T00:00:00Z"));
        assert_eq!(judge_with(&old(until, false), now).state, RotationState::Ok);
        assert_eq!(
            judge_with(&old(until, false), now + TimeDelta::seconds(1)).state,
            RotationState::Overdue
        );
        assert_eq!(
            judge_with(&old(until, true), now + TimeDelta::days(9)).state,
            RotationState::NotNeeded
        );
    }

    #[test]
    fn what_the_platform_rotates_needs_nobody() {
        let held = Held {
            credential_type: CredentialType::ApiKey,
            issued_at: None,
            rotated_at: None,
            limit: None,
            overlap_until: None,
            revoked: false,
            managed: true,
        };
        let judged = judge_with(&held, at("2026-11-21T00:00:00Z"));
        assert_eq!(
            (judged.state, judged.due_at),
            (RotationState::NotNeeded, None)
        );
    }

    #[test]
    fn the_far_end_of_time_does_not_panic() {
        assert_eq!(
            due_at(CredentialType::ApiKey, Some(DateTime::<Utc>::MAX_UTC), None),
            None
        );
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Time only moves a credential along ok, due soon, overdue; it never goes back without a rotation.
        #[test]
        fn states_only_move_forward(
            kind in 0..CredentialType::ALL.len(),
            issued in 0_i64..4_000_000_000,
            limit in proptest::option::of(1_u64..1_000),
            first in 0_i64..200_000_000,
            then in 0_i64..200_000_000,
        ) {
            let issued = DateTime::from_timestamp(issued, 0).expect("a time");
            let held = Held {
                credential_type: CredentialType::ALL[kind],
                issued_at: Some(issued),
                rotated_at: None,
                limit,
                overlap_until: None,
                revoked: false,
                managed: false,
            };
            let rank = |seconds: i64| match judge_with(&held, issued + TimeDelta::seconds(seconds)).state {
                RotationState::NotNeeded => 0,
                RotationState::Ok => 1,
                RotationState::DueSoon => 2,
                RotationState::Overdue => 3,
                RotationState::UnknownAge => 4,
            };
            prop_assert!(rank(first) <= rank(first + then));
            prop_assert!(rank(first) < 4);
        }

        /// A rotation never makes it worse, and one at this moment makes it as good as new.
        #[test]
        fn rotating_now_is_never_worse(age_days in 0_i64..2_000, limit in 1_u64..1_000) {
            let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
            let held = |rotated_at| Held {
                credential_type: CredentialType::ApiKey,
                issued_at: Some(now - TimeDelta::days(age_days)),
                rotated_at,
                limit: Some(limit),
                overlap_until: None,
                revoked: false,
                managed: false,
            };
            let fresh = judge_with(&held(Some(now)), now);
            prop_assert!(fresh.state != RotationState::Overdue);
            prop_assert_eq!(fresh.due_at, Some(now + TimeDelta::days(i64::try_from(limit).expect("small"))));
        }
    }
}
