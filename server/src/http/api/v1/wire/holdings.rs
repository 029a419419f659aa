//! What an identity goes by, holds and may do; and how it was reviewed.

use chrono::{DateTime, Utc};
use contract::campaigns::DecisionKind;
use contract::identities::{
    CredentialType, CredentialView, Environment, PastReview, PermissionSource, PermissionView,
    RotationState, SelectorKind, SelectorView, TrustLanguage, TrustView, Usage,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words;

/// A name an identity goes by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Selector {
    /// Id.
    pub id: Uuid,
    /// Kind of name.
    #[schema(schema_with = words::selector)]
    pub kind: SelectorKind,
    /// Who issues it; empty where that says nothing.
    pub issuer: String,
    /// The name.
    pub value: String,
}

impl From<SelectorView> for Selector {
    fn from(view: SelectorView) -> Self {
        Self {
            id: view.id.0,
            kind: view.kind,
            issuer: view.issuer,
            value: view.value,
        }
    }
}

/// A credential: a reference, never the secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credential {
    /// Id.
    pub id: Uuid,
    /// Type.
    #[serde(rename = "type")]
    #[schema(schema_with = words::credential_type)]
    pub of: CredentialType,
    /// Name.
    pub label: String,
    /// Where it is kept, or its public id.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last rotated.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Last use that an event showed.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether it is rotated in time.
    #[schema(schema_with = words::rotation)]
    pub rotation: RotationState,
    /// When it has to be rotated.
    pub rotation_due_at: Option<DateTime<Utc>>,
}

impl From<CredentialView> for Credential {
    fn from(view: CredentialView) -> Self {
        Self {
            id: view.id.0,
            of: view.credential_type,
            label: view.label,
            reference: view.reference,
            issued_at: view.issued_at,
            expires_at: view.expires_at,
            rotated_at: view.rotated_at,
            last_used_at: view.last_used_at,
            rotation: view.rotation,
            rotation_due_at: view.rotation_due_at,
        }
    }
}

/// Something an identity may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Permission {
    /// Id.
    pub id: Uuid,
    /// System it holds in.
    pub system: String,
    /// Action in the system's own words.
    pub action: String,
    /// Resource in the system's own words.
    pub resource: String,
    /// The same as a sentence.
    pub sentence: String,
    /// Environment it reaches.
    #[schema(schema_with = words::environment_or_none)]
    pub environment: Option<Environment>,
    /// Whether it is privileged.
    pub privileged: bool,
    /// How it is known.
    #[schema(schema_with = words::permission_source)]
    pub source: PermissionSource,
    /// Whether it is used; `unknown` where no source would show it.
    #[schema(schema_with = words::usage)]
    pub usage: Usage,
    /// Last use that an event showed.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<PermissionView> for Permission {
    fn from(view: PermissionView) -> Self {
        Self {
            id: view.id.0,
            system: view.system,
            action: view.action,
            resource: view.resource,
            sentence: view.sentence,
            environment: view.environment,
            privileged: view.privileged,
            source: view.source,
            usage: view.usage,
            last_used_at: view.last_used_at,
        }
    }
}

/// Who may become an identity, in a system's own language.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trust {
    /// Id.
    pub id: Uuid,
    /// Language.
    #[schema(schema_with = words::language)]
    pub language: TrustLanguage,
    /// What it opens, e.g. a role.
    pub target: String,
    /// The document.
    pub document: String,
    /// Whom it admits, as a sentence.
    pub admits: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<TrustView> for Trust {
    fn from(view: TrustView) -> Self {
        Self {
            id: view.id.0,
            language: view.language,
            target: view.target,
            document: view.document,
            admits: view.admits,
            updated_at: view.updated_at,
        }
    }
}

/// A decision of a past campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Review {
    /// The campaign's name.
    pub campaign: String,
    /// What was decided.
    #[schema(schema_with = words::decision)]
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<PastReview> for Review {
    fn from(review: PastReview) -> Self {
        Self {
            campaign: review.campaign,
            decision: review.decision,
            reason: review.reason,
            by: review.by,
            at: review.at,
        }
    }
}
