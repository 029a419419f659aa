//! The quarterly review did not happen in time.

use contract::findings::{FindingClass, Severity};
use contract::identities::ReviewState;

use crate::finding::facts::{Facts, day, days};
use crate::finding::{Rule, Verdict};
use crate::identity::review;

/// The rule.
pub const RULE: Rule = Rule {
    id: "overdue_review",
    name: "Review overdue",
    class: FindingClass::Posture,
    rationale: "Access that nobody confirmed for a quarter tends to outlive its need; the policy asks for a \
                review every 90 days.",
    controls: &[
        "NHI1:2025",
        "SOC 2 CC6.3",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_registered() {
        return Verdict::Clear;
    }
    let Some(due) = facts.next_review_at else {
        return Verdict::Unknown("Give it a date for its next review.");
    };
    if review::judge(facts.last_reviewed_at, Some(due), facts.now) != ReviewState::Overdue {
        return Verdict::Clear;
    }
    let late = facts.days_since(due);
    let severity = match late {
        90.. if facts.in_production() => Severity::High,
        _ => Severity::Medium,
    };
    let last = facts
        .last_reviewed_at
        .map_or_else(|| "never".to_owned(), day);
    let finding = RULE
        .draft(facts, severity, "Review overdue")
        .detail(format!("{} over; last approved {last}", days(late.max(1))))
        .fix("Put it into the next campaign, or have its owner review it now.")
        .evidence("Last review", last)
        .evidence("Was due", day(due))
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::finding::rules::expect;

    fn due(seconds_ago: i64) -> Facts {
        let calm = Facts::calm();
        Facts {
            next_review_at: Some(calm.now - TimeDelta::seconds(seconds_ago)),
            ..calm
        }
    }

    #[test]
    fn fires_the_moment_after_and_harder_after_a_quarter() {
        assert_eq!(expect::fires(&RULE, &due(1))[0].severity, Severity::Medium);
        assert_eq!(
            expect::fires(&RULE, &due(90 * 86_400))[0].severity,
            Severity::High
        );
    }

    #[test]
    fn nearly_fires_at_the_very_moment() {
        expect::clear(&RULE, &due(0));
    }

    #[test]
    fn unknown_without_a_date() {
        expect::unknown(
            &RULE,
            &Facts {
                next_review_at: None,
                ..Facts::calm()
            },
        );
    }
}
