//! The frozen identity: what a reviewer is shown and what a decision rests on.
//!
//! [`Snapshot::facts`] is what the content hash covers: purpose, state, environments, tier, owner,
//! backup, team, permissions, credentials, trusts, selectors. Use, findings, exceptions and risk move every day;
//! they are frozen beside the facts as context and do not make an identity "changed".

pub mod diff;

use chrono::{DateTime, Utc};
use contract::campaigns::{FrozenCredential, FrozenPermission};
use contract::findings::{ExceptionScope, Severity};
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityState, Platform, RiskReason, RiskTier,
    RotationState, SelectorKind, TrustLanguage, Usage,
};
use contract::ids::{CredentialId, FindingId, IdentityId, PermissionId, PersonId, TrustId};
use serde::{Deserialize, Serialize};

use super::reviewer::Exclusion;
use crate::canonical;

/// Version of the frozen form; older ones stay readable.
pub const VERSION: u32 = 1;

/// A person as frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenPerson {
    /// Their id.
    pub id: PersonId,
    /// Their name then.
    pub name: String,
}

/// A permission as frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// System it holds in.
    pub system: String,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds; absent when unknown.
    pub environment: Option<Environment>,
    /// Could do lasting harm.
    pub privileged: bool,
    /// Plain sentence.
    pub sentence: String,
    /// Used in the last 90 days, as far as the sources can tell.
    pub usage: Usage,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was granted.
    pub granted_at: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub changed_by: Option<FrozenPerson>,
}

/// A credential reference as frozen; never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint.
    pub reference: String,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it was last seen in use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Rotation state then.
    pub rotation: RotationState,
    /// When rotation was due.
    pub rotation_due_at: Option<DateTime<Utc>>,
    /// Who created it.
    pub created_by: Option<FrozenPerson>,
}

/// A trust document as frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Its id.
    pub id: TrustId,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards.
    pub target: String,
    /// The document as the vendor prints it.
    pub document: String,
    /// Who it admits, in a sentence.
    pub admits: String,
    /// The narrowest document or condition that still admits all that was seen; absent when unknown.
    pub tightest: Option<String>,
}

/// A selector as frozen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selector {
    /// What kind of name it is.
    pub kind: SelectorKind,
    /// Who gives the name.
    pub issuer: String,
    /// The name.
    pub value: String,
}

/// An open finding as frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// Rule id.
    pub rule: String,
    /// Severity.
    pub severity: Severity,
    /// What is wrong.
    pub title: String,
}

/// What was expected of the identity at freezing: a finding, or whatever a rule finds, that somebody excepted for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Rule id.
    pub rule: String,
    /// What is expected: the finding's title, or the rule's name.
    pub title: String,
    /// What it covers.
    pub scope: ExceptionScope,
    /// Why it is expected.
    pub reason: String,
    /// Who said so; absent when they are not known any more.
    pub by: Option<String>,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// What was seen of the identity before freezing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Use {
    /// When it was last seen.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Events per day, oldest first, at most 90 days to the freezing.
    pub daily_events: Vec<i64>,
    /// Days of the last 90 on which a source that would see it was speaking; 0 when none covers it.
    pub covered_days: u16,
}

/// One identity, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`VERSION`] at freezing.
    pub version: u32,
    /// When it was frozen.
    pub taken_at: DateTime<Utc>,
    /// The identity.
    pub identity: IdentityId,
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Purpose.
    pub purpose: String,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Tier.
    pub tier: RiskTier,
    /// Owning team's name.
    pub team: Option<String>,
    /// Owner.
    pub owner: Option<FrozenPerson>,
    /// Backup owner.
    pub backup_owner: Option<FrozenPerson>,
    /// Permissions.
    pub permissions: Vec<Permission>,
    /// Credential references.
    pub credentials: Vec<Credential>,
    /// Trust documents.
    pub trusts: Vec<Trust>,
    /// Selectors.
    pub selectors: Vec<Selector>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// What was seen of it.
    pub usage: Use,
    /// Open findings.
    pub findings: Vec<Finding>,
    /// What was excepted; absent in snapshots of before it was frozen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Risk score, 0 to 100.
    pub risk: i32,
    /// Reasons of the score.
    pub risk_reasons: Vec<RiskReason>,
}

type PermissionFact<'a> = (&'a str, &'a str, &'a str, Option<Environment>, bool);

/// Type, label, reference, expires, rotated.
type CredentialFact<'a> = (
    CredentialType,
    &'a str,
    &'a str,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
);

#[derive(Serialize)]
struct Facts<'a> {
    identity: IdentityId,
    name: &'a str,
    kind: IdentityKind,
    platform: Platform,
    state: IdentityState,
    purpose: &'a str,
    environments: &'a [Environment],
    tier: RiskTier,
    team: Option<&'a str>,
    owner: Option<PersonId>,
    backup_owner: Option<PersonId>,
    permissions: Vec<PermissionFact<'a>>,
    credentials: Vec<CredentialFact<'a>>,
    trusts: Vec<(TrustLanguage, &'a str, &'a str)>,
    selectors: Vec<(SelectorKind, &'a str, &'a str)>,
}

impl Snapshot {
    /// Puts every list in one order, so that the same identity always freezes to the same bytes.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.environments.sort_unstable();
        self.environments.dedup();
        self.permissions
            .sort_by(|a, b| permission_key(a).cmp(&permission_key(b)));
        self.credentials.sort_by(|a, b| {
            (a.credential_type, &a.label, &a.reference, a.id).cmp(&(
                b.credential_type,
                &b.label,
                &b.reference,
                b.id,
            ))
        });
        self.trusts.sort_by(|a, b| {
            (a.language, &a.target, &a.document).cmp(&(b.language, &b.target, &b.document))
        });
        self.selectors.sort();
        self.findings
            .sort_by(|a, b| (a.severity, &a.rule, a.id).cmp(&(b.severity, &b.rule, b.id)));
        self.exceptions
            .sort_by(|a, b| (a.until, &a.rule, &a.title).cmp(&(b.until, &b.rule, &b.title)));
        self
    }

    /// The facts a decision rests on, as JSON; what [`Snapshot::content_hash`] covers.
    ///
    /// # Panics
    /// Never: facts are plain JSON.
    pub fn facts(&self) -> serde_json::Value {
        let facts = Facts {
            identity: self.identity,
            name: &self.name,
            kind: self.kind,
            platform: self.platform,
            state: self.state,
            purpose: &self.purpose,
            environments: &self.environments,
            tier: self.tier,
            team: self.team.as_deref(),
            owner: self.owner.as_ref().map(|person| person.id),
            backup_owner: self.backup_owner.as_ref().map(|person| person.id),
            permissions: self
                .permissions
                .iter()
                .map(|p| {
                    (
                        p.system.as_str(),
                        p.action.as_str(),
                        p.resource.as_str(),
                        p.environment,
                        p.privileged,
                    )
                })
                .collect(),
            credentials: self
                .credentials
                .iter()
                .map(|c| {
                    (
                        c.credential_type,
                        c.label.as_str(),
                        c.reference.as_str(),
                        c.expires_at,
                        c.rotated_at,
                    )
                })
                .collect(),
            trusts: self
                .trusts
                .iter()
                .map(|t| (t.language, t.target.as_str(), t.document.as_str()))
                .collect(),
            selectors: self
                .selectors
                .iter()
                .map(|s| (s.kind, s.issuer.as_str(), s.value.as_str()))
                .collect(),
        };
        serde_json::to_value(facts).expect("facts are plain JSON")
    }

    /// SHA-256 over the canonical facts, hex. Lists must be [`Snapshot::in_order`].
    pub fn content_hash(&self) -> String {
        canonical::hash(&self.facts())
    }

    /// Whether it holds a privileged permission in production (or one whose place is unknown while the
    /// identity acts in production).
    pub fn privileged_production(&self) -> bool {
        let acts_there = self.environments.contains(&Environment::Production);
        self.permissions.iter().any(|p| {
            p.privileged
                && (p.environment == Some(Environment::Production)
                    || (p.environment.is_none() && acts_there))
        })
    }

    /// Who may not judge it: creators of its credentials, and whoever changed its permissions last.
    pub fn exclusions(&self) -> Vec<Exclusion> {
        let mut out: Vec<Exclusion> = Vec::new();
        for credential in &self.credentials {
            if let Some(person) = &credential.created_by {
                exclude(
                    &mut out,
                    person,
                    format!("created the credential “{}”", credential.label),
                );
            }
        }
        let newest = self
            .permissions
            .iter()
            .filter(|p| p.changed_by.is_some())
            .map(|p| p.granted_at)
            .max()
            .flatten();
        for permission in &self.permissions {
            // Where no time is known, everybody who changed one may have been the last.
            if let Some(person) = &permission.changed_by
                && (permission.granted_at == newest || permission.granted_at.is_none())
            {
                exclude(&mut out, person, "changed its permissions last".to_owned());
            }
        }
        out
    }

    /// Permissions as the review page shows them: privileged first.
    pub fn shown_permissions(&self) -> Vec<FrozenPermission> {
        let mut shown: Vec<&Permission> = self.permissions.iter().collect();
        shown.sort_by_key(|p| !p.privileged);
        shown
            .into_iter()
            .map(|p| FrozenPermission {
                sentence: p.sentence.clone(),
                raw: p.raw(),
                environment: p.environment,
                granted_at: p.granted_at,
                privileged: p.privileged,
                usage: p.usage,
                last_used_at: p.last_used_at,
            })
            .collect()
    }

    /// Credentials as the review page shows them.
    pub fn shown_credentials(&self) -> Vec<FrozenCredential> {
        self.credentials
            .iter()
            .map(|c| FrozenCredential {
                label: c.label.clone(),
                credential_type: c.credential_type,
                reference: c.reference.clone(),
                rotation: c.rotation,
                rotation_due_at: c.rotation_due_at,
            })
            .collect()
    }
}

impl Permission {
    /// The raw permission in one line: "system action on resource".
    pub fn raw(&self) -> String {
        if self.resource.is_empty() {
            format!("{} {}", self.system, self.action)
        } else {
            format!("{} {} on {}", self.system, self.action, self.resource)
        }
    }
}

type PermissionKey<'a> = (&'a str, &'a str, &'a str, Option<Environment>, PermissionId);

fn permission_key(p: &Permission) -> PermissionKey<'_> {
    (&p.system, &p.action, &p.resource, p.environment, p.id)
}

fn exclude(out: &mut Vec<Exclusion>, person: &FrozenPerson, because: String) {
    match out.iter_mut().find(|known| known.person == person.id) {
        Some(known) if known.because.contains(&because) => {}
        Some(known) => known.because = format!("{} and {because}", known.because),
        None => out.push(Exclusion {
            person: person.id,
            name: person.name.clone(),
            because,
        }),
    }
}

#[cfg(test)]
#[path = "snapshot/tests.rs"]
pub(crate) mod tests;
