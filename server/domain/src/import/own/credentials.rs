//! A row about a credential reference; never the secret.

use contract::identities::CredentialType;
use contract::imports::ImportProblem;

use super::{Column, column};
use crate::import::fields::{Fields, one_of, plain, words};
use crate::import::record::{Credential, Identity};

pub(super) const COLUMNS: &[Column] = &[
    column(
        "identity",
        &[
            "identity_name",
            "identity_id",
            "owner_identity",
            "identity_external_id",
        ],
    ),
    column("external_id", &["id", "credential_id"]),
    column("credential_type", &["type", "kind"]),
    column("label", &["name", "credential", "description"]),
    column(
        "reference",
        &[
            "key_id",
            "fingerprint",
            "credential_reference",
            "access_key_id",
        ],
    ),
    column("issued_at", &["created_at", "created", "issued"]),
    column("expires_at", &["expires", "expiry", "valid_until"]),
    column("rotated_at", &["rotated", "last_rotated", "updated_at"]),
    column("last_used_at", &["last_used"]),
];

pub(super) fn read(mut fields: Fields) -> Result<Credential, Vec<ImportProblem>> {
    let identity = fields.needed("identity", "whose credential it is, by name or external id");
    let kind = fields.needed("credential_type", "what sort of credential it is");
    let kind = kind.and_then(|_| credential_type(&mut fields));
    let one = identity
        .zip(kind)
        .map(|(identity, kind)| build(&mut fields, identity, kind, ""));
    fields.finish(one)
}

/// The credential columns of an identity's row.
pub(super) fn inline(fields: &mut Fields, whose: &Identity) -> Option<Credential> {
    let kind = credential_type(fields)?;
    let identity = whose
        .external_id
        .as_ref()
        .map_or_else(|| whose.name.clone(), |id| id.value.clone());
    Some(build(fields, identity, kind, "credential_"))
}

fn build(fields: &mut Fields, identity: String, kind: CredentialType, prefix: &str) -> Credential {
    let at = |name: &str| format!("{prefix}{name}");
    let issued_at = fields.past(&at("issued_at"));
    let expires_at = fields.time(&at("expires_at"));
    if issued_at
        .zip(expires_at)
        .is_some_and(|(issued, expires)| expires < issued)
    {
        fields.wrong(&at("expires_at"), "lies before the day it was issued");
    }
    Credential {
        identity,
        external_id: if prefix.is_empty() {
            fields.line("external_id", 400)
        } else {
            None
        },
        credential_type: kind,
        label: fields.line(&at("label"), 120),
        reference: fields.line(&at("reference"), 200),
        issued_at,
        expires_at,
        rotated_at: fields.past(&at("rotated_at")),
        last_used_at: fields.past(&at("last_used_at")),
    }
}

/// A type by its word or by what people call it.
fn credential_type(fields: &mut Fields) -> Option<CredentialType> {
    let text = fields.text("credential_type")?;
    let found = match plain(&text).as_str() {
        "oidc" | "federated" | "federation" | "workload_identity_federation" => {
            Some(CredentialType::OidcFederation)
        }
        "pat" => Some(CredentialType::PersonalAccessToken),
        "password" => Some(CredentialType::DatabasePassword),
        "access_key" | "aws_access_key" => Some(CredentialType::CloudAccessKey),
        "token" => Some(CredentialType::ApiKey),
        "secret" => Some(CredentialType::ClientSecret),
        word => word.parse().ok(),
    };
    if found.is_none() {
        fields.wrong(
            "credential_type",
            one_of(&text, &words(CredentialType::ALL, CredentialType::as_str)),
        );
    }
    found
}
