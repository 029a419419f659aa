//! What an identity goes by, holds and may do: selectors, credentials, permissions, trusts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    CredentialClass, CredentialType, Environment, Kept, PermissionSource, RotationProof,
    RotationState, SelectorKind, TrustLanguage, Usage,
};
use crate::ids::{CredentialId, IdentityId, PermissionId, SelectorId, TrustId};
use crate::people::PersonRef;

/// One selector: issuer and value name one thing in the outside world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectorView {
    /// Its id.
    pub id: SelectorId,
    /// What kind of name it is.
    pub kind: SelectorKind,
    /// Who gives the name (an OIDC issuer, an AWS account); empty where the value stands alone.
    pub issuer: String,
    /// The name itself.
    pub value: String,
}

/// One credential reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialView {
    /// Its id.
    pub id: CredentialId,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint; never the secret.
    pub reference: String,
    /// When it was issued; absent when unknown.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it was last seen in use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Rotation state at the moment of reading.
    pub rotation: RotationState,
    /// When rotation is due; absent when not needed or unknown.
    pub rotation_due_at: Option<DateTime<Utc>>,
    /// Longest age allowed, in days; absent when nothing is stored.
    pub max_age_days: Option<i64>,
    /// For whom and why somebody set that limit; empty where it is the type's own.
    pub limit_because: String,
    /// Who created it.
    pub created_by: Option<PersonRef>,
    /// Where it is kept.
    pub kept: Kept,
    /// Its step on the ladder.
    pub class: CredentialClass,
    /// When it was first seen in use.
    pub first_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The rotation that retires it, where one was recorded.
    pub retiring: Option<RetiringView>,
}

/// How a credential gives way to a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiringView {
    /// The newer one; absent when it is gone from the roll.
    pub successor: Option<CredentialId>,
    /// Until when both are valid.
    pub overlap_until: DateTime<Utc>,
    /// How far the rotation is.
    pub proof: RotationProof,
    /// The same in a sentence, with the uses that prove it.
    pub sentence: String,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionView {
    /// Its id.
    pub id: PermissionId,
    /// System it holds in, e.g. `aws`.
    pub system: String,
    /// Raw action, e.g. `ecs:UpdateService`.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Plain sentence ("Replace the running ledger worker").
    pub sentence: String,
    /// Where it holds; absent when unknown.
    pub environment: Option<Environment>,
    /// Could do lasting harm.
    pub privileged: bool,
    /// How it became known.
    pub source: PermissionSource,
    /// Whether it was used in the last 90 days.
    pub usage: Usage,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was granted; absent when unknown.
    pub granted_at: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub changed_by: Option<PersonRef>,
}

/// One trust document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// Its id.
    pub id: TrustId,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards, e.g. a role ARN.
    pub target: String,
    /// The document as the vendor prints it.
    pub document: String,
    /// Who it admits, in a sentence.
    pub admits: String,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// An identity that something belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBy {
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
}

/// Whose credentials, permissions, names and trusts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldingFilter {
    /// Slugs of teams; none means all.
    pub team: Vec<String>,
    /// Identities; none means all.
    pub identity: Vec<IdentityId>,
}
