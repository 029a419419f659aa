//! Vendors' lists, taken as their own tools print them. One file for each shape; a vendor's words are guesses that
//! fill what the roll does not know, and never overwrite what people wrote.

mod aws_authorization_details;
mod aws_credential_report;
mod aws_policy;
mod code_owners;
mod entra;
mod gcloud;
mod github;
mod kubernetes;
mod runners;

use std::collections::BTreeMap;

use contract::identities::SelectorKind;
use contract::imports::{ImportFormat, ImportProblem};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Found, Hint, Place, Reading, detect};
use crate::identity::secret;
use crate::identity::selector::NewSelector;

/// Opens a vendor's list.
///
/// # Errors
/// When it is not the shape it is said to be.
pub fn open<'a>(
    format: ImportFormat,
    bytes: &'a [u8],
    hint: &Hint,
) -> Result<Reading<'a>, Vec<ImportProblem>> {
    let whole = |message: String| vec![Place::whole().problem("", message)];
    if format == ImportFormat::AwsCredentialReport {
        return aws_credential_report::open(bytes, hint);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|why| whole(detect::not_utf8(bytes, why.valid_up_to())))?;
    let found: Box<dyn Iterator<Item = Found> + Send + 'a> = match format {
        ImportFormat::AwsAuthorizationDetails => aws_authorization_details::open(text),
        ImportFormat::EntraApplications => Ok(rows(text, "value", &[], entra::application)),
        ImportFormat::EntraFederatedCredentials => entra::federated(text, hint),
        ImportFormat::GcpServiceAccounts => Ok(rows(text, "accounts", &[], gcloud::account)),
        ImportFormat::GcpServiceAccountKeys => Ok(rows(text, "keys", &[], gcloud::key)),
        ImportFormat::GithubSecrets => github::secrets(text, hint),
        ImportFormat::GithubInstallations => Ok(rows(
            text,
            "installations",
            &["total_count"],
            github::installation,
        )),
        ImportFormat::KubernetesServiceAccounts => {
            Ok(rows(text, "items", &["kind"], kubernetes::account))
        }
        ImportFormat::GithubRunners => runners::github(text, hint),
        ImportFormat::GitlabRunners => runners::gitlab(text, hint),
        ImportFormat::CodeOwners => code_owners::open(text, hint),
        ImportFormat::Csv | ImportFormat::Json | ImportFormat::AwsCredentialReport => {
            Err("This is no vendor's list.".to_owned())
        }
    }
    .map_err(whole)?;
    Ok(Reading {
        format,
        mapping: Vec::new(),
        found,
    })
}

/// The documents of a file: one, or several one after the other as `gh api --paginate` prints them.
///
/// # Errors
/// A sentence with line and column, when it is no JSON.
pub fn pages(text: &str) -> Result<Vec<&RawValue>, String> {
    serde_json::Deserializer::from_str(text)
        .into_iter::<&RawValue>()
        .collect::<Result<_, _>>()
        .map_err(|why| {
            format!(
                "The file is not valid JSON: line {}, column {}.",
                why.line(),
                why.column()
            )
        })
}

/// An object's members, unread.
pub fn entries(raw: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// What a list holds, whether it stands alone, under a key, or in pages of either (`--slurp`). `marks` are keys that
/// only a page has.
///
/// # Errors
/// A sentence with line and column, when it is no JSON.
pub fn items<'a>(text: &'a str, key: &str, marks: &[&str]) -> Result<Vec<&'a RawValue>, String> {
    let mut all = Vec::new();
    for page in pages(text)? {
        gather(page, key, marks, &mut all);
    }
    Ok(all)
}

fn gather<'a>(page: &'a RawValue, key: &str, marks: &[&str], all: &mut Vec<&'a RawValue>) {
    if let Ok(list) = serde_json::from_str::<Vec<&'a RawValue>>(page.get()) {
        for one in list {
            let is_page = entries(one).is_some_and(|object| {
                object.contains_key(key) && marks.iter().all(|mark| object.contains_key(*mark))
            });
            if is_page {
                gather(one, key, marks, all);
            } else {
                all.push(one);
            }
        }
        return;
    }
    let listed = entries(page).and_then(|object| {
        let raw: &'a RawValue = object.get(key).copied()?;
        serde_json::from_str::<Vec<&'a RawValue>>(raw.get()).ok()
    });
    match listed {
        Some(list) => all.extend(list),
        None => all.push(page),
    }
}

/// Reads each entry of a list into its type and makes records of it. A list that cannot be cut gives one problem.
fn rows<'a, T: DeserializeOwned + 'a>(
    text: &'a str,
    key: &str,
    marks: &[&str],
    make: fn(&Place, &T) -> Vec<Found>,
) -> Box<dyn Iterator<Item = Found> + Send + 'a> {
    match items(text, key, marks) {
        Ok(list) => Box::new(list.into_iter().enumerate().flat_map(move |(i, raw)| {
            typed(&Place::row(i as u64 + 1), raw, |place, one| {
                make(place, one)
            })
        })),
        Err(message) => Box::new(std::iter::once(Found::Problem(
            Place::whole().problem("", message),
        ))),
    }
}

/// Reads one entry. A secret anywhere in it refuses the entry, unread.
fn typed<T: DeserializeOwned>(
    place: &Place,
    raw: &RawValue,
    make: impl Fn(&Place, &T) -> Vec<Found>,
) -> Vec<Found> {
    match serde_json::from_str::<T>(raw.get()) {
        Ok(one) => make(place, &one),
        Err(why) => vec![Found::Problem(place.problem("", misread(&why)))],
    }
}

/// What is wrong with an entry, without its values: `missing field`, `invalid type`.
fn misread(why: &serde_json::Error) -> String {
    let text = why.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    // serde quotes the value of an `invalid type: string "…"`: it could be a secret.
    if let Some((head, rest)) = text.split_once(": string \"")
        && let Some((_, expected)) = rest.rsplit_once("\", ")
    {
        return format!("cannot be read: {head}, {expected}");
    }
    if secret::find(text).is_some() {
        return "cannot be read".to_owned();
    }
    format!("cannot be read: {text}")
}

/// A vendor's own name as a name of the roll: only the signs a name may have, at most 120 characters.
pub fn name(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "·._/@:#-[]".contains(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = words
        .find(|c: char| c.is_alphanumeric())
        .unwrap_or(words.len());
    let mut name: String = words[start..].chars().take(110).collect();
    while name.chars().count() < 3 {
        name.push_str(if name.is_empty() { "unnamed" } else { "-id" });
    }
    name.trim().to_owned()
}

/// A selector that stands alone.
pub fn selector(kind: SelectorKind, value: &str) -> NewSelector {
    NewSelector {
        kind,
        issuer: String::new(),
        value: value.to_owned(),
    }
}

/// Free text of a vendor's, when it may be kept: cut to 300 characters, and dropped when it holds a secret.
pub fn words(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && secret::find(&text).is_none()).then(|| text.chars().take(300).collect())
}
