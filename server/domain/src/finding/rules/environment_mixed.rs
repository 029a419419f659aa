//! Production and non-production in one identity.

use contract::findings::{FindingClass, Severity};
use contract::identities::Environment;

use crate::finding::facts::Facts;
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "environment_mixed",
    name: "Production mixed with other environments",
    class: FindingClass::Posture,
    rationale: "Test environments are easier to enter; an identity that works in both carries what happens \
                there into production.",
    controls: &[
        "NHI8:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.31",
        "NIST 800-53 AC-6",
        "PCI DSS 4.0.1 6.5.3",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() {
        return Verdict::Clear;
    }
    let mut places = facts.environments.clone();
    places.extend(
        facts
            .permissions
            .iter()
            .filter_map(|permission| permission.environment),
    );
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        return Verdict::Unknown("Say in which environments it acts.");
    }
    if places.len() < 2 || !places.contains(&Environment::Production) {
        return Verdict::Clear;
    }
    let words: Vec<&str> = places.iter().map(|place| place.as_str()).collect();
    let severity = if facts.is_privileged() {
        Severity::High
    } else {
        Severity::Medium
    };
    let finding = RULE
        .draft(facts, severity, "Production mixed with other environments")
        .detail(format!("Acts in {}", words.join(", ")))
        .fix("Give each environment its own identity and credential.")
        .evidence("Environments", words.join(", "))
        .evidence(
            "Privileged",
            if facts.is_privileged() { "yes" } else { "no" },
        )
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::rules::expect;

    fn places(environments: &[Environment]) -> Facts {
        Facts {
            environments: environments.to_vec(),
            permissions: vec![],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_when_production_is_mixed_in() {
        expect::fires(
            &RULE,
            &places(&[Environment::Production, Environment::Staging]),
        );
        // A permission elsewhere is enough.
        let mut facts = Facts::calm();
        facts.permissions[0].environment = Some(Environment::Development);
        expect::fires(&RULE, &facts);
    }

    #[test]
    fn nearly_fires_without_production() {
        expect::clear(
            &RULE,
            &places(&[Environment::Staging, Environment::Development]),
        );
        expect::clear(&RULE, &places(&[Environment::Production]));
    }

    #[test]
    fn unknown_where_no_environment_is_known() {
        expect::unknown(&RULE, &places(&[]));
    }
}
