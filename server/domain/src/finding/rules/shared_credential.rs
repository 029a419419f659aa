//! One credential used by several identities.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Credential, Facts};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "shared_credential",
    name: "Shared credential",
    class: FindingClass::Posture,
    rationale: "When several identities share one credential, no event tells which of them acted, and one leak \
                opens them all.",
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
    let findings: Vec<Finding> = facts
        .credentials
        .iter()
        .filter(|credential| !credential.is_revoked())
        .filter_map(|credential| shared(facts, credential))
        .collect();
    let stored =
        |c: &&Credential| crate::identity::rotation::max_age_days(c.credential_type).is_some();
    if findings.is_empty()
        && facts
            .credentials
            .iter()
            .filter(stored)
            .any(|credential| credential.reference.is_empty())
    {
        return Verdict::Unknown("Record the key id or fingerprint of its credential.");
    }
    Verdict::of(findings)
}

fn shared(facts: &Facts, credential: &Credential) -> Option<Finding> {
    let others = &credential.shared_with;
    (!others.is_empty()).then(|| {
        RULE.draft(
            facts,
            Severity::High,
            format!("One credential in {} identities", others.len() + 1),
        )
        .about(credential.id.to_string())
        .detail(format!("{}, also in {}", credential.label, listed(others)))
        .fix("Give each identity its own credential, then retire the shared one.")
        .evidence("Credential", &credential.label)
        .evidence("Reference", tail(&credential.reference))
        .evidence("Also held by", others.join(", "))
        .done()
    })
}

fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
        [] => String::new(),
    }
}

/// The telling end of a key id.
fn tail(reference: &str) -> String {
    let count = reference.chars().count();
    if count <= 8 {
        reference.to_owned()
    } else {
        format!(
            "ending {}",
            reference.chars().skip(count - 4).collect::<String>()
        )
    }
}

#[cfg(test)]
mod tests {
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::rules::expect;

    fn with(credential: Credential) -> Facts {
        Facts {
            credentials: vec![credential],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_and_names_the_others() {
        let found = expect::fires(
            &RULE,
            &with(Credential {
                reference: "AKIAIOSFODNN7EXAMPLE".into(),
                shared_with: vec!["reports".into(), "backoffice-cron".into()],
                ..Credential::of(CredentialType::CloudAccessKey)
            }),
        );
        assert_eq!(found[0].title, "One credential in 3 identities");
        assert!(
            found[0]
                .detail
                .ends_with("also in reports and backoffice-cron")
        );
    }

    #[test]
    fn nearly_fires_when_it_is_held_once() {
        expect::clear(&RULE, &with(Credential::of(CredentialType::CloudAccessKey)));
    }

    #[test]
    fn unknown_without_a_reference() {
        expect::unknown(
            &RULE,
            &with(Credential {
                reference: String::new(),
                ..Credential::of(CredentialType::CloudAccessKey)
            }),
        );
    }
}
