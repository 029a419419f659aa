//! A break-glass identity was not drilled this quarter, or its last drill failed.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, day, days};
use crate::finding::{Rule, Verdict};
use crate::identity::break_glass::DRILL_DAYS;

/// The rule.
pub const RULE: Rule = Rule {
    id: "break_glass_drill",
    name: "Break-glass drill due",
    class: FindingClass::Posture,
    rationale: "A way out that nobody has tried is not known to work on the day the pipeline is down.",
    controls: &[
        "NHI5:2025",
        "SOC 2 A1.3",
        "ISO 27001 A.5.30",
        "NIST 800-53 CP-4",
        "PCI DSS 4.0.1 12.10.2",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    let Some(glass) = facts.break_glass.as_ref().filter(|_| facts.is_registered()) else {
        return Verdict::Clear;
    };
    let draft = |title: &str| RULE.draft(facts, Severity::Medium, title);
    let (last, why) = match glass.last_drill {
        Some((at, true)) if facts.days_since(at) < DRILL_DAYS => return Verdict::Clear,
        Some((at, false)) => (day(at), "The last drill failed".to_owned()),
        Some((at, true)) => (
            day(at),
            format!("Last drilled {} ago", days(facts.days_since(at))),
        ),
        None if facts.days_since(glass.since) < DRILL_DAYS => return Verdict::Clear,
        None => ("never".to_owned(), "Never drilled".to_owned()),
    };
    Verdict::Fires(vec![
        draft("Break-glass drill due")
            .detail(why)
            .fix("Use it on purpose in a quiet hour, check that it works and that the use is seen, and record the outcome.")
            .evidence("Last drill", last)
            .evidence("Break-glass since", day(glass.since))
            .done(),
    ])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::finding::facts::BreakGlass;
    use crate::finding::rules::expect;

    fn drilled(last: Option<(i64, bool)>, since_days: i64) -> Facts {
        let calm = Facts::calm();
        let ago = |days: i64| calm.now - TimeDelta::days(days);
        let glass = BreakGlass {
            since: ago(since_days),
            uses: vec![],
            last_drill: last.map(|(days, worked)| (ago(days), worked)),
        };
        Facts {
            break_glass: Some(glass),
            ..calm
        }
    }

    #[test]
    fn fires_after_a_quarter_and_after_a_failed_drill() {
        expect::fires(&RULE, &drilled(Some((92, true)), 400));
        expect::fires(&RULE, &drilled(None, 92));
        let failed = expect::fires(&RULE, &drilled(Some((1, false)), 400));
        assert_eq!(failed[0].detail, "The last drill failed");
    }

    #[test]
    fn nearly_fires_on_the_last_day_and_while_new() {
        expect::clear(&RULE, &drilled(Some((91, true)), 400));
        expect::clear(&RULE, &drilled(None, 91));
    }

    #[test]
    fn unknown_does_not_occur_since_drills_are_the_rolls_own() {
        expect::clear(&RULE, &Facts::calm());
    }
}
