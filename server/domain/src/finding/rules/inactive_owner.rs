//! The one who answers has left.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::Facts;
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "inactive_owner",
    name: "Inactive owner",
    class: FindingClass::Posture,
    rationale: "When an owner leaves, reviews and rotations of their identities silently stop unless somebody \
                takes them over.",
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
    let Some(owner) = facts.owner.as_ref().filter(|_| facts.is_registered()) else {
        return Verdict::Clear;
    };
    if owner.active {
        return Verdict::Clear;
    }
    let backup = facts.backup_owner.as_ref().filter(|backup| backup.active);
    let severity = if backup.is_none() && facts.in_production() {
        Severity::High
    } else {
        Severity::Medium
    };
    let fix = match backup {
        Some(backup) => format!("Make {} the owner, or name somebody else.", backup.name),
        None => "Name a new owner; until then nobody answers for it.".to_owned(),
    };
    let finding = RULE
        .draft(facts, severity, "Owner has left")
        .detail(format!("{} is no longer active", owner.name))
        .fix(fix)
        .evidence("Owner", &owner.name)
        .evidence(
            "Backup owner",
            backup.map_or("none who is active", |b| b.name.as_str()),
        )
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::facts::Keeper;
    use crate::finding::rules::expect;

    fn keeper(name: &str, active: bool) -> Keeper {
        Keeper {
            name: name.into(),
            active,
        }
    }

    #[test]
    fn fires_when_the_owner_left_and_names_the_backup() {
        let found = expect::fires(
            &RULE,
            &Facts {
                owner: Some(keeper("Ola", false)),
                ..Facts::calm()
            },
        );
        assert_eq!(found[0].severity, Severity::High);
        let found = expect::fires(
            &RULE,
            &Facts {
                owner: Some(keeper("Ola", false)),
                backup_owner: Some(keeper("Pia", true)),
                ..Facts::calm()
            },
        );
        assert_eq!(found[0].severity, Severity::Medium);
        assert!(found[0].fix.contains("Pia"));
    }

    #[test]
    fn nearly_fires_when_only_the_backup_left() {
        expect::clear(
            &RULE,
            &Facts {
                backup_owner: Some(keeper("Pia", false)),
                ..Facts::calm()
            },
        );
    }

    #[test]
    fn unknown_owner_is_for_another_rule() {
        expect::clear(
            &RULE,
            &Facts {
                owner: None,
                ..Facts::calm()
            },
        );
    }
}
