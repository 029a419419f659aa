//! Nobody answers for an identity that may act.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::Facts;
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "no_owner",
    name: "No owner",
    class: FindingClass::Posture,
    rationale: "An identity nobody answers for is not reviewed, not rotated and not switched off when its \
                project ends.",
    controls: &[
        "NHI1:2025",
        "SOC 2 CC6.2",
        "ISO 27001 A.5.16",
        "NIST 800-53 AC-2",
        "PCI DSS 4.0.1 7.2.5",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_registered() {
        // What is discovered has no owner by definition: `unregistered_identity` speaks of it.
        return Verdict::Clear;
    }
    let missing = match (&facts.team, &facts.owner) {
        (Some(_), Some(_)) => return Verdict::Clear,
        (None, None) => "Neither a team nor a person answers for it",
        (None, Some(_)) => "No team owns it",
        (Some(_), None) => "Its team named no owner",
    };
    let severity = if facts.in_production() {
        Severity::High
    } else {
        Severity::Medium
    };
    let finding = RULE
        .draft(facts, severity, "No owner")
        .detail(missing)
        .fix("Name the owning team and the owner, or suspend it until somebody answers.")
        .evidence("Team", facts.team.as_deref().unwrap_or("none"))
        .evidence(
            "Owner",
            facts
                .owner
                .as_ref()
                .map_or("none", |owner| owner.name.as_str()),
        )
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use contract::identities::IdentityState;

    use super::*;
    use crate::finding::rules::expect;

    #[test]
    fn fires_without_team_or_owner() {
        let found = expect::fires(
            &RULE,
            &Facts {
                team: None,
                owner: None,
                ..Facts::calm()
            },
        );
        assert_eq!(found[0].severity, Severity::High);
        expect::fires(
            &RULE,
            &Facts {
                owner: None,
                ..Facts::calm()
            },
        );
    }

    #[test]
    fn nearly_fires_when_only_the_backup_is_missing_or_it_is_gone() {
        expect::clear(
            &RULE,
            &Facts {
                backup_owner: None,
                ..Facts::calm()
            },
        );
        let gone = Facts {
            owner: None,
            state: IdentityState::Removed,
            ..Facts::calm()
        };
        expect::clear(&RULE, &gone);
    }

    #[test]
    fn unknown_ownership_is_no_ownership() {
        // Ownership is Rollcall's own knowledge: it is never unknown, so a discovered one is left to its rule.
        let discovered = Facts {
            owner: None,
            team: None,
            state: IdentityState::Discovered,
            ..Facts::calm()
        };
        expect::clear(&RULE, &discovered);
    }
}
