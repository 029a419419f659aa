//! A stored cloud key where the platform can federate.

use contract::findings::{FindingClass, Severity};
use contract::identities::{CredentialType, IdentityKind, Kept, Platform};

use crate::finding::facts::{Credential, Facts};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "static_cloud_credential",
    name: "Static cloud credential",
    class: FindingClass::Posture,
    rationale: "A stored cloud key works from anywhere for whoever copies it; with federation there is nothing \
                to copy.",
    controls: &[
        "NHI4:2025",
        "NHI6:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-5",
        "PCI DSS 4.0.1 8.6.2",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    Verdict::of_credentials(facts, |c| {
        let stored = !c.is_revoked() && c.kept != Kept::Platform;
        stored.then(|| replaceable(facts, c)).flatten()
    })
}

/// Pipelines can federate for every cloud secret; elsewhere only a cloud's own access key is judged.
fn replaceable(facts: &Facts, credential: &Credential) -> Option<Finding> {
    let pipeline = facts.kind == IdentityKind::Pipeline;
    let kind = credential.credential_type;
    let is_static = kind == CredentialType::CloudAccessKey
        || (kind == CredentialType::ClientSecret
            && (pipeline || facts.platform == Platform::Azure));
    is_static.then(|| {
        let severity = match (pipeline, facts.in_production()) {
            (true, true) => Severity::High,
            (true, false) | (false, true) => Severity::Medium,
            (false, false) => Severity::Low,
        };
        RULE.draft(facts, severity, "Static cloud credential")
            .about(credential.id.to_string())
            .detail(format!(
                "{} where federation would store nothing",
                kind.label()
            ))
            .fix(advice(facts.platform))
            .evidence("Credential", &credential.label)
            .evidence("Type", kind.label())
            .evidence("Platform", facts.platform.label())
            .done()
    })
}

fn advice(platform: Platform) -> &'static str {
    match platform {
        Platform::GithubActions => {
            "Let the cloud trust GitHub’s tokens for this repository and environment, then delete the key."
        }
        Platform::GitlabCi => {
            "Use an id_token of the job and let the cloud trust it, then delete the key."
        }
        Platform::AzureDevops => {
            "Switch the service connection to workload identity federation, then delete the secret."
        }
        Platform::Kubernetes => "Bind the service account to a cloud role, then delete the key.",
        Platform::Azure => {
            "Add a federated credential or a managed identity, then delete the secret."
        }
        Platform::Aws => {
            "Use a role for the workload in place of the access key, then delete the key."
        }
        Platform::GoogleCloud => {
            "Use workload identity federation or impersonation, then delete the key."
        }
        Platform::Vault | Platform::Okta | Platform::Other => {
            "Use short-lived credentials that are made on demand, then delete the key."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::rules::expect;

    fn with(kind: CredentialType) -> Facts {
        Facts {
            credentials: vec![Credential::of(kind)],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_for_a_stored_key_in_a_pipeline() {
        let found = expect::fires(&RULE, &with(CredentialType::CloudAccessKey));
        assert_eq!(found[0].severity, Severity::High);
        expect::fires(&RULE, &with(CredentialType::ClientSecret));
    }

    #[test]
    fn nearly_fires_for_dynamic_and_for_what_cannot_federate() {
        expect::clear(&RULE, &with(CredentialType::Dynamic));
        expect::clear(&RULE, &with(CredentialType::SigningKey));
        expect::clear(
            &RULE,
            &Facts {
                kind: IdentityKind::ServiceAccount,
                platform: Platform::Okta,
                ..with(CredentialType::ClientSecret)
            },
        );
    }

    #[test]
    fn unknown_without_credentials() {
        expect::unknown_without_credentials(&RULE);
    }
}
