//! Two identities claim one name of the outside world.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "conflicting_selector",
    name: "Conflicting selector",
    class: FindingClass::Posture,
    rationale: "An event names one subject. When two identities claim it, one of them is reviewed for what the \
                other does.",
    controls: &[
        "NHI9:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.16",
        "NIST 800-53 IA-4",
        "PCI DSS 4.0.1 8.2.2",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() {
        return Verdict::Clear;
    }
    Verdict::of(
        facts
            .conflicts
            .iter()
            .map(|conflict| {
                RULE.draft(facts, Severity::Medium, "Name claimed twice")
                    .about(&conflict.selector)
                    .detail(format!(
                        "{} belongs to {}",
                        conflict.selector, conflict.holder
                    ))
                    .fix("Merge the two, or take the name from the one it does not belong to.")
                    .evidence("Name", &conflict.selector)
                    .evidence("Held by", &conflict.holder)
                    .evidence("Claimed since", day(conflict.since))
                    .done()
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use contract::identities::IdentityState;

    use super::*;
    use crate::finding::facts::Conflict;
    use crate::finding::rules::expect;

    fn with() -> Facts {
        let calm = Facts::calm();
        let conflict = |name: &str| Conflict {
            selector: format!("aws_role {name}"),
            holder: "other".into(),
            since: calm.now,
        };
        Facts {
            conflicts: vec![conflict("a"), conflict("b")],
            ..calm
        }
    }

    #[test]
    fn fires_once_for_each_name() {
        let found = expect::fires(&RULE, &with());
        assert_eq!(found.len(), 2);
        assert_ne!(found[0].fingerprint, found[1].fingerprint);
    }

    #[test]
    fn nearly_fires_for_what_is_gone() {
        expect::clear(
            &RULE,
            &Facts {
                state: IdentityState::Removed,
                ..with()
            },
        );
    }

    #[test]
    fn unknown_does_not_occur_since_claims_are_the_rolls_own() {
        expect::clear(&RULE, &Facts::calm());
    }
}
