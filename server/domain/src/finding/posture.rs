//! Posture: all rules on one identity, and the risk that follows from them.

use contract::identities::{CredentialClass, RiskTier, RotationState};

use super::facts::Facts;
use super::{Finding, REGISTRY, Verdict};
use crate::identity::risk::{self, Exposure, Risk};
use crate::identity::{credential, rotation};

/// What is so of one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// Everything that fires.
    pub findings: Vec<Finding>,
    /// Rules that cannot know: id, and what would make it known.
    pub unknown: Vec<(&'static str, &'static str)>,
    /// Worst credential class.
    pub credential: CredentialClass,
    /// Worst rotation state.
    pub rotation: RotationState,
    /// Holds a privileged permission.
    pub privileged: bool,
    /// Suggested tier.
    pub tier: RiskTier,
    /// Score from everything above. Exceptions are not risk: the caller leaves their findings out of `silent`.
    pub risk: Risk,
}

/// Judges one identity. `silent` holds fingerprints a person excepted: they are found but weigh nothing.
pub fn judge(facts: &Facts, silent: &dyn Fn(&[u8; 32]) -> bool) -> Posture {
    let mut findings = Vec::new();
    let mut unknown = Vec::new();
    for rule in REGISTRY {
        match (rule.judge)(facts) {
            Verdict::Fires(found) => findings.extend(found),
            Verdict::Clear => {}
            Verdict::Unknown(why) => unknown.push((rule.id, why)),
        }
    }
    // What is revoked is held no more.
    let held = || facts.credentials.iter().filter(|c| !c.is_revoked());
    let credential = credential::worst(held().map(|c| (c.credential_type, c.kept)));
    let rotation = rotation::worst(held().map(|c| c.rotation(facts.now).state));
    let privileged = facts.is_privileged();
    let exposure = Exposure {
        state: facts.state,
        environments: facts.environments.clone(),
        privileged,
        credential,
        rotation,
        owned: facts.team.is_some() && facts.owner.as_ref().is_some_and(|owner| owner.active),
        wildcard_trust: facts
            .trusts
            .iter()
            .any(|trust| trust.summary().is_wildcard() == Some(true)),
        purposeful: !facts.purpose.trim().is_empty(),
        findings: findings
            .iter()
            .filter(|finding| !silent(&finding.fingerprint))
            .map(|finding| finding.severity)
            .collect(),
    };
    Posture {
        risk: risk::score(&exposure),
        tier: risk::tier(&facts.environments, privileged).0,
        findings,
        unknown,
        credential,
        rotation,
        privileged,
    }
}

#[cfg(test)]
mod tests {
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::facts::Credential;

    #[test]
    fn a_calm_identity_has_no_finding_and_nothing_unknown() {
        let posture = judge(&Facts::calm(), &|_| false);
        assert_eq!(posture.findings, []);
        assert_eq!(posture.unknown, []);
        assert_eq!(posture.tier, RiskTier::Critical);
        assert_eq!(posture.risk.score, 30);
    }

    #[test]
    fn a_finding_weighs_unless_it_is_excepted() {
        let facts = Facts {
            credentials: vec![Credential {
                issued_at: None,
                ..Credential::of(CredentialType::ClientSecret)
            }],
            ..Facts::calm()
        };
        let loud = judge(&facts, &|_| false);
        let quiet = judge(&facts, &|_| true);
        assert!(!loud.findings.is_empty());
        assert_eq!(loud.findings, quiet.findings);
        assert!(loud.risk.score > quiet.risk.score);
    }
}
