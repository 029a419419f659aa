//! Break-glass: an identity for the day the pipeline is down. It is never due for routine use; each use is matched to a
//! ticket within a day, and each quarter it is drilled.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::reason::{NotAReason, Reason};
use super::secret::{self, SecretShape};
use super::ticket::{NotATicket, Ticket};

/// Hours after the first use of a day in which the use must be matched to a ticket.
pub const MATCH_HOURS: i64 = 24;

/// Days between two drills: a quarter.
pub const DRILL_DAYS: i64 = 92;

/// Most characters of a note.
const LONGEST_NOTE: usize = 2_000;

/// Why something is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No ticket, or none that can be looked up.
    #[error("{0}")]
    Ticket(#[from] NotATicket),
    /// No reason.
    #[error("{0}")]
    Reason(#[from] NotAReason),
    /// A secret in a text.
    #[error("{}", .1.refusal())]
    Secret(&'static str, SecretShape),
    /// No day, or one to come.
    #[error("Give a day up to today, such as 2026-11-21.")]
    Day,
    /// No outcome.
    #[error("Say whether the way out worked.")]
    Outcome,
    /// A drill that failed teaches something.
    #[error("Say what did not work, so that somebody can mend it.")]
    Lesson,
    /// Longer than anybody reads.
    #[error("Keep it under 2,000 characters and put the rest in the ticket.")]
    TooLong,
}

impl Refused {
    /// The form field the sentence belongs beside.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Ticket(_) => "ticket",
            Self::Reason(_) => "reason",
            Self::Secret(field, _) => field,
            Self::Day => "day",
            Self::Outcome => "worked",
            Self::Lesson | Self::TooLong => "note",
        }
    }
}

/// A day of use with its explanation, or a drill with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The ticket.
    pub ticket: Ticket,
    /// Whether the way out worked; only a drill says.
    pub worked: Option<bool>,
    /// What it was for, or what was learned.
    pub note: String,
}

/// Reads the reason of a mark.
///
/// # Errors
/// [`Refused`] when it says nothing or holds a secret.
pub fn reason(text: &str) -> Result<Reason, Refused> {
    clean("reason", text)?;
    Ok(Reason::parse(text)?)
}

/// Reads the ticket a day of use is matched to.
///
/// # Errors
/// [`Refused`] says what is missing.
pub fn matched(day: &str, ticket: &str, note: &str, now: DateTime<Utc>) -> Result<Record, Refused> {
    Ok(Record {
        day: past_day(day, now)?,
        ticket: read_ticket(ticket)?,
        worked: None,
        note: read_note(note)?,
    })
}

/// Reads a drill. One that did not work says what did not.
///
/// # Errors
/// [`Refused`] says what is missing.
pub fn drill(
    day: &str,
    ticket: &str,
    worked: &str,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Record, Refused> {
    let day = if day.trim().is_empty() {
        now.date_naive()
    } else {
        past_day(day, now)?
    };
    let worked = match worked {
        "yes" => true,
        "no" => false,
        _ => return Err(Refused::Outcome),
    };
    let note = read_note(note)?;
    if !worked && note.is_empty() {
        return Err(Refused::Lesson);
    }
    Ok(Record {
        day,
        ticket: read_ticket(ticket)?,
        worked: Some(worked),
        note,
    })
}

fn clean(field: &'static str, text: &str) -> Result<(), Refused> {
    secret::find(text).map_or(Ok(()), |shape| Err(Refused::Secret(field, shape)))
}

fn read_ticket(text: &str) -> Result<Ticket, Refused> {
    clean("ticket", text)?;
    Ok(Ticket::parse(text)?)
}

fn read_note(text: &str) -> Result<String, Refused> {
    let text = text.trim();
    clean("note", text)?;
    if text.chars().count() > LONGEST_NOTE {
        return Err(Refused::TooLong);
    }
    Ok(text.to_owned())
}

fn past_day(text: &str, now: DateTime<Utc>) -> Result<NaiveDate, Refused> {
    text.trim()
        .parse()
        .ok()
        .filter(|day| *day <= now.date_naive())
        .ok_or(Refused::Day)
}

/// Until when a use must be matched.
pub fn match_due(first_use: DateTime<Utc>) -> DateTime<Utc> {
    first_use + TimeDelta::hours(MATCH_HOURS)
}

/// When the next drill is due: a quarter after the last one that worked, at once after one that did not.
pub fn drill_due(since: DateTime<Utc>, last: Option<(DateTime<Utc>, bool)>) -> DateTime<Utc> {
    match last {
        Some((at, true)) => at + TimeDelta::days(DRILL_DAYS),
        Some((at, false)) => at,
        None => since + TimeDelta::days(DRILL_DAYS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T10:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_use_is_matched_to_a_ticket_and_a_day_that_was() {
        let record =
            matched("2026-11-20", "OPS-12", "  the pipeline was down ", now()).expect("matched");
        assert_eq!(record.note, "the pipeline was down");
        assert_eq!(record.worked, None);
        for (day, ticket, field) in [
            ("2026-11-22", "OPS-12", "day"),
            ("", "OPS-12", "day"),
            ("2026-11-20", "", "ticket"),
            ("2026-11-20", "see chat", "ticket"),
        ] {
            assert_eq!(
                matched(day, ticket, "", now())
                    .expect_err("refused")
                    .field(),
                field
            );
        }
    }

    #[test]
    fn a_drill_has_an_outcome_and_a_failed_one_a_lesson() {
        assert_eq!(
            drill("", "OPS-1", "yes", "", now()).expect("a drill").day,
            now().date_naive()
        );
        assert_eq!(drill("", "OPS-1", "", "", now()), Err(Refused::Outcome));
        assert_eq!(drill("", "OPS-1", "no", " ", now()), Err(Refused::Lesson));
        assert_eq!(
            drill("", "OPS-1", "no", "The key had expired", now())
                .expect("a drill")
                .worked,
            Some(false)
        );
    }

    #[test]
    fn a_secret_is_refused_wherever_it_stands() {
        let secret = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(
            drill("", "OPS-1", "yes", &secret, now())
                .expect_err("refused")
                .field(),
            "note"
        );
        assert_eq!(
            reason(&format!("we need {secret} here"))
                .expect_err("refused")
                .field(),
            "reason"
        );
    }

    #[test]
    fn a_drill_is_due_each_quarter_and_at_once_after_a_failed_one() {
        let at = now();
        assert_eq!(drill_due(at, None), at + TimeDelta::days(92));
        assert_eq!(drill_due(at, Some((at, true))), at + TimeDelta::days(92));
        assert_eq!(drill_due(at, Some((at, false))), at);
    }
}
