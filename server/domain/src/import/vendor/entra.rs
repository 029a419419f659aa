//! `az ad app list`, `az ad sp list`, and `az ad app federated-credential list --id …`.
//! Shapes: Microsoft Graph, `application`, `servicePrincipal`, `federatedIdentityCredential`.
//!
//! An application and its service principal are one identity: the application id joins them.

use contract::identities::{
    CredentialType, IdentityKind, IdentityState, Platform, SelectorKind, TrustLanguage,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::fields::{environment_in, moment};
use super::super::record::{Credential, ExternalId, Identity, Record, Trust};
use super::super::{Found, Hint, Place};
use super::{items, name, selector, typed, words};
use crate::event::subject;

/// Microsoft's own tenant: the principals it puts into every directory are not ours to govern.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// An application or a service principal.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Application {
    app_id: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default)]
    account_enabled: Option<bool>,
    #[serde(default)]
    service_principal_type: Option<String>,
    #[serde(default)]
    app_owner_organization_id: Option<String>,
    #[serde(default)]
    password_credentials: Option<Vec<Secret>>,
    #[serde(default)]
    key_credentials: Option<Vec<Secret>>,
    #[serde(default)]
    federated_identity_credentials: Option<Vec<Federated>>,
}

/// A client secret or certificate, as far as Graph shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    key_id: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    start_date_time: Option<String>,
    #[serde(default)]
    end_date_time: Option<String>,
}

/// A federated credential.
#[derive(Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Federated {
    #[serde(default)]
    id: String,
    name: String,
    issuer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default)]
    audiences: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claims_matching_expression: Option<serde_json::Value>,
}

pub(super) fn application(place: &Place, app: &Application) -> Vec<Found> {
    if uuid::Uuid::try_parse(&app.app_id).is_err() {
        return vec![Found::Problem(
            place.problem("appId", "is no application id"),
        )];
    }
    let shown = app
        .display_name
        .clone()
        .unwrap_or_else(|| app.app_id.clone());
    if app.app_owner_organization_id.as_deref() == Some(MICROSOFT) {
        return vec![Found::Note(format!(
            "{} left out: Microsoft's own application",
            name(&shown)
        ))];
    }
    let managed = app.service_principal_type.as_deref() == Some("ManagedIdentity");
    let mut selectors = vec![selector(
        SelectorKind::AzureServicePrincipal,
        &app.app_id.to_lowercase(),
    )];
    if uuid::Uuid::try_parse(&app.id).is_ok() && app.id != app.app_id {
        selectors.push(selector(
            SelectorKind::AzureServicePrincipal,
            &app.id.to_lowercase(),
        ));
    }
    let federated = app
        .federated_identity_credentials
        .as_deref()
        .unwrap_or_default();
    for one in federated {
        selectors.extend(names_of(one));
    }
    let identity = Identity {
        external_id: Some(ExternalId {
            space: "entra",
            value: app.app_id.to_lowercase(),
        }),
        name: name(&shown),
        guessed: true,
        kind: Some(kind(managed, federated)),
        platform: Some(Platform::Azure),
        state: (app.account_enabled == Some(false)).then_some(IdentityState::Suspended),
        purpose: app
            .description
            .as_deref()
            .and_then(words)
            .or_else(|| app.notes.as_deref().and_then(words)),
        environments: environment_in(&shown).map(|found| vec![found]),
        selectors,
        evidence: if managed {
            "Managed identity of Azure".into()
        } else {
            "Application registered in Entra".into()
        },
        ..Identity::default()
    };
    let mut found = vec![Found::Record(
        place.clone(),
        Record::Identity(Box::new(identity)),
    )];
    let whose = app.app_id.to_lowercase();
    for one in app.password_credentials.iter().flatten() {
        found.push(secret(
            place,
            &whose,
            CredentialType::ClientSecret,
            "Client secret",
            one,
        ));
    }
    for one in app.key_credentials.iter().flatten() {
        // A managed identity's certificate is Azure's own: it renews it by itself.
        if !managed {
            found.push(secret(
                place,
                &whose,
                CredentialType::Certificate,
                "Certificate",
                one,
            ));
        }
    }
    if managed {
        found.push(issued(
            place,
            &whose,
            CredentialType::Dynamic,
            "Managed identity token",
            format!("{whose}#managed"),
        ));
    }
    for one in federated {
        found.extend(trust(place, &whose, one));
    }
    found
}

/// An application a pipeline's provider may become is a pipeline.
fn kind(managed: bool, federated: &[Federated]) -> IdentityKind {
    let pipeline = federated.iter().any(|one| {
        matches!(
            subject::platform(&one.issuer),
            Some(Platform::GithubActions | Platform::GitlabCi | Platform::AzureDevops)
        )
    });
    match (pipeline, managed) {
        (true, _) => IdentityKind::Pipeline,
        (false, true) => IdentityKind::Workload,
        (false, false) => IdentityKind::ServiceAccount,
    }
}

fn secret(
    place: &Place,
    whose: &str,
    kind: CredentialType,
    otherwise: &str,
    one: &Secret,
) -> Found {
    Found::Record(
        place.clone(),
        Record::Credential(Credential {
            identity: whose.to_owned(),
            external_id: Some(format!("{whose}#{}", one.key_id)),
            credential_type: kind,
            label: one
                .display_name
                .as_deref()
                .and_then(words)
                .or_else(|| Some(otherwise.to_owned())),
            reference: Some(one.key_id.clone()),
            issued_at: one.start_date_time.as_deref().and_then(moment),
            expires_at: one.end_date_time.as_deref().and_then(moment),
            rotated_at: None,
            last_used_at: None,
        }),
    )
}

fn issued(place: &Place, whose: &str, kind: CredentialType, label: &str, id: String) -> Found {
    Found::Record(
        place.clone(),
        Record::Credential(Credential {
            identity: whose.to_owned(),
            external_id: Some(id),
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

/// The credential's own id, which sign-in logs show. Its subject stays in the trust: several applications may
/// admit one subject.
fn names_of(one: &Federated) -> Option<crate::identity::selector::NewSelector> {
    (!one.id.is_empty()).then(|| selector(SelectorKind::AzureFederatedCredential, &one.id))
}

fn trust(place: &Place, whose: &str, one: &Federated) -> Vec<Found> {
    let document = serde_json::to_string(one).unwrap_or_default();
    vec![
        issued(
            place,
            whose,
            CredentialType::OidcFederation,
            &one.name,
            format!("{whose}#fic-{}", one.name),
        ),
        Found::Record(
            place.clone(),
            Record::Trust(Trust {
                identity: whose.to_owned(),
                language: TrustLanguage::Entra,
                target: one.name.clone(),
                document,
            }),
        ),
    ]
}

/// The list of one application's federated credentials; the command does not print whose they are.
pub(super) fn federated<'a>(
    text: &'a str,
    hint: &Hint,
) -> Result<Box<dyn Iterator<Item = Found> + Send + 'a>, String> {
    let whose = hint.subject.clone().ok_or(
        "The list does not tell which application these federated credentials belong to. \
         Say it: its application id or its name in the roll.",
    )?;
    let list: Vec<&'a RawValue> = items(text, "value", &[])?;
    Ok(Box::new(list.into_iter().enumerate().flat_map(
        move |(i, raw)| {
            typed(&Place::row(i as u64 + 1), raw, |place, one: &Federated| {
                trust(place, &whose, one)
            })
        },
    )))
}
