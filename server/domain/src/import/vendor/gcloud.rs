//! `gcloud iam service-accounts list --format=json` and `gcloud iam service-accounts keys list --format=json`.
//! Shapes: IAM API reference, `projects.serviceAccounts` and `projects.serviceAccounts.keys`.

use contract::identities::{CredentialType, IdentityKind, IdentityState, Platform, SelectorKind};
use serde::Deserialize;

use super::super::fields::{environment_in, moment};
use super::super::record::{Credential, ExternalId, Identity, Record};
use super::super::{Found, Place};
use super::{name, selector, words};

/// A service account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    email: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    project_id: String,
    #[serde(default)]
    disabled: bool,
}

pub(super) fn account(place: &Place, account: &Account) -> Vec<Found> {
    if !account.email.ends_with(".gserviceaccount.com") {
        return vec![Found::Problem(place.problem(
            "email",
            "is no service account's address: it ends with .gserviceaccount.com",
        ))];
    }
    let identity = Identity {
        external_id: Some(ExternalId {
            space: "gcp",
            value: account.email.clone(),
        }),
        name: name(&account.email),
        guessed: true,
        kind: Some(IdentityKind::ServiceAccount),
        platform: Some(Platform::GoogleCloud),
        state: account.disabled.then_some(IdentityState::Suspended),
        purpose: words(&account.description).or_else(|| words(&account.display_name)),
        environments: environment_in(&account.project_id)
            .or_else(|| environment_in(&account.email))
            .map(|found| vec![found]),
        selectors: vec![selector(SelectorKind::GcpServiceAccount, &account.email)],
        evidence: format!(
            "Google service account of the project {}",
            account.project_id
        ),
        ..Identity::default()
    };
    vec![Found::Record(
        place.clone(),
        Record::Identity(Box::new(identity)),
    )]
}

/// A key of a service account.
#[expect(
    clippy::struct_field_names,
    reason = "the vendor's names, so that serde finds them"
)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    name: String,
    #[serde(default)]
    key_type: String,
    #[serde(default)]
    valid_after_time: String,
    #[serde(default)]
    valid_before_time: String,
    #[serde(default)]
    disabled: bool,
}

pub(super) fn key(place: &Place, key: &Key) -> Vec<Found> {
    let parts: Vec<&str> = key.name.split('/').collect();
    let ["projects", _, "serviceAccounts", email, "keys", id] = parts.as_slice() else {
        return vec![Found::Problem(place.problem(
            "name",
            "is no key's name: projects/PROJECT/serviceAccounts/ADDRESS/keys/ID",
        ))];
    };
    if key.key_type == "SYSTEM_MANAGED" {
        return vec![Found::Note(format!(
            "{email}: key {id} left out: Google holds and rotates it"
        ))];
    }
    if key.disabled {
        return vec![Found::Note(format!(
            "{email}: key {id} left out: it is disabled"
        ))];
    }
    let credential = Credential {
        identity: (*email).to_owned(),
        external_id: Some(key.name.clone()),
        credential_type: CredentialType::CloudAccessKey,
        label: Some("Service account key".to_owned()),
        reference: Some((*id).to_owned()),
        issued_at: moment(&key.valid_after_time),
        // Google prints the year 9999 for a key that never expires.
        expires_at: moment(&key.valid_before_time)
            .filter(|_| !key.valid_before_time.starts_with("9999")),
        rotated_at: None,
        last_used_at: None,
    };
    vec![Found::Record(place.clone(), Record::Credential(credential))]
}
