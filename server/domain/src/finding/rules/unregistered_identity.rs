//! Something acts that nobody asked for.

use contract::findings::{FindingClass, Severity};
use contract::identities::IdentityState;

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unregistered_identity",
    name: "Unregistered identity in use",
    class: FindingClass::Detection,
    rationale: "It acts without a ticket, an approval or an owner: either the process was passed by, or \
                somebody else is at work.",
    controls: &[
        "T1136.003",
        "NHI1:2025",
        "SOC 2 CC6.1",
        "SOC 2 CC7.2",
        "ISO 27001 A.5.16",
        "NIST 800-53 AC-2",
        "PCI DSS 4.0.1 7.2.5",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if facts.state != IdentityState::Discovered {
        return Verdict::Clear;
    }
    let Some(last) = facts.last_used_at else {
        return match facts.covered_since {
            Some(_) => Verdict::Clear,
            None => Verdict::Unknown(
                "Connect a source that sees its platform to learn whether it acts.",
            ),
        };
    };
    let severity = if facts.in_production() || facts.is_privileged() {
        Severity::High
    } else {
        Severity::Medium
    };
    let finding = RULE
        .draft(facts, severity, "Unregistered identity in use")
        .detail(format!(
            "{} events in 90 days, first seen {}",
            facts.events,
            day(facts.created_at)
        ))
        .fix("Adopt it with an owner and a ticket, or dismiss it with a reason.")
        .evidence("First seen", day(facts.created_at))
        .evidence("Last seen", day(last))
        .evidence("Events, 90 days", facts.events.to_string())
        .events(&facts.latest_events)
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::rules::expect;

    fn discovered() -> Facts {
        Facts {
            state: IdentityState::Discovered,
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_when_it_acts() {
        assert_eq!(
            expect::fires(&RULE, &discovered())[0].severity,
            Severity::High
        );
    }

    #[test]
    fn fires_with_the_latest_events() {
        let event = contract::ids::EventId(uuid::Uuid::from_u128(8));
        let facts = Facts {
            latest_events: vec![event],
            ..discovered()
        };
        assert_eq!(expect::fires(&RULE, &facts)[0].events, [event]);
    }

    #[test]
    fn nearly_fires_when_imported_but_silent_or_adopted() {
        expect::clear(
            &RULE,
            &Facts {
                last_used_at: None,
                ..discovered()
            },
        );
        expect::clear(&RULE, &Facts::calm());
    }

    #[test]
    fn unknown_where_no_source_would_see_it() {
        expect::unknown(
            &RULE,
            &Facts {
                last_used_at: None,
                covered_since: None,
                ..discovered()
            },
        );
    }
}
