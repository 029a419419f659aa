//! `gh api /repos/OWNER/REPO/actions/secrets` (also of organisations and environments) and
//! `gh api /orgs/ORG/installations`, with or without `--paginate` and `--slurp`.
//! Shapes: GitHub REST API, “Actions secrets” and “List app installations for an organization”.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::identities::{CredentialType, IdentityKind, IdentityState, Platform, SelectorKind};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::record::{Credential, ExternalId, Identity, Permission, Record};
use super::super::{Found, Hint, Place};
use super::{items, name, selector, typed};
use crate::identity::permission;

/// A secret's name and dates: GitHub never prints its value.
#[derive(Deserialize)]
struct Secret {
    name: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(default)]
    selected_repositories_url: Option<String>,
}

pub(super) fn secrets<'a>(
    text: &'a str,
    hint: &Hint,
) -> Result<Box<dyn Iterator<Item = Found> + Send + 'a>, String> {
    let list: Vec<&'a RawValue> = items(text, "secrets", &["total_count"])?;
    let said = hint.subject.clone();
    let nameless = list
        .iter()
        .any(|raw| !raw.get().contains("selected_repositories_url"));
    if said.is_none() && nameless && !list.is_empty() {
        return Err(
            "The list does not tell which repository these secrets belong to. Say it, such as acme/shop.".into(),
        );
    }
    let repository = said
        .clone()
        .filter(|said| is_repository(said))
        .as_deref()
        .map(Found::from_repository);
    Ok(Box::new(repository.into_iter().chain(
        list.into_iter().enumerate().flat_map(move |(i, raw)| {
            let said = said.clone();
            typed(
                &Place::row(i as u64 + 1),
                raw,
                move |place, one: &Secret| secret(place, one, said.as_deref()),
            )
        }),
    )))
}

fn is_repository(text: &str) -> bool {
    text.split('/').count() == 2
        && !text.contains([' ', ':'])
        && text.split('/').all(|part| !part.is_empty())
}

impl Found {
    /// The pipelines of a repository, as one identity: what its secrets belong to when it is not in the roll yet.
    fn from_repository(repository: &str) -> Self {
        Self::Record(
            Place::whole(),
            Record::Identity(Box::new(Identity {
                external_id: Some(ExternalId {
                    space: "github",
                    value: repository.to_owned(),
                }),
                name: name(repository),
                guessed: true,
                kind: Some(IdentityKind::Pipeline),
                platform: Some(Platform::GithubActions),
                selectors: vec![selector(SelectorKind::Repository, repository)],
                evidence: "Repository with Actions secrets".into(),
                ..Identity::default()
            })),
        )
    }
}

fn secret(place: &Place, one: &Secret, said: Option<&str>) -> Vec<Found> {
    let organisation = one
        .selected_repositories_url
        .as_deref()
        .and_then(|url| url.split("/orgs/").nth(1)?.split('/').next());
    let Some(whose) = said.or(organisation) else {
        return vec![Found::Problem(
            place.problem("name", "belongs to no repository that is told"),
        )];
    };
    let mut found = Vec::new();
    if said.is_none() {
        found.push(Found::Record(
            place.clone(),
            Record::Identity(Box::new(Identity {
                external_id: Some(ExternalId {
                    space: "github",
                    value: whose.to_owned(),
                }),
                name: name(&format!("{whose} · organisation secrets")),
                guessed: true,
                kind: Some(IdentityKind::Pipeline),
                platform: Some(Platform::GithubActions),
                evidence: "Organisation with Actions secrets".into(),
                ..Identity::default()
            })),
        ));
    }
    found.push(Found::Record(
        place.clone(),
        Record::Credential(Credential {
            identity: whose.to_owned(),
            external_id: Some(format!("{whose}#{}", one.name)),
            credential_type: type_of(&one.name),
            label: Some(one.name.clone()),
            reference: None,
            issued_at: Some(one.created_at),
            expires_at: None,
            rotated_at: Some(one.updated_at),
            last_used_at: None,
        }),
    ));
    found
}

/// What a secret of this name usually is.
fn type_of(name: &str) -> CredentialType {
    let name = name.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&[
        "AWS_ACCESS_KEY",
        "AWS_SECRET",
        "GCP_KEY",
        "GCP_SA",
        "GOOGLE_CREDENTIALS",
        "SERVICE_ACCOUNT_KEY",
    ]) {
        CredentialType::CloudAccessKey
    } else if has(&["CLIENT_SECRET", "AZURE_CREDENTIALS"]) {
        CredentialType::ClientSecret
    } else if has(&["SIGNING", "GPG", "COSIGN"]) {
        CredentialType::SigningKey
    } else if has(&["SSH", "DEPLOY_KEY", "PRIVATE_KEY"]) {
        CredentialType::SshKey
    } else if has(&["CERT", "P12", "PFX"]) {
        CredentialType::Certificate
    } else if has(&["DB_", "DATABASE", "PASSWORD", "PGPASS"]) {
        CredentialType::DatabasePassword
    } else if has(&["PAT", "GH_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN"]) {
        CredentialType::PersonalAccessToken
    } else {
        CredentialType::ApiKey
    }
}

/// An installed GitHub App.
#[derive(Deserialize)]
pub(super) struct Installation {
    id: u64,
    app_id: u64,
    app_slug: String,
    account: Account,
    #[serde(default)]
    repository_selection: String,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    suspended_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
}

pub(super) fn installation(place: &Place, app: &Installation) -> Vec<Found> {
    let bot = format!("{}[bot]", app.app_slug);
    let key = app.id.to_string();
    let where_ = &app.account.login;
    let identity = Identity {
        external_id: Some(ExternalId {
            space: "github",
            value: key.clone(),
        }),
        name: name(&bot),
        guessed: true,
        kind: Some(IdentityKind::Bot),
        platform: Some(Platform::GithubActions),
        state: app.suspended_at.map(|_| IdentityState::Suspended),
        selectors: vec![selector(SelectorKind::GithubActor, &bot)],
        evidence: format!("GitHub App {} installed in {where_}", app.app_id),
        ..Identity::default()
    };
    let mut found = vec![
        Found::Record(place.clone(), Record::Identity(Box::new(identity))),
        Found::Record(
            place.clone(),
            Record::Credential(Credential {
                identity: key.clone(),
                external_id: Some(format!("{key}#installation-token")),
                credential_type: CredentialType::Dynamic,
                label: Some("Installation token".into()),
                reference: None,
                issued_at: None,
                expires_at: None,
                rotated_at: None,
                last_used_at: None,
            }),
        ),
    ];
    for (what, level) in &app.permissions {
        let action = format!("{}:{level}", what.replace("pull_requests", "pull-requests"));
        let resource = if app.repository_selection == "selected" {
            format!("{where_} (selected repositories)")
        } else {
            format!("{where_}/*")
        };
        found.push(Found::Record(
            place.clone(),
            Record::Permission(Permission {
                identity: key.clone(),
                system: "github".into(),
                privileged: permission::is_privileged("github", &action, &resource),
                action,
                resource,
                environment: None,
                granted_at: None,
                last_used_at: None,
            }),
        ));
    }
    found
}
