//! How figures, times and sizes are written for people. Pure text, the same on both sides of hydration:
//! the present moment is always an argument.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// Writes a count with thousands separators: `48210` is `48,210`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Writes a count with its noun: `1 item`, `1,204 items`.
pub fn count(value: i64, one: &str) -> String {
    counted(value, one, &format!("{one}s"))
}

/// Writes a count with a noun whose plural is irregular: `1 identity`, `152 identities`.
pub fn counted(value: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// Gives the share of a whole in whole percent; unknown when there is no whole.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 100 + whole / 2) / whole)
}

/// Writes a size in bytes: `312 B`, `1.1 kB`, `4.0 MB`.
pub fn bytes(size: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", size / unit, (size % unit) * 10 / unit);
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// Writes a length of time in its two telling units: `45 s`, `12 min`, `3 h`, `31 days`.
pub fn span(seconds: i64) -> String {
    match seconds.abs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..5_400 => format!("{} min", s / 60),
        s @ 5_400..172_800 => format!("{} h", (s + 1_800) / 3_600),
        s => count(s / 86_400, "day"),
    }
}

/// Writes a moment as people say it: `20 s ago`, `3 h ago`, `yesterday`, `2 days ago`, `18 Nov`, `in 10 days`.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let days = (now.date_naive() - at.date_naive()).num_days();
    match (seconds, days) {
        (-9..=9, _) => "just now".to_owned(),
        (10.., 0) | (10..43_200, 1) => format!("{} ago", span(seconds)),
        (10.., 1) => "yesterday".to_owned(),
        (10.., 2..7) => format!("{days} days ago"),
        (..=-10, 0) | (-43_199..=-10, -1) => format!("in {}", span(seconds)),
        (..=-10, -1) => "tomorrow".to_owned(),
        (..=-10, -30..=-2) => format!("in {} days", -days),
        _ => day(at.date_naive(), now.date_naive()),
    }
}

/// Writes a day, with its year only where that is not the present one: `8 Nov`, `14 Aug 2025`.
pub fn day(date: NaiveDate, today: NaiveDate) -> String {
    if date.year() == today.year() {
        date.format("%-d %b").to_string()
    } else {
        date.format("%-d %b %Y").to_string()
    }
}

/// Writes a day with its weekday and the minute: `Mon 30 Nov, 18:00`.
pub fn day_minute(at: DateTime<Utc>) -> String {
    at.format("%a %-d %b, %H:%M").to_string()
}

/// Writes a day with its weekday and the minute, with the year only where that is not the present one:
/// `Sat 14 Nov, 03:56`, `Thu 14 Aug 2025, 06:00`.
pub fn day_minute_of(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at.year() == now.year() {
        day_minute(at)
    } else {
        at.format("%a %-d %b %Y, %H:%M").to_string()
    }
}

/// Writes the time of day to the second: `09:14:22`.
pub fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S").to_string()
}

/// Writes a moment in full, for titles: `Fri 20 Nov 2026, 09:14:22 UTC`.
pub fn exact(at: DateTime<Utc>) -> String {
    at.format("%a %-d %b %Y, %H:%M:%S UTC").to_string()
}

/// Writes a moment for the `datetime` attribute.
pub fn machine(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Makes the two letters of an avatar or team mark: `Ines Varga` is `IV`, `Payments` is `Pa`.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    match (words.next(), words.next_back()) {
        (Some(first), Some(last)) => first.chars().take(1).chain(last.chars().take(1)).collect(),
        (Some(only), None) => only.chars().take(2).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn figures_carry_separators_and_nouns() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(-8_204_117), "\u{2212}8,204,117");
        assert_eq!(count(1, "item"), "1 item");
        assert_eq!(counted(152, "identity", "identities"), "152 identities");
        assert_eq!(percent(89, 141), Some(63));
        assert_eq!(percent(0, 0), None);
        assert_eq!(bytes(1_130), "1.1 kB");
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let now = at("2026-11-20T10:42:00Z");
        for (moment, said) in [
            ("2026-11-20T10:41:55Z", "just now"),
            ("2026-11-20T10:41:40Z", "20 s ago"),
            ("2026-11-20T09:14:22Z", "87 min ago"),
            ("2026-11-20T07:31:40Z", "3 h ago"),
            ("2026-11-19T23:42:00Z", "11 h ago"),
            ("2026-11-19T02:14:09Z", "yesterday"),
            ("2026-11-18T16:02:00Z", "2 days ago"),
            ("2026-11-08T06:00:00Z", "8 Nov"),
            ("2025-08-14T06:00:00Z", "14 Aug 2025"),
            ("2026-11-21T23:00:00Z", "tomorrow"),
            ("2026-11-30T18:00:00Z", "in 10 days"),
            ("2027-02-18T18:00:00Z", "18 Feb 2027"),
        ] {
            assert_eq!(relative(at(moment), now), said, "{moment}");
        }
        assert_eq!(exact(now), "Fri 20 Nov 2026, 10:42:00 UTC");
        assert_eq!(day_minute_of(now, now), "Fri 20 Nov, 10:42");
        assert_eq!(
            day_minute_of(at("2025-08-14T06:00:00Z"), now),
            "Thu 14 Aug 2025, 06:00"
        );
    }

    #[test]
    fn marks_are_two_letters() {
        assert_eq!(initials("Ines Varga"), "IV");
        assert_eq!(initials("Payments"), "Pa");
        assert_eq!(initials(""), "");
    }
}
