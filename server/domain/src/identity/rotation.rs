//! Rotation: how old a credential may grow and where it stands.
//!
//! Maxima: personal access token and database password 30 days, signing key 365, every other static
//! credential 90. A day is 24 hours from the instant of the last change, so no time zone and no leap day
//! moves the limit; only the date shown differs by the reader's zone.

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

/// Judges one credential. The limit itself is still within; one moment later is overdue.
pub fn judge(
    credential: CredentialType,
    issued_at: Option<DateTime<Utc>>,
    rotated_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Rotation {
    let max_age_days = max_age_days(credential);
    let due_at = due_at(credential, issued_at, rotated_at);
    let state = match (max_age_days, due_at) {
        (None, _) => RotationState::NotNeeded,
        (Some(_), None) => RotationState::UnknownAge,
        (Some(_), Some(due)) if now > due => RotationState::Overdue,
        (Some(_), Some(due)) if now >= due - TimeDelta::days(SOON_DAYS) => RotationState::DueSoon,
        (Some(_), Some(_)) => RotationState::Ok,
    };
    Rotation {
        state,
        due_at,
        max_age_days,
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
    fn the_far_end_of_time_does_not_panic() {
        assert_eq!(
            due_at(CredentialType::ApiKey, Some(DateTime::<Utc>::MAX_UTC), None),
            None
        );
    }
}
