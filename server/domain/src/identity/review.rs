//! Reviews: every identity in use is attested once a quarter. The campaign itself is not judged here.

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::identities::ReviewState;

/// Days between two reviews.
pub const PERIOD_DAYS: u64 = 90;

/// Days before the date from which a review counts as due soon.
pub const SOON_DAYS: i64 = 14;

/// When the next review is due: a quarter after the last one, or after it came into use.
pub fn next(last_reviewed_at: Option<DateTime<Utc>>, active_since: DateTime<Utc>) -> DateTime<Utc> {
    let from = last_reviewed_at.unwrap_or(active_since);
    from.checked_add_days(Days::new(PERIOD_DAYS))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Where the review stands. Late is late, whether or not there ever was one.
pub fn judge(
    last_reviewed_at: Option<DateTime<Utc>>,
    next_review_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> ReviewState {
    match next_review_at {
        Some(next) if now > next => ReviewState::Overdue,
        Some(next) if now >= next - TimeDelta::days(SOON_DAYS) => ReviewState::DueSoon,
        _ if last_reviewed_at.is_none() => ReviewState::Never,
        _ => ReviewState::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn the_next_review_is_a_quarter_after_the_last_or_after_the_start() {
        let start = at("2026-01-01T00:00:00Z");
        assert_eq!(next(None, start), at("2026-04-01T00:00:00Z"));
        assert_eq!(
            next(Some(at("2026-08-22T00:00:00Z")), start),
            at("2026-11-20T00:00:00Z")
        );
        assert_eq!(
            next(None, DateTime::<Utc>::MAX_UTC),
            DateTime::<Utc>::MAX_UTC
        );
    }

    #[test]
    fn states_follow_the_date() {
        let last = Some(at("2026-08-22T00:00:00Z"));
        let due = Some(at("2026-11-20T00:00:00Z"));
        for (now, state) in [
            ("2026-11-05T23:59:59Z", ReviewState::Ok),
            ("2026-11-06T00:00:00Z", ReviewState::DueSoon),
            ("2026-11-20T00:00:00Z", ReviewState::DueSoon),
            ("2026-11-20T00:00:01Z", ReviewState::Overdue),
        ] {
            assert_eq!(judge(last, due, at(now)), state, "{now}");
        }
        assert_eq!(
            judge(None, due, at("2026-09-01T00:00:00Z")),
            ReviewState::Never
        );
        assert_eq!(
            judge(None, None, at("2026-09-01T00:00:00Z")),
            ReviewState::Never
        );
    }
}
