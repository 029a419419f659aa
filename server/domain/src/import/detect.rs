//! Telling a file's shape from its content, never from its name.

use std::collections::BTreeMap;

use contract::imports::ImportFormat;
use serde_json::value::RawValue;

use super::vendor::pages;

/// The bytes without a UTF-8 byte-order mark.
///
/// # Errors
/// A sentence, when the file is empty or written in UTF-16.
pub fn without_mark(bytes: &[u8]) -> Result<&[u8], String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(
            "The file is written in UTF-16. Save it as UTF-8 (in Excel: “CSV UTF-8”).".into(),
        );
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("The file is empty.".into());
    }
    if bytes.contains(&0) {
        return Err("The file has a NUL character in it; is it text?".into());
    }
    Ok(bytes)
}

/// The shape of the content.
///
/// # Errors
/// A sentence, when it is JSON of no shape Rollcall knows.
pub fn format(bytes: &[u8]) -> Result<ImportFormat, String> {
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(start, Some(b'{' | b'[')) {
        return Ok(table(bytes));
    }
    let text = std::str::from_utf8(bytes).map_err(|why| not_utf8(bytes, why.valid_up_to()))?;
    let pages = pages(text)?;
    let Some(first) = pages.first().copied() else {
        return Err("The file is empty.".into());
    };
    if let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(first.get()) {
        return Ok(of_object(&object));
    }
    let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(first.get()) else {
        return Err("The JSON is neither an object nor a list of objects.".into());
    };
    let Some(entry) = list.first() else {
        return Ok(ImportFormat::Json);
    };
    match serde_json::from_str::<BTreeMap<String, &RawValue>>(entry.get()) {
        Ok(object) => Ok(of_entry(&object)),
        // Its own reader says which rows are no objects.
        Err(_) => Ok(ImportFormat::Json),
    }
}

/// How often a byte stands in a text.
pub fn count(bytes: &[u8], sign: u8) -> usize {
    bytes.iter().map(|byte| usize::from(*byte == sign)).sum()
}

/// A sentence on bytes that are no UTF-8.
pub fn not_utf8(bytes: &[u8], at: usize) -> String {
    let line = 1 + count(&bytes[..at.min(bytes.len())], b'\n');
    format!("Line {line} is not UTF-8 text. Save the file as UTF-8.")
}

fn table(bytes: &[u8]) -> ImportFormat {
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    if head.starts_with(b"user,arn,user_creation_time,") {
        ImportFormat::AwsCredentialReport
    } else if is_code_owners(bytes) {
        ImportFormat::CodeOwners
    } else {
        ImportFormat::Csv
    }
}

/// Whether the first line that is no comment is a section, or a pattern followed by owners: no table's header is.
fn is_code_owners(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(64 * 1024)]);
    let lines = text.lines().map(str::trim);
    let mut telling = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = telling.next() else {
        // Comments alone.
        return text.trim_start().starts_with('#');
    };
    let first = first.strip_prefix('^').unwrap_or(first);
    if first.starts_with('[') && first.contains(']') {
        return true;
    }
    let mut owners = first
        .split_whitespace()
        .skip(1)
        .take_while(|w| !w.starts_with('#'));
    !first.contains([',', ';'])
        && owners
            .next()
            .is_some_and(|owner| owner.contains('@') && owners.all(|other| other.contains('@')))
}

type Object<'a> = BTreeMap<String, &'a RawValue>;

fn word(object: &Object<'_>, key: &str) -> String {
    object
        .get(key)
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

fn of_object(object: &Object<'_>) -> ImportFormat {
    let has = |key: &str| object.contains_key(key);
    if has("RoleDetailList") || has("UserDetailList") {
        return ImportFormat::AwsAuthorizationDetails;
    }
    if has("Content") && has("ReportFormat") {
        return ImportFormat::AwsCredentialReport;
    }
    if has("installations") {
        return ImportFormat::GithubInstallations;
    }
    if has("secrets") && has("total_count") {
        return ImportFormat::GithubSecrets;
    }
    if has("runners") && has("total_count") {
        return ImportFormat::GithubRunners;
    }
    if has("kind") && has("apiVersion") {
        return ImportFormat::KubernetesServiceAccounts;
    }
    if has("value")
        && let Some(first) = first_of(object, "value")
    {
        return of_entry(&first);
    }
    of_entry(object)
}

/// The first entry of a list in an object.
fn first_of<'a>(object: &Object<'a>, key: &str) -> Option<Object<'a>> {
    let list: Vec<&'a RawValue> = serde_json::from_str(object.get(key)?.get()).ok()?;
    serde_json::from_str(list.first()?.get()).ok()
}

/// By what one entry of a list carries.
fn of_entry(object: &Object<'_>) -> ImportFormat {
    let has = |key: &str| object.contains_key(key);
    if has("installations") || (has("app_slug") && has("access_tokens_url")) {
        return ImportFormat::GithubInstallations;
    }
    if has("secrets") && has("total_count") {
        return ImportFormat::GithubSecrets;
    }
    if has("runners") && has("total_count") || has("busy") && has("labels") && has("os") {
        return ImportFormat::GithubRunners;
    }
    if has("runner_type") && has("description") {
        return ImportFormat::GitlabRunners;
    }
    if has("issuer") && has("subject") && has("audiences") {
        return ImportFormat::EntraFederatedCredentials;
    }
    if has("appId")
        && (has("passwordCredentials") || has("servicePrincipalType") || has("signInAudience"))
    {
        return ImportFormat::EntraApplications;
    }
    if has("validAfterTime") && word(object, "name").contains("/keys/") {
        return ImportFormat::GcpServiceAccountKeys;
    }
    if has("email") && word(object, "name").contains("/serviceAccounts/") {
        return ImportFormat::GcpServiceAccounts;
    }
    if word(object, "kind") == "ServiceAccount" && has("metadata") {
        return ImportFormat::KubernetesServiceAccounts;
    }
    ImportFormat::Json
}
