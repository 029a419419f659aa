//! When answers are due: the end of a day where its maker lives.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};

/// Reads a due day and gives the first moment after it; `None` when it is not a day.
///
/// An unknown zone counts as UTC. Where the next midnight does not exist (summer time begins there), the
/// first hour that does is taken.
pub fn end_of(day: &str, zone: &str) -> Option<DateTime<Utc>> {
    let next = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d")
        .ok()?
        .succ_opt()?;
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    (0..4).find_map(|hour| {
        let local = next.and_time(NaiveTime::MIN) + TimeDelta::hours(hour);
        match zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
            LocalResult::None => None,
        }
    })
}

/// The day it is in a zone; of UTC where the zone is unknown.
pub fn day_in(at: DateTime<Utc>, zone: &str) -> NaiveDate {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    at.with_timezone(&zone).date_naive()
}

/// Whether a text names a time zone.
pub fn is_zone(text: &str) -> bool {
    text.parse::<chrono_tz::Tz>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_its_maker_lives() {
        let end = |day, zone| end_of(day, zone).map(|at| at.to_rfc3339());
        assert_eq!(
            end("2026-11-30", "Europe/Berlin").as_deref(),
            Some("2026-11-30T23:00:00+00:00")
        );
        assert_eq!(
            end("2026-11-30", "nowhere").as_deref(),
            Some("2026-12-01T00:00:00+00:00")
        );
        assert_eq!(
            end("2026-09-05", "America/Santiago").as_deref(),
            Some("2026-09-06T04:00:00+00:00")
        );
        assert_eq!(end("30.11.2026", "UTC"), None);
    }
}
