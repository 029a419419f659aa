//! A stored secret of which nobody knows the age.

use contract::findings::{FindingClass, Severity};
use contract::identities::RotationState;

use crate::finding::facts::{Credential, Facts};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unknown_credential_age",
    name: "Credential age unknown",
    class: FindingClass::Posture,
    rationale: "A secret of unknown age may be years old; unknown is never within the limit.",
    controls: &[
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-5(1)",
        "PCI DSS 4.0.1 8.6.3",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    Verdict::of_credentials(facts, |c| of_unknown_age(facts, c))
}

fn of_unknown_age(facts: &Facts, credential: &Credential) -> Option<Finding> {
    let kind = credential.credential_type;
    let state = credential.rotation(facts.now).state;
    (state == RotationState::UnknownAge).then(|| {
        let name = kind.label().to_lowercase();
        RULE.draft(facts, Severity::Medium, "Credential age unknown")
            .about(credential.id.to_string())
            .detail(format!("No source tells when the {name} was made"))
            .fix(format!(
                "Rotate the {name} now and record the date, or connect a source that knows it."
            ))
            .evidence("Credential", &credential.label)
            .evidence("Issued", "unknown")
            .evidence("Last changed", "unknown")
            .done()
    })
}

#[cfg(test)]
mod tests {
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::rules::expect;

    fn undated(kind: CredentialType) -> Facts {
        Facts {
            credentials: vec![Credential {
                issued_at: None,
                rotated_at: None,
                ..Credential::of(kind)
            }],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_without_any_date() {
        expect::fires(&RULE, &undated(CredentialType::ClientSecret));
    }

    #[test]
    fn nearly_fires_when_nothing_is_stored_or_one_date_is_known() {
        expect::clear(&RULE, &undated(CredentialType::OidcFederation));
        expect::clear(
            &RULE,
            &Facts {
                credentials: vec![Credential::of(CredentialType::ClientSecret)],
                ..Facts::calm()
            },
        );
    }

    #[test]
    fn unknown_without_credentials() {
        expect::unknown_without_credentials(&RULE);
    }
}
