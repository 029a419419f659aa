//! Risk: a score from 0 to 100 whose reasons add up to it, and the tier an identity's reach suggests.

use contract::findings::Severity;
use contract::identities::{
    CredentialClass, Environment, IdentityState, RiskReason, RiskTier, RotationState,
};

/// What the score rests on.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that are independent of each other"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Lifecycle state.
    pub state: IdentityState,
    /// Where it acts.
    pub environments: Vec<Environment>,
    /// Holds a privileged permission.
    pub privileged: bool,
    /// Worst credential class.
    pub credential: CredentialClass,
    /// Worst rotation state.
    pub rotation: RotationState,
    /// Team, owner and that the owner is still here.
    pub owned: bool,
    /// A trust admits more than one context.
    pub wildcard_trust: bool,
    /// Purpose is known.
    pub purposeful: bool,
    /// Severities of its open findings.
    pub findings: Vec<Severity>,
}

/// A score with the reasons it is the sum of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// 0 to 100.
    pub score: i32,
    /// Most points first.
    pub reasons: Vec<RiskReason>,
}

/// Most points a score has.
const TOP: i32 = 100;

/// Scores an identity. Reasons beyond the top are cut, so that those shown always add up.
pub fn score(exposure: &Exposure) -> Risk {
    let mut reasons = reach(exposure);
    reasons.extend(holding(exposure));
    reasons.extend(findings(&exposure.findings));
    reasons.sort_by_key(|reason| -reason.points);
    let mut left = TOP;
    reasons.retain_mut(|reason| {
        reason.points = reason.points.min(left);
        left -= reason.points;
        reason.points > 0
    });
    Risk {
        score: TOP - left,
        reasons,
    }
}

fn reason(points: i32, text: &str) -> RiskReason {
    RiskReason {
        points,
        reason: text.to_owned(),
    }
}

/// What it could do.
fn reach(exposure: &Exposure) -> Vec<RiskReason> {
    let production = exposure.environments.contains(&Environment::Production);
    let mut all = Vec::new();
    match (production, exposure.privileged) {
        (true, true) => all.push(reason(30, "Holds privileged permissions in production")),
        (true, false) => all.push(reason(15, "Acts in production")),
        (false, true) => all.push(reason(15, "Holds privileged permissions")),
        (false, false) => {}
    }
    if exposure.environments.is_empty() {
        all.push(reason(8, "Where it acts is unknown"));
    }
    if exposure.wildcard_trust {
        all.push(reason(12, "Its trust admits more than one context"));
    }
    all
}

/// How well it is held.
fn holding(exposure: &Exposure) -> Vec<RiskReason> {
    let mut all = Vec::new();
    match exposure.credential {
        CredentialClass::Federated => {}
        CredentialClass::Dynamic => all.push(reason(2, "Credentials are made on demand")),
        CredentialClass::PlatformManaged => {
            all.push(reason(5, "Holds a secret that its platform rotates"));
        }
        CredentialClass::Static => all.push(reason(12, "Holds a static credential")),
        CredentialClass::HardCoded => all.push(reason(22, "A secret of it stands in code")),
        CredentialClass::Unknown => all.push(reason(8, "How it proves itself is unknown")),
    }
    match exposure.rotation {
        RotationState::Overdue => all.push(reason(12, "A rotation is overdue")),
        RotationState::UnknownAge
            if matches!(
                exposure.credential,
                CredentialClass::Static | CredentialClass::HardCoded
            ) =>
        {
            all.push(reason(10, "The age of a credential is unknown"));
        }
        RotationState::DueSoon => all.push(reason(2, "A rotation is due within 14 days")),
        _ => {}
    }
    if !exposure.owned {
        all.push(reason(14, "Nobody answers for it"));
    }
    if !exposure.purposeful {
        all.push(reason(4, "Its purpose is unknown"));
    }
    if exposure.state == IdentityState::Discovered {
        all.push(reason(10, "Never asked for or approved"));
    }
    all
}

fn findings(severities: &[Severity]) -> Vec<RiskReason> {
    Severity::ALL
        .iter()
        .filter_map(|severity| {
            let count = severities.iter().filter(|s| *s == severity).count();
            let (each, most) = match severity {
                Severity::Critical => (25, 50),
                Severity::High => (8, 16),
                Severity::Medium => (3, 9),
                Severity::Low => (1, 3),
            };
            let points = (each * i32::try_from(count).unwrap_or(i32::MAX / 50)).min(most);
            let word = if count == 1 { "finding" } else { "findings" };
            let label = severity.label().to_lowercase();
            (count > 0).then(|| reason(points, &format!("{count} open {label} {word}")))
        })
        .collect()
}

/// Suggests a tier from environment and privilege, with the reason.
pub fn tier(environments: &[Environment], privileged: bool) -> (RiskTier, &'static str) {
    let production = environments.contains(&Environment::Production);
    match (production, privileged) {
        (true, true) => (
            RiskTier::Critical,
            "It holds privileged permissions in production.",
        ),
        (true, false) => (RiskTier::High, "It acts in production."),
        (false, true) => (RiskTier::High, "It holds privileged permissions."),
        (false, false) if environments.is_empty() => (
            RiskTier::Standard,
            "Where it acts is unknown, and nothing privileged is known.",
        ),
        (false, false) if environments.contains(&Environment::Staging) => (
            RiskTier::Standard,
            "It acts in staging without privileged permissions.",
        ),
        (false, false) => (
            RiskTier::Low,
            "It acts in development only, without privileged permissions.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Exposure {
        Exposure {
            state: IdentityState::Active,
            environments: vec![Environment::Development],
            privileged: false,
            credential: CredentialClass::Federated,
            rotation: RotationState::NotNeeded,
            owned: true,
            wildcard_trust: false,
            purposeful: true,
            findings: vec![],
        }
    }

    fn worst() -> Exposure {
        Exposure {
            state: IdentityState::Discovered,
            environments: vec![Environment::Production],
            privileged: true,
            credential: CredentialClass::Static,
            rotation: RotationState::Overdue,
            owned: false,
            wildcard_trust: true,
            purposeful: false,
            findings: vec![Severity::Critical, Severity::Critical, Severity::High],
        }
    }

    #[test]
    fn a_calm_identity_scores_nothing() {
        assert_eq!(
            score(&calm()),
            Risk {
                score: 0,
                reasons: vec![]
            }
        );
    }

    #[test]
    fn reasons_always_add_up_and_never_pass_the_top() {
        for findings in 0..40 {
            for privileged in [true, false] {
                for mut exposure in [calm(), worst()] {
                    exposure.privileged = privileged;
                    exposure.findings = vec![Severity::High; findings];
                    let risk = score(&exposure);
                    let sum: i32 = risk.reasons.iter().map(|r| r.points).sum();
                    assert_eq!(sum, risk.score);
                    assert!((0..=100).contains(&risk.score));
                    assert!(risk.reasons.iter().all(|r| r.points > 0));
                }
            }
        }
        assert_eq!(score(&worst()).score, 100);
    }

    #[test]
    fn a_worse_fact_never_lowers_the_score() {
        let base = score(&calm()).score;
        for change in [
            (|e: &mut Exposure| e.privileged = true) as fn(&mut Exposure),
            |e| e.environments = vec![Environment::Production],
            |e| e.credential = CredentialClass::Static,
            |e| e.rotation = RotationState::Overdue,
            |e| e.owned = false,
            |e| e.wildcard_trust = true,
            |e| e.findings = vec![Severity::Low],
        ] {
            let mut exposure = calm();
            change(&mut exposure);
            assert!(score(&exposure).score > base, "{exposure:?}");
        }
    }

    #[test]
    fn each_step_down_the_ladder_weighs_more() {
        use CredentialClass::{Dynamic, Federated, HardCoded, PlatformManaged, Static};
        let scores: Vec<i32> = [Federated, Dynamic, PlatformManaged, Static, HardCoded]
            .into_iter()
            .map(|credential| {
                score(&Exposure {
                    credential,
                    ..calm()
                })
                .score
            })
            .collect();
        assert!(
            scores.windows(2).all(|pair| pair[0] < pair[1]),
            "{scores:?}"
        );
    }

    #[test]
    fn tiers_follow_environment_and_privilege() {
        use Environment::{Development, Production, Staging};
        for (environments, privileged, expected) in [
            (vec![Production, Staging], true, RiskTier::Critical),
            (vec![Production], false, RiskTier::High),
            (vec![Development], true, RiskTier::High),
            (vec![Staging], false, RiskTier::Standard),
            (vec![], false, RiskTier::Standard),
            (vec![Development], false, RiskTier::Low),
        ] {
            assert_eq!(
                tier(&environments, privileged).0,
                expected,
                "{environments:?}"
            );
        }
    }
}
