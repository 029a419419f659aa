//! When things happen: people work by day and on weekdays, schedules at their hour, services always.

use chrono::{DateTime, TimeDelta, Utc};

use super::Day;
use crate::demo::Identity;
use crate::demo::dice::Dice;
use crate::demo::roster::Recipe;

/// All rates are brought to about 40,000 records a year by this factor, per mille.
const VOLUME: u64 = 655;

/// The moments at which an identity begins something on a day.
pub(super) fn starts(identity: &Identity, day: &Day<'_>, dice: &mut Dice) -> Vec<DateTime<Utc>> {
    let line = &identity.line;
    let round_the_clock = !matches!(
        line.recipe,
        Recipe::Github | Recipe::GithubApp | Recipe::MachineUser
    );
    let scheduled = is_scheduled(line.workflow()) && !round_the_clock;
    let weight = match (day.is_weekend(), round_the_clock || scheduled) {
        (true, true) => 850,
        (true, false) => 90,
        (false, _) => 1000,
    };
    let per_mille = line.rate * 10 * weight / 1000 * VOLUME / 1000;
    let mut starts: Vec<DateTime<Utc>> = (0..dice.times(per_mille))
        .map(|_| {
            let minute = if scheduled {
                120 + dice.between(0, 150)
            } else if round_the_clock {
                dice.between(0, 1380)
            } else {
                office_minute(dice)
            };
            day.start
                + TimeDelta::minutes(minute)
                + TimeDelta::milliseconds(dice.between(0, 59_999))
        })
        .collect();
    starts.sort_unstable();
    starts
}

/// A job that no push starts.
pub(super) fn is_scheduled(workflow: &str) -> bool {
    matches!(
        workflow,
        "run" | "train" | "sync" | "import" | "fetch" | "export" | "upload"
    )
}

/// Most work falls between nine and five, some before and after.
fn office_minute(dice: &mut Dice) -> i64 {
    let spread: i64 = (0..3).map(|_| dice.between(0, 240)).sum();
    380 + spread
}
