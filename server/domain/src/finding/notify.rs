//! When whom is told of a finding, and the letter that tells it.

use std::fmt::Write as _;

use chrono::{DateTime, LocalResult, NaiveDate, TimeDelta, TimeZone, Timelike as _, Utc};
use contract::FieldError;
use contract::findings::Severity;
use contract::notices::{NoticeRule, NoticeRuleInput};

/// Findings named in one letter; the rest are counted.
const NAMED: usize = 30;

/// Reads the form of a rule.
///
/// # Errors
/// Every field that cannot be read.
pub fn read(input: &NoticeRuleInput) -> Result<NoticeRule, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let hour = |text: &str| text.trim().parse::<u8>().ok().filter(|hour| *hour < 24);
    let at_once = input.at_once.trim().parse().unwrap_or_else(|_| {
        refuse("at_once", "Choose a severity.");
        Severity::High
    });
    let digest_hour = hour(&input.digest_hour).unwrap_or_else(|| {
        refuse("digest_hour", "Use an hour from 0 to 23.");
        0
    });
    let given = |text: &str| !text.trim().is_empty();
    let quiet = match (given(&input.quiet_from), given(&input.quiet_to)) {
        (false, false) => None,
        (true, true) => {
            let (from, to) = (hour(&input.quiet_from), hour(&input.quiet_to));
            if from.is_none() {
                refuse("quiet_from", "Use an hour from 0 to 23.");
            }
            if to.is_none() {
                refuse("quiet_to", "Use an hour from 0 to 23.");
            }
            let both = from.zip(to);
            if both.is_some_and(|(from, to)| from == to) {
                refuse(
                    "quiet_to",
                    "Quiet hours end at another hour than they begin.",
                );
            }
            both
        }
        (true, false) => {
            refuse("quiet_to", "Say when quiet hours end.");
            None
        }
        (false, true) => {
            refuse("quiet_from", "Say when quiet hours begin.");
            None
        }
    };
    if wrong.is_empty() {
        Ok(NoticeRule {
            at_once,
            digest_hour,
            quiet,
            webhook_only: given(&input.webhook_only),
        })
    } else {
        Err(wrong)
    }
}

/// When a finding that was opened at a moment is told to somebody in a zone (UTC where it is unknown).
///
/// What is critical is told at once at any hour; what is told at once otherwise waits for the end of quiet hours; the
/// rest waits for the next digest.
pub fn due(
    rule: &NoticeRule,
    severity: Severity,
    zone: &str,
    opened_at: DateTime<Utc>,
) -> DateTime<Utc> {
    if severity == Severity::Critical {
        return opened_at;
    }
    if weight(severity) < weight(rule.at_once) {
        return next_hour(zone, opened_at, rule.digest_hour);
    }
    match rule.quiet {
        Some((from, to)) if within(zone, opened_at, from, to) => next_hour(zone, opened_at, to),
        _ => opened_at,
    }
}

/// When a finding is posted to the webhook of a rule, which is told from a severity on; `None` when it is less. Quiet hours
/// hold it as they hold letters; there is no digest.
pub fn posted(
    rule: &NoticeRule,
    from: Severity,
    severity: Severity,
    zone: &str,
    opened_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let rule = NoticeRule {
        at_once: from,
        ..*rule
    };
    (weight(severity) >= weight(from)).then(|| due(&rule, severity, zone, opened_at))
}

const fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 4,
        Severity::High => 3,
        Severity::Medium => 2,
        Severity::Low => 1,
    }
}

fn tz(zone: &str) -> chrono_tz::Tz {
    zone.parse().unwrap_or(chrono_tz::UTC)
}

fn within(zone: &str, at: DateTime<Utc>, from: u8, to: u8) -> bool {
    let hour = at.with_timezone(&tz(zone)).hour();
    let (from, to) = (u32::from(from), u32::from(to));
    if from < to {
        (from..to).contains(&hour)
    } else {
        hour >= from || hour < to
    }
}

/// The next moment after `at` at which it is this hour in a zone; an hour that summer time skips counts as the one after.
fn next_hour(zone: &str, at: DateTime<Utc>, hour: u8) -> DateTime<Utc> {
    let zone = tz(zone);
    let today = at.with_timezone(&zone).date_naive();
    let on = |day: NaiveDate| {
        (0..4).find_map(|later| {
            let local = day.and_hms_opt(u32::from(hour), 0, 0)? + TimeDelta::hours(later);
            match zone.from_local_datetime(&local) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                    Some(at.with_timezone(&Utc))
                }
                LocalResult::None => None,
            }
        })
    };
    [Some(today), today.succ_opt()]
        .into_iter()
        .flatten()
        .filter_map(on)
        .find(|moment| *moment > at)
        .unwrap_or(at + TimeDelta::days(1))
}

/// A finding as a letter tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its severity.
    pub severity: Severity,
    /// Its title.
    pub title: String,
    /// The identity's name, where there is one.
    pub identity: Option<String>,
    /// Address of its page.
    pub link: String,
}

/// Subject and text of a letter about findings, worst first. `None` when there is nothing to tell.
pub fn letter(name: &str, findings: &[Told], inbox: &str) -> Option<(String, String)> {
    let mut sorted: Vec<&Told> = findings.iter().collect();
    sorted.sort_by(|a, b| {
        let worse = weight(b.severity).cmp(&weight(a.severity));
        worse.then_with(|| a.title.cmp(&b.title))
    });
    let worst = sorted.first()?.severity;
    let count = findings.len();
    let subject = match sorted[0] {
        one if count == 1 => format!("{}: {}", one.severity.label(), one.title),
        _ => format!(
            "{count} new findings, the worst {}",
            worst.label().to_lowercase()
        ),
    };
    let mut text = format!("Hello {name},\n");
    for told in sorted.iter().take(NAMED) {
        let of = told
            .identity
            .as_ref()
            .map(|identity| format!(" ({identity})"))
            .unwrap_or_default();
        let _ = write!(
            text,
            "\n- {}: {}{of}\n  {}\n",
            told.severity.label(),
            told.title,
            told.link
        );
    }
    if count > NAMED {
        let _ = write!(text, "\nand {} more.\n", count - NAMED);
    }
    let _ = write!(text, "\nEverything open: {inbox}\n");
    Some((subject, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("time")
    }

    const NIGHT: NoticeRule = NoticeRule {
        at_once: Severity::High,
        digest_hour: 8,
        quiet: Some((22, 7)),
        webhook_only: false,
    };

    #[test]
    fn critical_is_told_at_night_high_in_the_morning_and_the_rest_in_the_digest() {
        let night = at("2026-11-21T02:30:00Z");
        let of = |severity, zone| due(&NIGHT, severity, zone, night).to_rfc3339();
        assert_eq!(of(Severity::Critical, "UTC"), "2026-11-21T02:30:00+00:00");
        assert_eq!(of(Severity::High, "UTC"), "2026-11-21T07:00:00+00:00");
        assert_eq!(of(Severity::Medium, "UTC"), "2026-11-21T08:00:00+00:00");
        // In Tokyo it is half past eleven in the morning.
        assert_eq!(
            of(Severity::High, "Asia/Tokyo"),
            "2026-11-21T02:30:00+00:00"
        );
        assert_eq!(of(Severity::Low, "Asia/Tokyo"), "2026-11-21T23:00:00+00:00");
    }

    #[test]
    fn a_webhook_is_told_from_its_own_severity_on_and_not_in_quiet_hours() {
        let at_night = at("2026-11-21T02:30:00Z");
        let of = |severity, opened| posted(&NIGHT, Severity::Medium, severity, "UTC", opened);
        assert_eq!(of(Severity::Low, at_night), None);
        assert_eq!(
            of(Severity::Medium, at_night),
            Some(at("2026-11-21T07:00:00Z"))
        );
        assert_eq!(of(Severity::Critical, at_night), Some(at_night));
        let by_day = at("2026-11-21T12:00:00Z");
        assert_eq!(of(Severity::Medium, by_day), Some(by_day));
    }

    #[test]
    fn an_hour_that_summer_time_skips_is_the_one_after() {
        let rule = NoticeRule {
            digest_hour: 2,
            ..NoticeRule::default()
        };
        let before = at("2026-03-29T00:30:00Z");
        assert_eq!(
            due(&rule, Severity::Low, "Europe/Berlin", before).to_rfc3339(),
            "2026-03-29T01:00:00+00:00"
        );
    }

    #[test]
    fn every_wrong_field_is_named() {
        let input = NoticeRuleInput {
            at_once: "loud".into(),
            digest_hour: "24".into(),
            quiet_from: "22".into(),
            ..NoticeRuleInput::default()
        };
        let wrong = read(&input).expect_err("refused");
        let fields: Vec<&str> = wrong.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["at_once", "digest_hour", "quiet_to"]);
        let fine = NoticeRuleInput {
            at_once: "high".into(),
            digest_hour: "8".into(),
            quiet_from: "22".into(),
            quiet_to: "7".into(),
            ..NoticeRuleInput::default()
        };
        assert_eq!(read(&fine), Ok(NIGHT));
    }

    #[test]
    fn a_letter_tells_the_worst_first_and_counts_the_rest() {
        assert_eq!(letter("Mira", &[], "https://r/findings"), None);
        let told = |severity, n: usize| Told {
            severity,
            title: format!("Finding {n:02}"),
            identity: Some("shop-deploy".into()),
            link: format!("https://r/findings/{n}"),
        };
        let mut all: Vec<Told> = (0..31).map(|n| told(Severity::Low, n)).collect();
        all.push(told(Severity::Critical, 31));
        let (subject, text) = letter("Mira", &all, "https://r/findings").expect("a letter");
        assert_eq!(subject, "32 new findings, the worst critical");
        assert!(text.starts_with("Hello Mira,\n\n- Critical: Finding 31 (shop-deploy)"));
        assert!(text.contains("and 2 more."));
    }

    proptest! {
        #[test]
        fn nothing_is_told_before_it_is_there_nor_later_than_a_day(
            seconds in 1_700_000_000_i64..1_900_000_000, hour in 0_u8..24, from in 0_u8..24, to in 0_u8..24, severity in 0_usize..4,
        ) {
            let rule = NoticeRule { at_once: Severity::Medium, digest_hour: hour, quiet: (from != to).then_some((from, to)), webhook_only: false };
            let opened = DateTime::from_timestamp(seconds, 0).expect("time");
            for zone in ["UTC", "America/Santiago", "Europe/Berlin", "nowhere"] {
                let told = due(&rule, Severity::ALL[severity], zone, opened);
                prop_assert!(told >= opened && told <= opened + TimeDelta::hours(25));
            }
        }
    }
}
