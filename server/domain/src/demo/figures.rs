//! What the nightly job would have noted on each day of the past year: static secrets giving way to federation.

use chrono::{DateTime, Days, NaiveDate, Utc};

/// Figures of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// The day.
    pub day: NaiveDate,
    /// Held by federation.
    pub federated: i64,
    /// Held by dynamic credentials.
    pub dynamic: i64,
    /// Held by a static credential.
    pub static_: i64,
    /// Unknown.
    pub unknown: i64,
    /// Overdue reviews.
    pub reviews_overdue: i64,
    /// Overdue rotations.
    pub rotations_overdue: i64,
    /// Open critical findings.
    pub critical: i64,
    /// Open high findings.
    pub high: i64,
    /// Without a valid owner.
    pub unowned: i64,
    /// Held by a secret that its platform rotates.
    pub platform_managed: i64,
    /// Held by a secret that stands in code.
    pub hard_coded: i64,
    /// Sum of all risk scores.
    pub risk: i64,
}

/// A year ago, month by month, in hundredths of the way from then to now.
const FEDERATED: [i64; 12] = [0, 7, 16, 22, 31, 38, 48, 55, 60, 72, 86, 100];
const STATIC: [i64; 12] = [0, 4, 8, 15, 23, 31, 42, 50, 58, 69, 85, 100];

/// The days of the past year up to yesterday, ending where today stands.
pub fn year(now: DateTime<Utc>, today: &Figures) -> Vec<Figures> {
    let last = now.date_naive();
    let first = Figures {
        day: last,
        federated: today.federated * 40 / 100,
        dynamic: today.dynamic * 43 / 100,
        static_: today.static_ + 26,
        unknown: today.unknown + 6,
        reviews_overdue: 31,
        rotations_overdue: 38,
        critical: 5,
        high: today.high + 9,
        unowned: today.unowned + 14,
        platform_managed: today.platform_managed / 2,
        hard_coded: today.hard_coded + 5,
        risk: today.risk * 96 / 100,
    };
    (1..=364)
        .rev()
        .filter_map(|ago| {
            let day = last.checked_sub_days(Days::new(ago))?;
            Some(between(day, i64::try_from(365 - ago).ok()?, &first, today))
        })
        .collect()
}

/// A day so many days after the first.
fn between(day: NaiveDate, after: i64, first: &Figures, last: &Figures) -> Figures {
    let part = |curve: &[i64; 12]| {
        let at = after * 11;
        let month = usize::try_from(at / 365).unwrap_or(0).min(10);
        let rest = at % 365;
        (curve[month] * 365 + (curve[month + 1] - curve[month]) * rest) / 365
    };
    let mix = |from: i64, to: i64, done: i64| from + (to - from) * done / 100;
    let (rise, fall) = (part(&FEDERATED), part(&STATIC));
    // Reviews fall due together and are cleared by each campaign.
    let season = (after + 60) % 91;
    Figures {
        day,
        federated: mix(first.federated, last.federated, rise),
        dynamic: mix(first.dynamic, last.dynamic, rise),
        static_: mix(first.static_, last.static_, fall),
        unknown: mix(first.unknown, last.unknown, fall),
        reviews_overdue: mix(first.reviews_overdue, last.reviews_overdue, rise) + season / 9,
        rotations_overdue: mix(first.rotations_overdue, last.rotations_overdue, fall),
        critical: mix(first.critical, last.critical, rise) + i64::from(season > 80),
        high: mix(first.high, last.high, fall),
        unowned: mix(first.unowned, last.unowned, rise),
        platform_managed: mix(first.platform_managed, last.platform_managed, rise),
        hard_coded: mix(first.hard_coded, last.hard_coded, fall),
        risk: mix(first.risk, last.risk, fall),
    }
}
