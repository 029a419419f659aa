//! Rotation policies: a limit somebody set in place of the type's own, for a tier, a team or one identity, with the
//! reason. The nearest one counts: identity before team before tier, and a named type before any type.

use contract::identities::{CredentialType, RiskTier};
use contract::ids::{IdentityId, TeamId};

use super::max_age_days;
use crate::identity::reason::{NotAReason, Reason};

/// Longest limit anybody may set, in days.
pub const LONGEST_DAYS: u64 = 730;

/// For whom a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Every identity of a tier.
    Tier(RiskTier),
    /// Every identity of a team.
    Team(TeamId),
    /// One identity.
    Identity(IdentityId),
}

/// A limit somebody set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// For whom.
    pub scope: Scope,
    /// For which type; every stored one when absent.
    pub credential_type: Option<CredentialType>,
    /// Longest age, in days.
    pub days: u64,
    /// Why.
    pub reason: String,
}

/// Whose credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The identity.
    pub identity: IdentityId,
    /// Its team.
    pub team: Option<TeamId>,
    /// Its tier.
    pub tier: RiskTier,
}

/// Why a policy is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No reason.
    #[error("{0}")]
    Reason(#[from] NotAReason),
    /// No limit, or none that limits.
    #[error("A limit has 1 to {LONGEST_DAYS} days.")]
    Days,
    /// Nothing is stored, so nothing grows old.
    #[error("{} stores nothing and needs no rotation.", .0.label())]
    NothingStored(CredentialType),
}

impl Refused {
    /// The form field the sentence belongs beside.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Reason(_) => "reason",
            Self::Days => "days",
            Self::NothingStored(_) => "credential_type",
        }
    }
}

/// Checks a policy somebody wants to set.
///
/// # Errors
/// [`Refused`] says what is missing.
pub fn set(
    scope: Scope,
    credential_type: Option<CredentialType>,
    days: u64,
    reason: &str,
) -> Result<Policy, Refused> {
    if let Some(kind) = credential_type
        && max_age_days(kind).is_none()
    {
        return Err(Refused::NothingStored(kind));
    }
    if !(1..=LONGEST_DAYS).contains(&days) {
        return Err(Refused::Days);
    }
    let reason = Reason::parse(reason)?.to_string();
    Ok(Policy {
        scope,
        credential_type,
        days,
        reason,
    })
}

/// The policy that counts for a credential, if any does.
pub fn nearest(policies: &[Policy], holder: Holder, credential: CredentialType) -> Option<&Policy> {
    max_age_days(credential)?;
    policies
        .iter()
        .filter(|policy| policy.credential_type.is_none_or(|kind| kind == credential))
        .filter(|policy| match policy.scope {
            Scope::Tier(tier) => tier == holder.tier,
            Scope::Team(team) => Some(team) == holder.team,
            Scope::Identity(identity) => identity == holder.identity,
        })
        .max_by_key(|policy| {
            let near = match policy.scope {
                Scope::Tier(_) => 0,
                Scope::Team(_) => 1,
                Scope::Identity(_) => 2,
            };
            // Of two equally near ones the stricter counts.
            (
                near,
                policy.credential_type.is_some(),
                u64::MAX - policy.days,
            )
        })
}

/// The scope in a few words, to stand before the reason.
pub fn words(scope: Scope) -> String {
    match scope {
        Scope::Tier(tier) => format!("{} tier", tier.label().to_lowercase()),
        Scope::Team(_) => "its team".to_owned(),
        Scope::Identity(_) => "this identity".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const WHY: &str = "The vendor allows one change a quarter";

    fn policy(scope: Scope, kind: Option<CredentialType>, days: u64) -> Policy {
        set(scope, kind, days, WHY).expect("a policy")
    }

    const fn id(n: u128) -> IdentityId {
        IdentityId(Uuid::from_u128(n))
    }

    const fn team(n: u128) -> TeamId {
        TeamId(Uuid::from_u128(n))
    }

    const HOLDER: Holder = Holder {
        identity: id(1),
        team: Some(team(2)),
        tier: RiskTier::High,
    };

    #[test]
    fn the_nearest_counts_and_a_named_type_beats_any() {
        let kind = CredentialType::ApiKey;
        let all = vec![
            policy(Scope::Tier(RiskTier::High), None, 10),
            policy(Scope::Team(team(2)), None, 20),
            policy(Scope::Team(team(2)), Some(kind), 30),
            policy(Scope::Identity(id(9)), Some(kind), 40),
        ];
        let days = |all: &[Policy], holder| nearest(all, holder, kind).map(|policy| policy.days);
        assert_eq!(days(&all, HOLDER), Some(30));
        assert_eq!(
            days(
                &all,
                Holder {
                    team: None,
                    ..HOLDER
                }
            ),
            Some(10)
        );
        assert_eq!(
            days(
                &all,
                Holder {
                    identity: id(9),
                    ..HOLDER
                }
            ),
            Some(40)
        );
        assert_eq!(
            days(
                &all,
                Holder {
                    team: None,
                    tier: RiskTier::Low,
                    ..HOLDER
                }
            ),
            None
        );
        assert_eq!(nearest(&all, HOLDER, CredentialType::Dynamic), None);
    }

    #[test]
    fn of_two_equally_near_the_stricter_counts() {
        let tier = Scope::Tier(RiskTier::High);
        let all = vec![
            policy(tier, None, 60),
            policy(tier, None, 45),
            policy(tier, None, 50),
        ];
        assert_eq!(
            nearest(&all, HOLDER, CredentialType::SshKey).map(|p| p.days),
            Some(45)
        );
    }

    #[test]
    fn a_policy_needs_a_limit_and_a_reason() {
        let tier = Scope::Tier(RiskTier::Low);
        assert_eq!(set(tier, None, 0, WHY), Err(Refused::Days));
        assert_eq!(set(tier, None, 731, WHY), Err(Refused::Days));
        assert_eq!(
            set(tier, None, 30, "ok").expect_err("refused").field(),
            "reason"
        );
        assert_eq!(
            set(tier, Some(CredentialType::OidcFederation), 30, WHY),
            Err(Refused::NothingStored(CredentialType::OidcFederation))
        );
    }
}
