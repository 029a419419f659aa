//! A secret stands in code or in a pipeline definition.

use contract::findings::{FindingClass, Severity};
use contract::identities::Kept;

use crate::finding::facts::{Credential, Facts};
use crate::finding::{Finding, Rule, Verdict};
use crate::identity::rotation;

/// The rule.
pub const RULE: Rule = Rule {
    id: "hard_coded_credential",
    name: "Hard-coded credential",
    class: FindingClass::Posture,
    rationale: "Whoever can read the code holds the secret, for as long as its history is kept; it cannot be \
                rotated without a release.",
    controls: &[
        "NHI2:2025",
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.4",
        "NIST 800-53 IA-5(7)",
        "PCI DSS 4.0.1 8.6.2",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() {
        return Verdict::Clear;
    }
    if facts.credentials.is_empty() {
        return Verdict::Unknown("Import or declare its credentials.");
    }
    let stored: Vec<&Credential> = facts
        .credentials
        .iter()
        .filter(|c| !c.is_revoked() && rotation::max_age_days(c.credential_type).is_some())
        .collect();
    let found: Vec<Finding> = stored
        .iter()
        .filter(|c| c.kept == Kept::Code)
        .map(|c| hard_coded(facts, c))
        .collect();
    if found.is_empty() && stored.iter().any(|c| c.kept == Kept::Unknown) {
        return Verdict::Unknown("Say where its secret is kept, on its credentials tab.");
    }
    Verdict::of(found)
}

fn hard_coded(facts: &Facts, credential: &Credential) -> Finding {
    let severity = if facts.in_production() {
        Severity::Critical
    } else {
        Severity::High
    };
    RULE.draft(facts, severity, "Hard-coded credential")
        .about(credential.id.to_string())
        .detail(format!("{} stands in code", credential.label))
        .fix("Issue a new one into a secret store, or federate and store none; then revoke this one: removing it from the code leaves it in the history.")
        .evidence("Credential", &credential.label)
        .evidence("Kept", Kept::Code.label())
        .done()
}

#[cfg(test)]
mod tests {
    use contract::identities::{CredentialType, Environment};

    use super::*;
    use crate::finding::rules::expect;

    fn kept(kind: CredentialType, kept: Kept) -> Facts {
        Facts {
            credentials: vec![Credential {
                kept,
                ..Credential::of(kind)
            }],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_for_a_secret_in_code_and_worse_in_production() {
        let mut facts = kept(CredentialType::ApiKey, Kept::Code);
        assert_eq!(expect::fires(&RULE, &facts)[0].severity, Severity::Critical);
        facts.environments = vec![Environment::Development];
        assert_eq!(expect::fires(&RULE, &facts)[0].severity, Severity::High);
    }

    #[test]
    fn nearly_fires_for_one_in_a_store_and_one_that_was_revoked() {
        expect::clear(&RULE, &kept(CredentialType::ApiKey, Kept::Store));
        expect::clear(&RULE, &kept(CredentialType::ApiKey, Kept::Platform));
        expect::clear(&RULE, &kept(CredentialType::OidcFederation, Kept::Unknown));
        let mut revoked = kept(CredentialType::ApiKey, Kept::Code);
        revoked.credentials[0].revoked_at = Some(revoked.now);
        expect::clear(&RULE, &revoked);
    }

    #[test]
    fn unknown_until_somebody_says_where_it_is_kept() {
        expect::unknown(&RULE, &kept(CredentialType::ApiKey, Kept::Unknown));
        expect::unknown(
            &RULE,
            &Facts {
                credentials: vec![],
                ..Facts::calm()
            },
        );
    }
}
