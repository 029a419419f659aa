//! How long events are kept: whole months, counted back from the present one.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};

/// Months that may be asked for. The least covers the 90 days that are looked back on (trusts against what came, the
/// explorer's ranges), however short the months.
pub const MONTHS: std::ops::RangeInclusive<u32> = 4..=240;

/// How long after they were received events stay in any case: what comes late is still detected, exported and read by
/// whoever reads at least once a week.
pub const GRACE: TimeDelta = TimeDelta::days(7);

/// The first day of the first month that is kept: the month that lies `months` before the present one.
pub fn kept_from(now: DateTime<Utc>, months: u32) -> NaiveDate {
    first(now.date_naive())
        .checked_sub_months(Months::new(months))
        .unwrap_or(NaiveDate::MIN)
}

/// The first day of a date's month.
pub fn first(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The first day of the month after.
pub fn after(month: NaiveDate) -> NaiveDate {
    first(month)
        .checked_add_months(Months::new(1))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn months_are_counted_back_from_the_present_one() {
        let now = "2026-11-21T17:00:00Z".parse().expect("a time");
        assert_eq!(kept_from(now, 12), day("2025-11-01"));
        assert_eq!(kept_from(now, 4), day("2026-07-01"));
        let new_year = "2026-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(kept_from(new_year, 4), day("2025-09-01"));
        assert_eq!(after(day("2025-12-31")), day("2026-01-01"));
    }

    #[test]
    fn nothing_younger_is_ever_before_what_is_kept() {
        let start: DateTime<Utc> = "2023-01-01T00:00:00Z".parse().expect("a time");
        for days in 0..1_500 {
            let now = start + TimeDelta::days(days) + TimeDelta::seconds(days * 57);
            for months in MONTHS.step_by(7) {
                let kept = kept_from(now, months);
                let asked = now - Months::new(months);
                assert!(kept <= asked.date_naive(), "{now} {months}");
                // The month before is whole and wholly older than what was asked for.
                assert!(
                    kept.day() == 1 && after(kept) > asked.date_naive(),
                    "{now} {months}"
                );
            }
            assert!(
                now.date_naive() - kept_from(now, *MONTHS.start()) >= TimeDelta::days(92),
                "{now}"
            );
        }
    }
}
