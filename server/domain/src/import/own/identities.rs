//! A row about an identity.

use contract::identities::{IdentityKind, IdentityState, Platform, RiskTier, SelectorKind};
use contract::imports::ImportProblem;

use super::{Column, column, credentials};
use crate::event::subject::GITHUB_ISSUER;
use crate::identity::selector::{self, NewSelector};
use crate::import::Record;
use crate::import::fields::{Fields, cut, one_of, plain, words};
use crate::import::record::{ExternalId, Identity};

pub(super) const COLUMNS: &[Column] = &[
    column("external_id", &["id", "external", "key", "identity_id"]),
    column("name", &["identity", "identity_name", "title"]),
    column("kind", &["type", "identity_type"]),
    column("platform", &["provider", "system"]),
    column("state", &["status", "lifecycle"]),
    column("purpose", &["description", "what_for"]),
    column("ticket", &["ticket_reference", "change"]),
    column("justification", &["business_justification", "reason"]),
    column("environments", &["environment", "env", "envs", "stage"]),
    column("tier", &["risk_tier", "criticality"]),
    column("team", &["owning_team", "owner_team", "team_slug"]),
    column("owner", &["owner_email", "owned_by"]),
    column(
        "backup_owner",
        &["backup", "backup_owner_email", "second_owner"],
    ),
    column("tags", &["tag", "labels"]),
    column("links", &["link"]),
    column("repository_link", &["repository_url", "repo_url"]),
    column("runbook", &["runbook_url"]),
    column("break_glass", &["breakglass", "emergency"]),
    column("selectors", &["selector", "subjects"]),
    // One name whose shape tells what it is; our own export has it.
    column("subject", &[]),
    column("last_used_at", &["last_used"]),
    column("credential_type", &[]),
    column("credential_label", &[]),
    column(
        "credential_reference",
        &["credential_key_id", "credential_fingerprint"],
    ),
    column("credential_issued_at", &["credential_created_at"]),
    column("credential_rotated_at", &[]),
    column("credential_expires_at", &[]),
    column("credential_last_used_at", &[]),
];

pub(super) fn read(mut fields: Fields) -> Result<Vec<Record>, Vec<ImportProblem>> {
    let identity = identity(&mut fields);
    let credential = fields.text("credential_type").and_then(|_| {
        let whose = identity.as_ref()?;
        credentials::inline(&mut fields, whose)
    });
    fields.finish(identity.map(|identity| {
        let mut all = vec![Record::Identity(Box::new(identity))];
        all.extend(credential.map(Record::Credential));
        all
    }))
}

fn identity(fields: &mut Fields) -> Option<Identity> {
    let name = name(fields);
    let (owner, backup_owner) = (fields.line("owner", 200), fields.line("backup_owner", 200));
    if owner.is_some()
        && owner.as_ref().map(|o| o.to_lowercase())
            == backup_owner.as_ref().map(|o| o.to_lowercase())
    {
        fields.wrong("backup_owner", "is the owner; the backup is somebody else");
    }
    let identity = Identity {
        external_id: fields.line("external_id", 400).map(|value| ExternalId {
            space: "own",
            value,
        }),
        name: String::new(),
        guessed: false,
        kind: fields.word("kind", &words(IdentityKind::ALL, IdentityKind::as_str)),
        platform: platform(fields),
        state: fields.word("state", &words(IdentityState::ALL, IdentityState::as_str)),
        purpose: fields.prose("purpose", 300),
        ticket: fields.line("ticket", 300),
        justification: fields.prose("justification", 2_000),
        environments: fields.environments("environments"),
        tier: fields.word("tier", &words(RiskTier::ALL, RiskTier::as_str)),
        team: fields.line("team", 200),
        owner,
        backup_owner,
        tags: tags(fields),
        links: links(fields),
        break_glass: fields.flag("break_glass"),
        selectors: selectors(fields),
        last_used_at: fields.past("last_used_at"),
        suggested_owner: None,
        evidence: String::new(),
    };
    Some(Identity {
        name: name?,
        ..identity
    })
}

fn name(fields: &mut Fields) -> Option<String> {
    let text = fields.needed("name", "what the identity is called")?;
    crate::identity::request::name(&text)
        .map_err(|why| fields.wrong("name", why))
        .ok()
}

/// A platform by its word or by what people call it.
fn platform(fields: &mut Fields) -> Option<Platform> {
    let text = fields.text("platform")?;
    let found = match plain(&text).as_str() {
        "github" => Some(Platform::GithubActions),
        "gitlab" => Some(Platform::GitlabCi),
        "ado" | "azure_pipelines" => Some(Platform::AzureDevops),
        "amazon" | "amazon_web_services" => Some(Platform::Aws),
        "entra" | "entra_id" | "azure_ad" => Some(Platform::Azure),
        "gcp" | "google" => Some(Platform::GoogleCloud),
        "k8s" | "eks" | "aks" | "gke" => Some(Platform::Kubernetes),
        "hashicorp_vault" | "openbao" => Some(Platform::Vault),
        word => word.parse().ok(),
    };
    if found.is_none() {
        fields.wrong(
            "platform",
            one_of(&text, &words(Platform::ALL, Platform::as_str)),
        );
    }
    found
}

fn tags(fields: &mut Fields) -> Option<Vec<String>> {
    let mut all = fields.list("tags")?;
    if let Some(long) = all.iter().find(|tag| tag.chars().count() > 60) {
        fields.wrong(
            "tags",
            format!("“{}” is longer than 60 characters", cut(long)),
        );
    }
    all.sort();
    all.dedup();
    Some(all)
}

/// `label address` or an address alone, and the two columns people have for the usual ones.
fn links(fields: &mut Fields) -> Option<Vec<(String, String)>> {
    let mut all = Vec::new();
    let named = [("repository_link", "Repository"), ("runbook", "Runbook")];
    for (field, label) in named {
        if let Some(address) = fields.line(field, 1_000) {
            all.push((field, label.to_owned(), address));
        }
    }
    for line in fields.lines("links") {
        let (label, address) = line
            .rsplit_once(char::is_whitespace)
            .map_or(("Link", line.as_str()), |(label, address)| {
                (label.trim_end_matches(':'), address)
            });
        all.push(("links", label.to_owned(), address.to_owned()));
    }
    for (field, _, address) in &all {
        // Attack: a `javascript:` address would run in the reader's page.
        if !address.starts_with("https://") && !address.starts_with("http://") {
            fields.wrong(
                field,
                format!(
                    "“{}” is no web address; it begins with https://",
                    cut(address)
                ),
            );
        }
    }
    (!all.is_empty()).then(|| {
        all.into_iter()
            .map(|(_, label, address)| (label, address))
            .collect()
    })
}

fn selectors(fields: &mut Fields) -> Vec<NewSelector> {
    let mut all: Vec<NewSelector> = Vec::new();
    for line in fields.lines("selectors") {
        match selector::read(&line) {
            Ok(found) => all.push(found),
            Err(why) => fields.wrong("selectors", why.to_string()),
        }
    }
    for kind in SelectorKind::ALL {
        for value in fields.lines(kind.as_str()) {
            let line = match kind {
                SelectorKind::OidcSubject if value.starts_with("repo:") => {
                    format!("{kind} {GITHUB_ISSUER} {value}")
                }
                _ => format!("{kind} {value}"),
            };
            match selector::parse_line(&line) {
                Ok(found) => all.push(found),
                Err(why) => fields.wrong(kind.as_str(), why.to_string()),
            }
        }
    }
    all.extend(fields.text("subject").as_deref().and_then(selector::guess));
    let mut seen = Vec::with_capacity(all.len());
    for selector in all {
        if !seen.contains(&selector) {
            seen.push(selector);
        }
    }
    seen
}
