//! When whom is reminded of open items, and when somebody above is told.
//!
//! Seven days, two days and twelve hours before, when it is due, then every day. Each point is used once for each
//! person; points that passed while nobody ran the job are not made up for, the latest one stands for them.

use chrono::{DateTime, TimeDelta, Utc};

/// A moment of the calendar of reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// The campaign began.
    Begun,
    /// Seven days before it is due.
    Week,
    /// Two days before.
    TwoDays,
    /// Twelve hours before.
    HalfDay,
    /// Due.
    Due,
    /// This many whole days overdue, from 1.
    Overdue(i64),
}

impl Point {
    /// The stable word it is marked by.
    pub fn word(self) -> String {
        match self {
            Self::Begun => "begun".to_owned(),
            Self::Week => "week".to_owned(),
            Self::TwoDays => "two_days".to_owned(),
            Self::HalfDay => "half_day".to_owned(),
            Self::Due => "due".to_owned(),
            Self::Overdue(days) => format!("overdue_{days}"),
        }
    }

    /// The latest point that has come.
    pub fn of(due_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let left = due_at - now;
        if left > TimeDelta::days(7) {
            Self::Begun
        } else if left > TimeDelta::days(2) {
            Self::Week
        } else if left > TimeDelta::hours(12) {
            Self::TwoDays
        } else if left > TimeDelta::zero() {
            Self::HalfDay
        } else {
            match (now - due_at).num_days() {
                0 => Self::Due,
                days => Self::Overdue(days),
            }
        }
    }

    /// Who is told besides the reviewer: the lead from the first day overdue, Security from the third.
    pub const fn escalates(self) -> Escalation {
        match self {
            Self::Overdue(days) if days >= 3 => Escalation::Security,
            Self::Overdue(_) => Escalation::Lead,
            _ => Escalation::Nobody,
        }
    }

    /// What it says of the due date.
    pub fn says(self) -> String {
        match self {
            Self::Begun => "is waiting for you".to_owned(),
            Self::Week => "is due within a week".to_owned(),
            Self::TwoDays => "is due within two days".to_owned(),
            Self::HalfDay => "is due within twelve hours".to_owned(),
            Self::Due => "is due now".to_owned(),
            Self::Overdue(1) => "is one day overdue".to_owned(),
            Self::Overdue(days) => format!("is {days} days overdue"),
        }
    }
}

/// Who above the reviewer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escalation {
    /// Nobody yet.
    Nobody,
    /// The team's lead.
    Lead,
    /// The lead, and Security.
    Security,
}

/// What waits for one person in one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The campaign's name.
    pub campaign: String,
    /// Its address.
    pub link: String,
    /// Open items.
    pub open: i64,
    /// Where in the calendar it stands.
    pub point: Point,
    /// Whose items they are, where somebody else is told of them.
    pub of: Option<String>,
}

/// Subject and text of the one digest of a person. `None` when nothing waits.
pub fn digest(name: &str, waiting: &[Waiting]) -> Option<(String, String)> {
    use std::fmt::Write as _;
    let own: i64 = waiting
        .iter()
        .filter(|w| w.of.is_none())
        .map(|w| w.open)
        .sum();
    let worst = waiting.iter().max_by_key(|w| w.point)?;
    let subject = if own > 0 {
        format!(
            "{} {}, {}",
            worst.campaign,
            worst.point.says(),
            items(own) + " open"
        )
    } else {
        format!("{}: reviews of your people are overdue", worst.campaign)
    };
    let mut text = format!("Hello {name},\n");
    for one in waiting {
        let whose = match &one.of {
            Some(person) => format!("{person} has {}", items(one.open)),
            None => format!("you have {}", items(one.open)),
        };
        let _ = write!(
            text,
            "\n- {} {}: {whose} without a decision.\n  {}\n",
            one.campaign,
            one.point.says(),
            one.link
        );
    }
    text += "\nWhat nobody answers ends as “not reviewed”; it is never an approval.\n";
    Some((subject, text))
}

fn items(count: i64) -> String {
    if count == 1 {
        "1 item".to_owned()
    } else {
        format!("{count} items")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hours * 3600, 0).expect("time")
    }

    #[test]
    fn the_calendar_is_week_two_days_half_a_day_due_then_daily() {
        let due = at(0);
        for (hours, expected) in [
            (-500, Point::Begun),
            (-168, Point::Week),
            (-49, Point::Week),
            (-48, Point::TwoDays),
            (-12, Point::HalfDay),
            (-1, Point::HalfDay),
            (0, Point::Due),
            (23, Point::Due),
            (24, Point::Overdue(1)),
            (100 * 24, Point::Overdue(100)),
        ] {
            assert_eq!(Point::of(due, at(hours)), expected, "{hours}");
        }
        assert_eq!(Point::Overdue(1).escalates(), Escalation::Lead);
        assert_eq!(Point::Overdue(3).escalates(), Escalation::Security);
    }

    #[test]
    fn nobody_without_open_items_is_written_to() {
        assert_eq!(digest("Mira", &[]), None);
        let waiting = Waiting {
            campaign: "Q4 review".into(),
            link: "https://r/reviews/1".into(),
            open: 3,
            point: Point::TwoDays,
            of: None,
        };
        let (subject, text) = digest("Mira", &[waiting]).expect("digest");
        assert_eq!(subject, "Q4 review is due within two days, 3 items open");
        assert!(text.contains("https://r/reviews/1"));
    }

    proptest! {
        #[test]
        fn overdue_never_goes_silent(days in 1i64..4000, hour in 0i64..24) {
            let due = at(0);
            let one = Point::of(due, at(days * 24 + hour));
            let next = Point::of(due, at((days + 1) * 24 + hour));
            prop_assert!(next.word() != one.word());
            prop_assert!(one.escalates() != Escalation::Nobody);
        }

        #[test]
        fn points_only_move_on(a in -1000i64..1000, b in 0i64..1000) {
            let due = at(0);
            prop_assert!(Point::of(due, at(a)) <= Point::of(due, at(a + b)));
        }
    }
}
