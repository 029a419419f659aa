//! Use after an identity was disabled or removed.

use contract::findings::{FindingClass, Severity};
use contract::identities::IdentityState;

use crate::finding::facts::{Facts, day, days};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "zombie_use",
    name: "Used after it was disabled",
    class: FindingClass::Detection,
    rationale: "Somebody decided that this identity is finished. That it still acts means a copy of its \
                credential works, or that the decision was never carried out.",
    controls: &[
        "T1078.004",
        "NHI1:2025",
        "SOC 2 CC6.2",
        "SOC 2 CC7.2",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2(3)",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !matches!(
        facts.state,
        IdentityState::Decommissioning | IdentityState::Removed
    ) {
        return Verdict::Clear;
    }
    let Some(late) = facts
        .used_after_end
        .as_ref()
        .filter(|late| late.last > facts.state_since)
    else {
        return match facts.covered_since {
            Some(_) => Verdict::Clear,
            None => Verdict::Unknown(
                "Connect a source that sees its platform: silence proves nothing yet.",
            ),
        };
    };
    let verb = match facts.state {
        IdentityState::Removed => "removed",
        _ => "disabled",
    };
    let after = days((late.last - facts.state_since).num_days());
    let last = late.last.format("%-d %b %Y, %H:%M:%S UTC").to_string();
    let ended = if verb == "removed" {
        "Removed"
    } else {
        "Disabled"
    };
    let finding = if late.is_refused() {
        // Its end holds: nothing was done, but somebody still has the copy.
        RULE.draft(
            facts,
            Severity::Medium,
            format!("Tried and was refused after it was {verb}"),
        )
        .detail(format!(
            "{} attempts since, all refused, the last {after} after",
            late.uses
        ))
        .fix("Find out who still holds its credential and take it out there.")
        .evidence(ended, day(facts.state_since))
        .evidence("Last attempt", last)
        .evidence("Attempts since, all refused", late.uses.to_string())
    } else {
        RULE.draft(
            facts,
            Severity::Critical,
            format!("Used after it was {verb}"),
        )
        .detail(format!("{} events since, the last {after} after", late.uses))
        .fix("Revoke its credential where it still works, find out who holds the copy, and name an owner.")
        .evidence(ended, day(facts.state_since))
        .evidence("Last use", last)
        .evidence("Uses since", (late.uses - late.refused).to_string())
        .evidence("Refused since", late.refused.to_string())
    };
    let finding = finding.events(&late.events).done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contract::ids::EventId;

    use super::*;
    use crate::finding::facts::LateUse;
    use crate::finding::rules::expect;

    fn ended(state: IdentityState, seconds_after: i64) -> Facts {
        let calm = Facts::calm();
        Facts {
            state,
            used_after_end: Some(LateUse {
                uses: 3,
                refused: 1,
                last: calm.state_since + TimeDelta::seconds(seconds_after),
                events: vec![EventId(uuid::Uuid::from_u128(8))],
            }),
            ..calm
        }
    }

    #[test]
    fn fires_for_any_use_after_the_end() {
        for state in [IdentityState::Decommissioning, IdentityState::Removed] {
            let found = expect::fires(&RULE, &ended(state, 1));
            assert_eq!(found[0].severity, Severity::Critical);
            assert_eq!(found[0].events, [EventId(uuid::Uuid::from_u128(8))]);
        }
    }

    #[test]
    fn fires_lower_where_everything_was_refused() {
        let mut facts = ended(IdentityState::Removed, 1);
        if let Some(late) = facts.used_after_end.as_mut() {
            late.refused = late.uses;
        }
        let found = expect::fires(&RULE, &facts);
        assert_eq!(found[0].severity, Severity::Medium);
        assert_eq!(found[0].title, "Tried and was refused after it was removed");
        assert_eq!(found[0].events.len(), 1);
    }

    #[test]
    fn nearly_fires_at_the_moment_itself_and_while_only_suspended() {
        expect::clear(&RULE, &ended(IdentityState::Removed, 0));
        expect::clear(&RULE, &ended(IdentityState::Suspended, 5));
    }

    #[test]
    fn unknown_where_no_source_would_see_it() {
        expect::unknown(
            &RULE,
            &Facts {
                used_after_end: None,
                covered_since: None,
                ..ended(IdentityState::Removed, 0)
            },
        );
    }
}
