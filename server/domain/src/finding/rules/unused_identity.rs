//! Not seen for ninety days, where a source would have seen it.

use contract::findings::{Confidence, FindingClass, Severity};
use contract::identities::IdentityState;

use crate::finding::facts::{Facts, UNUSED_DAYS, day, days};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused_identity",
    name: "Unused identity",
    class: FindingClass::Posture,
    rationale: "What nobody uses nobody misses when it is misused; switching it off costs nothing.",
    controls: &[
        "NHI1:2025",
        "SOC 2 CC6.2",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2(3)",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    // A break-glass identity is never due for routine use.
    if facts.state != IdentityState::Active || facts.break_glass.is_some() {
        return Verdict::Clear;
    }
    let limit = facts.unused_before();
    if facts.last_used_at.is_some_and(|last| last >= limit) || facts.created_at > limit {
        return Verdict::Clear;
    }
    let Some(covered) = facts.covered_since.filter(|since| *since <= limit) else {
        return Verdict::Unknown(
            "Connect a source that sees its platform and let it tell for 90 days.",
        );
    };
    let (detail, last) = match facts.last_used_at {
        Some(last) => (
            format!("Last seen {} ago", days(facts.days_since(last))),
            day(last),
        ),
        None => ("Never seen in an event".to_owned(), "never".to_owned()),
    };
    let severity = if facts.is_privileged() {
        Severity::Medium
    } else {
        Severity::Low
    };
    let finding = RULE
        .draft(facts, severity, format!("Not seen for {UNUSED_DAYS} days"))
        .confidence(Confidence::Likely)
        .detail(detail)
        .fix("Ask its owner; if nobody needs it, decommission it. Disabling can be taken back.")
        .evidence("Last seen", last)
        .evidence("Source tells since", day(covered))
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::finding::rules::expect;

    fn last_used(seconds_ago: i64) -> Facts {
        let calm = Facts::calm();
        Facts {
            last_used_at: Some(calm.now - TimeDelta::seconds(seconds_ago)),
            ..calm
        }
    }

    const LIMIT: i64 = UNUSED_DAYS * 86_400;

    #[test]
    fn fires_after_ninety_days_and_when_never_seen() {
        expect::fires(&RULE, &last_used(LIMIT + 1));
        let never = expect::fires(
            &RULE,
            &Facts {
                last_used_at: None,
                ..Facts::calm()
            },
        );
        assert_eq!(never[0].detail, "Never seen in an event");
    }

    #[test]
    fn nearly_fires_on_the_last_day_and_while_new() {
        expect::clear(&RULE, &last_used(LIMIT));
        let calm = Facts::calm();
        expect::clear(
            &RULE,
            &Facts {
                created_at: calm.now - TimeDelta::days(20),
                last_used_at: None,
                ..calm
            },
        );
    }

    #[test]
    fn unknown_where_no_source_covers_it_or_not_for_long_enough() {
        let silent = last_used(LIMIT + 1);
        expect::unknown(
            &RULE,
            &Facts {
                covered_since: None,
                ..silent.clone()
            },
        );
        let recent = Some(silent.now - TimeDelta::days(30));
        expect::unknown(
            &RULE,
            &Facts {
                covered_since: recent,
                ..silent
            },
        );
    }

    #[test]
    fn a_break_glass_identity_is_never_due_for_routine_use() {
        let idle = last_used(200 * 86_400);
        expect::fires(&RULE, &idle);
        let break_glass = Some(crate::finding::facts::BreakGlass {
            since: idle.created_at,
            uses: vec![],
            last_drill: None,
        });
        expect::clear(
            &RULE,
            &Facts {
                break_glass,
                ..idle
            },
        );
    }
}
