//! `kubectl get serviceaccounts -A -o json`. Shape: Kubernetes API reference, `ServiceAccount` v1.

use std::collections::BTreeMap;

use contract::identities::{CredentialType, IdentityKind, Platform, SelectorKind};
use serde::Deserialize;

use super::super::fields::environment_in;
use super::super::record::{Credential, ExternalId, Identity, Record};
use super::super::{Found, Place};
use super::{name, selector, words};

/// A service account.
#[derive(Deserialize)]
pub(super) struct Account {
    #[serde(default)]
    kind: String,
    metadata: Metadata,
    /// Only clusters before 1.24 put their long-lived tokens here by themselves.
    #[serde(default)]
    secrets: Option<Vec<Reference>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    name: String,
}

pub(super) fn account(place: &Place, account: &Account) -> Vec<Found> {
    if !matches!(account.kind.as_str(), "" | "ServiceAccount") {
        return vec![Found::Problem(
            place.problem("kind", "is no ServiceAccount"),
        )];
    }
    let data = &account.metadata;
    let Some(space) = &data.namespace else {
        return vec![Found::Problem(
            place.problem("metadata.namespace", "is missing"),
        )];
    };
    let subject = format!("system:serviceaccount:{space}:{}", data.name);
    // Two clusters have accounts of the same name; the uid tells them apart.
    let key = if data.uid.is_empty() {
        subject.clone()
    } else {
        data.uid.clone()
    };
    let note = |words: &[&str]| {
        let all = data.annotations.iter().flatten();
        all.filter(|(key, _)| words.contains(&key.as_str()))
            .map(|(_, value)| value.clone())
            .next()
    };
    let labels = data.labels.iter().flatten();
    let team = labels
        .filter(|(key, _)| matches!(key.as_str(), "team" | "owner" | "app.kubernetes.io/part-of"))
        .map(|(key, value)| (value.clone(), format!("Kubernetes label {key}")))
        .next();
    let mut selectors = vec![selector(SelectorKind::KubernetesServiceAccount, &subject)];
    // Google's workload identity makes the account act as this one; the role of AWS is an identity of its own.
    if let Some(client) =
        note(&["azure.workload.identity/client-id"]).filter(|id| uuid::Uuid::try_parse(id).is_ok())
    {
        selectors.push(selector(
            SelectorKind::AzureServicePrincipal,
            &client.to_lowercase(),
        ));
    }
    let acts_as = note(&[
        "eks.amazonaws.com/role-arn",
        "iam.gke.io/gcp-service-account",
    ]);
    let identity = Identity {
        external_id: Some(ExternalId {
            space: "kubernetes",
            value: key.clone(),
        }),
        name: name(&format!("{space}/{}", data.name)),
        guessed: true,
        kind: Some(IdentityKind::Workload),
        platform: Some(Platform::Kubernetes),
        purpose: note(&["kubernetes.io/description", "description"])
            .as_deref()
            .and_then(words),
        environments: environment_in(space).map(|found| vec![found]),
        tags: acts_as.map(|role| {
            vec![format!(
                "acts-as:{}",
                role.rsplit('/').next().unwrap_or(&role)
            )]
        }),
        selectors,
        suggested_owner: team,
        evidence: format!("Service account of the namespace {space}"),
        ..Identity::default()
    };
    let mut found = vec![Found::Record(
        place.clone(),
        Record::Identity(Box::new(identity)),
    )];
    let tokens: Vec<&Reference> = account
        .secrets
        .iter()
        .flatten()
        .filter(|secret| secret.name.contains("-token-"))
        .collect();
    if tokens.is_empty() {
        found.push(credential(
            place,
            &key,
            CredentialType::Dynamic,
            "Projected token",
            "token",
        ));
    }
    for token in tokens {
        found.push(credential(
            place,
            &key,
            CredentialType::ApiKey,
            &token.name,
            &token.name,
        ));
    }
    found
}

fn credential(place: &Place, whose: &str, kind: CredentialType, label: &str, id: &str) -> Found {
    Found::Record(
        place.clone(),
        Record::Credential(Credential {
            identity: whose.to_owned(),
            external_id: Some(format!("{whose}#{id}")),
            credential_type: kind,
            label: Some(label.to_owned()),
            reference: None,
            issued_at: None,
            expires_at: None,
            rotated_at: None,
            last_used_at: None,
        }),
    )
}
