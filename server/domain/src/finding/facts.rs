//! Facts: everything a rule may know of one identity. Gathered by `service`, judged here.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityState, Platform, TrustLanguage,
};
use contract::ids::{CredentialId, IdentityId, TrustId};

/// Days without use after which something counts as unused.
pub const UNUSED_DAYS: i64 = 90;

/// One identity as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The moment of judgement.
    pub now: DateTime<Utc>,
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Since when it is in that state.
    pub state_since: DateTime<Utc>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// Purpose; empty when unknown.
    pub purpose: String,
    /// Where it acts; empty when unknown.
    pub environments: Vec<Environment>,
    /// Owning team's name.
    pub team: Option<String>,
    /// Owner.
    pub owner: Option<Keeper>,
    /// Backup owner.
    pub backup_owner: Option<Keeper>,
    /// Last approval in a sealed campaign.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// When the next review is due.
    pub next_review_at: Option<DateTime<Utc>>,
    /// Credentials held.
    pub credentials: Vec<Credential>,
    /// Permissions held.
    pub permissions: Vec<Permission>,
    /// Who may become it.
    pub trusts: Vec<Trust>,
    /// When it was seen in an event.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Events in the last 90 days.
    pub events: i64,
    /// Uses after it was disabled or removed: how many, and the last one.
    pub used_after_end: Option<(i64, DateTime<Utc>)>,
    /// Since when a source has been telling about its platform; absent when none does.
    pub covered_since: Option<DateTime<Utc>>,
}

/// Somebody who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// Full name.
    pub name: String,
    /// False once they left.
    pub active: bool,
}

/// A credential reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint; empty when unknown.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Names of other identities that show the same reference.
    pub shared_with: Vec<String>,
}

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// System.
    pub system: String,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds.
    pub environment: Option<Environment>,
    /// Could do lasting harm.
    pub privileged: bool,
}

/// A trust document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its id.
    pub id: TrustId,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards.
    pub target: String,
    /// As the vendor prints it.
    pub document: String,
}

impl Facts {
    /// Whether it can act at all: what is only asked for, refused or gone is not judged for its posture.
    pub const fn is_live(&self) -> bool {
        matches!(
            self.state,
            IdentityState::Active | IdentityState::Suspended | IdentityState::Discovered
        )
    }

    /// Whether somebody took it into the roll and it may act.
    pub const fn is_registered(&self) -> bool {
        matches!(self.state, IdentityState::Active | IdentityState::Suspended)
    }

    /// Whether it acts in production.
    pub fn in_production(&self) -> bool {
        self.environments.contains(&Environment::Production)
    }

    /// Whether it holds a privileged permission.
    pub fn is_privileged(&self) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission.privileged)
    }

    /// Whole days since a moment.
    pub fn days_since(&self, moment: DateTime<Utc>) -> i64 {
        (self.now - moment).num_days()
    }

    /// The moment before which a use is too long ago.
    pub fn unused_before(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(UNUSED_DAYS)
    }
}

/// A date as evidence shows it.
pub fn day(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y").to_string()
}

/// `n` days in words.
pub fn days(n: i64) -> String {
    if n == 1 {
        "1 day".to_owned()
    } else {
        format!("{n} days")
    }
}

#[cfg(test)]
impl Facts {
    /// A calm identity at a fixed moment: nothing fires, everything is known.
    pub(crate) fn calm() -> Self {
        let at = |text: &str| text.parse().expect("a time");
        Self {
            now: at("2026-11-21T00:00:00Z"),
            id: IdentityId(uuid::Uuid::from_u128(1)),
            name: "shop · deploy · production".into(),
            kind: IdentityKind::Pipeline,
            platform: Platform::GithubActions,
            state: IdentityState::Active,
            state_since: at("2026-01-10T00:00:00Z"),
            created_at: at("2026-01-10T00:00:00Z"),
            purpose: "Deploys the shop to production".into(),
            environments: vec![Environment::Production],
            team: Some("Storefront".into()),
            owner: Some(Keeper {
                name: "Mira Kestrel".into(),
                active: true,
            }),
            backup_owner: None,
            last_reviewed_at: Some(at("2026-10-10T00:00:00Z")),
            next_review_at: Some(at("2027-01-08T00:00:00Z")),
            credentials: vec![Credential::of(CredentialType::OidcFederation)],
            permissions: vec![Permission {
                system: "aws".into(),
                action: "ecs:UpdateService".into(),
                resource: "*".into(),
                environment: Some(Environment::Production),
                privileged: true,
            }],
            trusts: vec![Trust::github("repo:acme@1/shop@2:environment:production")],
            last_used_at: Some(at("2026-11-20T00:00:00Z")),
            events: 120,
            used_after_end: None,
            covered_since: Some(at("2025-11-21T00:00:00Z")),
        }
    }
}

#[cfg(test)]
impl Credential {
    /// A credential of a type, issued twenty days before the calm moment.
    pub(crate) fn of(credential_type: CredentialType) -> Self {
        Self {
            id: CredentialId(uuid::Uuid::from_u128(11)),
            credential_type,
            label: credential_type.label().into(),
            reference: "ref-1".into(),
            issued_at: Some("2026-11-01T00:00:00Z".parse().expect("a time")),
            rotated_at: None,
            shared_with: vec![],
        }
    }
}

#[cfg(test)]
impl Trust {
    /// An AWS trust that admits a GitHub subject pattern.
    pub(crate) fn github(pattern: &str) -> Self {
        Self {
            id: TrustId(uuid::Uuid::from_u128(21)),
            language: TrustLanguage::Aws,
            target: "arn:aws:iam::471982203366:role/shop".into(),
            document: format!(
                r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/token.actions.githubusercontent.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringLike":{{"token.actions.githubusercontent.com:sub":"{pattern}"}}}}}}]}}"#
            ),
        }
    }
}
