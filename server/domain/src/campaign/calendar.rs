//! When a campaign comes again: a calendar rule of RFC 5545 (the parts a review needs), in a time zone, moved to
//! working days.
//!
//! Understood: `FREQ` of `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`; `INTERVAL`; `BYMONTH`; `BYMONTHDAY` (also from the
//! end: `-1`); `BYDAY` with or without a place (`MO`, `1MO`, `-1FR`); `COUNT`; `UNTIL` (`YYYYMMDD`). A part that is not
//! understood is refused, never ignored. <https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10>

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// Years looked ahead for the next occurrence.
const HORIZON: i32 = 12;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    months: Vec<u32>,
    month_days: Vec<i32>,
    days: Vec<(Option<i32>, Weekday)>,
    count: Option<u32>,
    until: Option<NaiveDate>,
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It does not say how often.
    #[error("the rule says no FREQ, such as FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1")]
    NoFrequency,
    /// A part this calendar does not know.
    #[error("{0:?} is not understood in a campaign's calendar")]
    Unknown(String),
    /// A value outside its range.
    #[error("{0}={1:?} is out of range")]
    Range(String, String),
}

impl Rule {
    /// Reads a rule; a leading `RRULE:` is fine.
    ///
    /// # Errors
    /// [`Wrong`] names the part.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let text = text.strip_prefix("RRULE:").unwrap_or(text);
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            months: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            count: None,
            until: None,
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| Wrong::Unknown(part.to_owned()))?;
            let range = || Wrong::Range(name.to_owned(), value.to_owned());
            match name {
                "FREQ" => {
                    frequency = Some(match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return Err(Wrong::Unknown(part.to_owned())),
                    });
                }
                "INTERVAL" => rule.interval = number(value, 1, 100).ok_or_else(range)?,
                "COUNT" => rule.count = Some(number(value, 1, 1000).ok_or_else(range)?),
                "UNTIL" => {
                    let day = value.get(..8).unwrap_or(value);
                    let day = NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| range())?;
                    rule.until = Some(day);
                }
                "BYMONTH" => {
                    rule.months = list(value, |v| number(v, 1, 12)).ok_or_else(range)?;
                }
                "BYMONTHDAY" => {
                    rule.month_days = list(value, |v| {
                        v.parse::<i32>()
                            .ok()
                            .filter(|n| (1..=31).contains(&n.abs()))
                    })
                    .ok_or_else(range)?;
                }
                "BYDAY" => rule.days = list(value, day).ok_or_else(range)?,
                "WKST" if value == "MO" => {}
                _ => return Err(Wrong::Unknown(part.to_owned())),
            }
        }
        rule.frequency = frequency.ok_or(Wrong::NoFrequency)?;
        Ok(rule)
    }

    /// The occurrences from `start` on, in order, each moved to a working day where `working` says so.
    pub fn days(&self, start: NaiveDate) -> impl Iterator<Item = NaiveDate> + '_ {
        let last = NaiveDate::from_ymd_opt(start.year() + HORIZON, 12, 31).unwrap_or(start);
        let last = self.until.map_or(last, |until| until.min(last));
        start
            .iter_days()
            .take_while(move |day| *day <= last)
            .filter(move |day| self.falls_on(start, *day))
            .take(self.count.map_or(usize::MAX, |count| count as usize))
    }

    /// The first occurrence on or after a day, moved to a working day where asked for.
    pub fn next(
        &self,
        start: NaiveDate,
        from: NaiveDate,
        working: Option<&[NaiveDate]>,
    ) -> Option<NaiveDate> {
        self.days(start)
            .map(|day| working.map_or(day, |holidays| working_day(day, holidays)))
            .find(|day| *day >= from)
    }

    fn falls_on(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let in_months = self.months.is_empty() || self.months.contains(&day.month());
        in_months && self.in_step(start, day) && self.day_fits(start, day)
    }

    fn in_step(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let interval = i64::from(self.interval);
        let steps = match self.frequency {
            Frequency::Daily => (day - start).num_days(),
            Frequency::Weekly => {
                let week =
                    |d: NaiveDate| d - Days::new(u64::from(d.weekday().num_days_from_monday()));
                (week(day) - week(start)).num_days() / 7
            }
            Frequency::Monthly => {
                i64::from(day.year() - start.year()) * 12 + i64::from(day.month())
                    - i64::from(start.month())
            }
            Frequency::Yearly => i64::from(day.year() - start.year()),
        };
        steps % interval == 0
    }

    fn day_fits(&self, start: NaiveDate, day: NaiveDate) -> bool {
        if !self.month_days.is_empty() && !self.month_days.iter().any(|n| is_month_day(day, *n)) {
            return false;
        }
        if !self.days.is_empty() {
            return self.days.iter().any(|(place, weekday)| {
                day.weekday() == *weekday && place.is_none_or(|place| is_place(day, place))
            });
        }
        if !self.month_days.is_empty() {
            return true;
        }
        match self.frequency {
            Frequency::Daily => true,
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Yearly if self.months.is_empty() => {
                (day.month(), day.day()) == (start.month(), start.day())
            }
            Frequency::Monthly | Frequency::Yearly => day.day() == start.day(),
        }
    }
}

fn number(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| (least..=most).contains(n))
}

fn list<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|part| one(part.trim())).collect()
}

fn day(text: &str) -> Option<(Option<i32>, Weekday)> {
    let at = text.len().checked_sub(2)?;
    if !text.is_char_boundary(at) {
        return None;
    }
    let (place, word) = text.split_at(at);
    let weekday = match word {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    if place.is_empty() {
        return Some((None, weekday));
    }
    let place: i32 = place.parse().ok()?;
    (1..=5)
        .contains(&place.abs())
        .then_some((Some(place), weekday))
}

fn month_end(day: NaiveDate) -> u32 {
    let first = day.with_day(1).unwrap_or(day);
    (first + Months::new(1))
        .pred_opt()
        .map_or(28, |last| last.day())
}

fn is_month_day(day: NaiveDate, n: i32) -> bool {
    let wanted = if n > 0 {
        n
    } else {
        i32::try_from(month_end(day)).unwrap_or(28) + 1 + n
    };
    i32::try_from(day.day()) == Ok(wanted)
}

fn is_place(day: NaiveDate, place: i32) -> bool {
    if place > 0 {
        i32::try_from((day.day() - 1) / 7 + 1) == Ok(place)
    } else {
        i32::try_from((month_end(day) - day.day()) / 7 + 1) == Ok(-place)
    }
}

/// The day itself, or the next one that is neither Saturday, Sunday nor a holiday.
pub fn working_day(day: NaiveDate, holidays: &[NaiveDate]) -> NaiveDate {
    day.iter_days()
        .take(366)
        .find(|day| is_working(*day, holidays))
        .unwrap_or(day)
}

fn is_working(day: NaiveDate, holidays: &[NaiveDate]) -> bool {
    day.weekday().number_from_monday() <= 5 && !holidays.contains(&day)
}

/// The day on which so many working days after a day are over.
pub fn working_days_after(day: NaiveDate, count: usize, holidays: &[NaiveDate]) -> NaiveDate {
    day.iter_days()
        .skip(1)
        .take(366)
        .filter(|day| is_working(*day, holidays))
        .nth(count.saturating_sub(1))
        .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ymd(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn first(rule: &str, start: &str, n: usize) -> Vec<String> {
        let rule = Rule::parse(rule).expect("a rule");
        rule.days(ymd(start))
            .take(n)
            .map(|day| day.to_string())
            .collect()
    }

    #[test]
    fn a_quarter_comes_every_three_months() {
        assert_eq!(
            first("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "2026-01-01", 5),
            [
                "2026-01-01",
                "2026-04-01",
                "2026-07-01",
                "2026-10-01",
                "2027-01-01"
            ]
        );
        assert_eq!(
            first("RRULE:FREQ=YEARLY;BYMONTH=2,8;BYDAY=1MO", "2026-01-01", 3),
            ["2026-02-02", "2026-08-03", "2027-02-01"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-15", 3),
            ["2028-01-31", "2028-02-29", "2028-03-31"]
        );
        assert_eq!(
            first(
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=3",
                "2026-11-02",
                9
            ),
            ["2026-11-02", "2026-11-06", "2026-11-16"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270131", "2026-11-01", 9),
            ["2026-11-27", "2026-12-25", "2027-01-29"]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_never_ignored() {
        for text in [
            "",
            "INTERVAL=3",
            "FREQ=HOURLY",
            "FREQ=MONTHLY;BYSETPOS=1",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;UNTIL=soon",
        ] {
            assert!(Rule::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_day_nobody_works_moves_to_the_next_one_somebody_does() {
        let rule = Rule::parse("FREQ=MONTHLY;BYMONTHDAY=1").expect("a rule");
        let holidays = [ymd("2027-01-01")];
        // 1 January 2027 is a Friday and a holiday; the next working day is Monday the 4th.
        let next = rule.next(ymd("2026-12-01"), ymd("2026-12-20"), Some(&holidays));
        assert_eq!(next, Some(ymd("2027-01-04")));
        assert_eq!(
            working_days_after(ymd("2026-11-20"), 5, &[]),
            ymd("2026-11-27")
        );
    }

    proptest! {
        #[test]
        fn occurrences_only_move_on_and_fall_on_working_days(
            start in 0i64..3000, interval in 1u32..6, month_day in 1i32..29, ahead in 0i64..800,
        ) {
            let start = ymd("2024-01-01") + chrono::TimeDelta::days(start);
            let rule = Rule::parse(&format!("FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={month_day}")).expect("rule");
            let days: Vec<NaiveDate> = rule.days(start).take(6).collect();
            prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
            let from = start + chrono::TimeDelta::days(ahead);
            if let Some(next) = rule.next(start, from, Some(&[])) {
                prop_assert!(next >= from);
                prop_assert!(next.weekday().number_from_monday() <= 5);
            }
        }
    }
}
