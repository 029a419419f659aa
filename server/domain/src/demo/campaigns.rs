//! The three reviews of the demo: two that were sealed, one that runs, and who answers what when.

mod answers;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use contract::campaigns::{Advice, DecisionKind};

use super::Organisation;
use super::dice::Dice;
use super::roster::Line;

/// One review.
#[derive(Debug, Clone)]
pub struct Review {
    /// Its name.
    pub name: String,
    /// What reviewers should know.
    pub notes: &'static str,
    /// When it was prepared and started.
    pub started: DateTime<Utc>,
    /// The last day for answers.
    pub due_on: NaiveDate,
    /// When it was closed and sealed; absent while it runs.
    pub ended: Option<DateTime<Utc>>,
    /// From when to when people answer.
    answered: (DateTime<Utc>, DateTime<Utc>),
}

/// What an answer is made from.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Name of the identity.
    pub name: &'a str,
    /// What was advised.
    pub advice: Advice,
    /// Whether an approval needs a reason.
    pub privileged_production: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// When it is given.
    pub at: DateTime<Utc>,
    /// What is decided.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
}

impl Organisation {
    /// The reviews, the oldest first.
    pub fn reviews(&self) -> [Review; 3] {
        let ago = |days: i64, hour: i64| {
            let midnight = self
                .now
                .date_naive()
                .and_time(chrono::NaiveTime::MIN)
                .and_utc();
            midnight - TimeDelta::days(days) + TimeDelta::hours(hour)
        };
        let sealed = |name, start: i64, notes| Review {
            name,
            notes,
            started: ago(start, 8),
            due_on: ago(start - 15, 0).date_naive(),
            answered: (ago(start - 5, 7), ago(start - 14, 16)),
            ended: Some(ago(start - 17, 9)),
        };
        let quarters = last_quarters(self.now.date_naive());
        let [first, second, third] = quarters.map(|quarter| format!("{quarter} access review"));
        [
            sealed(
                first,
                172,
                "The first review in Rollcall. Look at what each pipeline really used.",
            ),
            sealed(
                second,
                80,
                "Please look twice at static keys; federation is there for most of them.",
            ),
            Review {
                name: third,
                notes: "Deploy roles of production first. Ask Security where you are not sure; “don’t know” is an answer.",
                started: ago(19, 8),
                due_on: ago(-9, 0).date_naive(),
                answered: (ago(18, 8), self.now - TimeDelta::minutes(6)),
                ended: None,
            },
        ]
    }

    /// What is answered to a question; `None` leaves it open.
    pub fn answer(&self, review: &Review, question: Question<'_>) -> Option<Answer> {
        let identity = self.identity(question.name)?;
        let line = &identity.line;
        let mut dice = Dice::of(question.name, review.started.timestamp() / 86_400);
        if review.ended.is_some() {
            // Nobody answered for these the last time.
            let second = review.started > self.now - TimeDelta::days(120);
            if second && line.has("unreviewed") {
                return None;
            }
        } else if stays_open(line) {
            return None;
        }
        let at = moment(review, line, &mut dice);
        let last = review.started > self.now - TimeDelta::days(120);
        let decision = decision(review, line, question, last, &mut dice);
        let reason = answers::reason(decision, question, line, &mut dice);
        Some(Answer {
            at,
            decision,
            reason,
        })
    }
}

/// How far each team has come with the running review, in items out of a hundred; two have not begun.
fn stays_open(line: &Line) -> bool {
    const OPEN: &[&str] = &[
        "ledger-worker · release · production",
        "ledger-worker · test",
        "payments-api · deploy · production",
        "payout-batch · run · production",
        "checkout-web · deploy · production",
        "checkout-web · deploy · staging",
        "invoice-pdf · build",
        "payments-sandbox · deploy",
        "payments-docs · publish",
    ];
    let done = match line.team.as_str() {
        "payments" => return OPEN.contains(&line.name.as_str()),
        "storefront" | "identity" => return false,
        "mobile" | "internal-tools" => return true,
        "platform" => 900,
        "data" => 330,
        "risk" => 820,
        _ => 700,
    };
    !line.has("drift")
        && line.told("loosened").is_none()
        && !line.has("passrole")
        && !Dice::of(&line.name, 60).chance(done)
}

/// When the answer comes: on a working day, most towards the end. What changes later was answered early.
fn moment(review: &Review, line: &Line, dice: &mut Dice) -> DateTime<Utc> {
    let (from, to) = review.answered;
    if line.has("drift") || line.told("loosened").is_some() || line.has("passrole") {
        return from + TimeDelta::minutes(dice.between(60, 400));
    }
    let span = (to - from).num_minutes().max(1);
    loop {
        let at = from
            + TimeDelta::minutes(dice.between(0, span))
            + TimeDelta::seconds(dice.between(0, 59));
        let office = (7..17).contains(&chrono::Timelike::hour(&at));
        if at.weekday().number_from_monday() <= 5 && office && at <= to {
            return at;
        }
        // Short spans may hold no office hour at all.
        if span < 3 * 1440 {
            return at.min(to);
        }
    }
}

fn decision(
    review: &Review,
    line: &Line,
    question: Question<'_>,
    last: bool,
    dice: &mut Dice,
) -> DecisionKind {
    if last && (line.has("removed") || line.has("decommissioning")) {
        return DecisionKind::Revoke;
    }
    let runs = review.ended.is_none();
    let (modify, revoke, unknown) = if runs { (420, 700, 30) } else { (160, 0, 0) };
    if dice.chance(unknown) {
        return DecisionKind::DontKnow;
    }
    match question.advice {
        Advice::Modify if dice.chance(modify) => DecisionKind::Modify,
        Advice::Revoke if dice.chance(revoke) => DecisionKind::Revoke,
        _ => DecisionKind::Approve,
    }
}

/// The names of the last three quarters, this one included, the oldest first.
fn last_quarters(today: NaiveDate) -> [String; 3] {
    let count = i64::from(today.year()) * 4 + i64::from(today.month0() / 3);
    [2, 1, 0].map(|back| {
        let quarter = count - back;
        format!("Q{} {}", quarter % 4 + 1, quarter / 4)
    })
}
