//! The directory's audit log: who changed which application, credential, trust or role.

use contract::events::{EventKind, Outcome};

use super::super::verbs::{has, writes};
use super::{field, value};
use crate::event::json::Value;
use crate::event::read::{any_case, scalar, text_any_case};
use crate::event::{ActorNature, Event};

/// Fills what an audit record says.
pub(super) fn apply(record: &Value<'_>, event: &mut Event) {
    let by = |kind: &str, key: &str| {
        let by = value(record, "initiatedBy")?;
        text_any_case(by, &[kind, key])
    };
    event.outcome = outcome(record);
    event.actor = by("user", "userPrincipalName")
        .or_else(|| by("user", "displayName"))
        .or_else(|| by("app", "displayName"))
        .or_else(|| by("app", "servicePrincipalName"))
        .or_else(|| by("user", "id"))
        .or_else(|| by("app", "appId"))
        .or_else(|| any_case(record, "identity").and_then(scalar));
    event.principal = by("user", "id").or_else(|| by("app", "servicePrincipalId"));
    event.joins.application = by("app", "appId");
    event.source_ip = by("user", "ipAddress").or_else(|| event.source_ip.take());
    event.joins.actor_nature =
        if by("user", "userPrincipalName").is_some() || by("user", "id").is_some() {
            ActorNature::Person
        } else if by("app", "servicePrincipalId").is_some() {
            ActorNature::Program
        } else {
            ActorNature::Unknown
        };
    event.target = target(record);
    event.kind = kind(record, &event.action);
    if event.is_change() {
        event.joins.changed = ids(record);
    }
}

fn outcome(record: &Value<'_>) -> Outcome {
    let result = field(record, "result")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match result.as_str() {
        "success" => Outcome::Success,
        "failure" | "failed" => Outcome::Failure,
        _ => match any_case(record, "resultType").and_then(scalar).as_deref() {
            Some("0" | "Success") => Outcome::Success,
            Some(_) => Outcome::Failure,
            None => Outcome::Unknown,
        },
    }
}

fn targets<'a>(record: &'a Value<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    value(record, "targetResources")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn target(record: &Value<'_>) -> Option<String> {
    let first = targets(record).next()?;
    ["displayName", "userPrincipalName", "id"]
        .iter()
        .find_map(|key| text_any_case(first, &[key]))
}

/// Properties that name who was granted something: the first target of a grant is what it was granted for.
const GRANTEE: &[&str] = &["ServicePrincipal.ObjectID", "ServicePrincipal.AppId"];

/// Sorts of targets that are no application.
const NO_APPLICATION: &[&str] = &["user", "group", "role", "policy", "device"];

/// Object and application ids of what was changed: of whoever was granted something, of the targets, and of the
/// application the entry's details name.
fn ids(record: &Value<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut push = |text: Option<String>| {
        // Values of properties are JSON in text: `"\"5f0c…\""`.
        let id = text.map(|text| text.trim_matches(['"', '[', ']']).to_owned());
        let id = id.filter(|id| uuid::Uuid::try_parse(id).is_ok());
        if let Some(id) = id.filter(|id| !found.contains(id) && found.len() < 16) {
            found.push(id);
        }
    };
    for property in properties(record) {
        let name = text_any_case(property, &["displayName"]).unwrap_or_default();
        if GRANTEE
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name))
        {
            push(text_any_case(property, &["newValue"]));
            push(text_any_case(property, &["oldValue"]));
        }
    }
    for target in targets(record) {
        let sort = text_any_case(target, &["type"]).unwrap_or_default();
        if !NO_APPLICATION.contains(&sort.to_ascii_lowercase().as_str()) {
            push(text_any_case(target, &["id"]));
        }
    }
    let details = value(record, "additionalDetails").and_then(Value::as_array);
    for detail in details.into_iter().flatten().take(64) {
        let key = text_any_case(detail, &["key"]).unwrap_or_default();
        if matches!(
            key.to_ascii_lowercase().as_str(),
            "appid" | "serviceprincipalid" | "objectid"
        ) {
            push(text_any_case(detail, &["value"]));
        }
    }
    found
}

fn properties<'a>(record: &'a Value<'a>) -> impl Iterator<Item = &'a Value<'a>> {
    targets(record).flat_map(|target| {
        any_case(target, "modifiedProperties")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .take(64)
    })
}

/// Names of the properties that were changed: an "Update application" is what its properties say.
fn changed(record: &Value<'_>) -> String {
    let mut names = String::new();
    for property in properties(record) {
        if let Some(name) = text_any_case(property, &["displayName"]) {
            names.push_str(&name.to_ascii_lowercase());
            names.push(' ');
        }
    }
    names
}

fn kind(record: &Value<'_>, action: &str) -> EventKind {
    let action = action.to_lowercase();
    let changed = changed(record);
    let says = |words: &[&str]| has(&action, words);
    if says(&[
        "federated",
        "federation",
        "domain authentication",
        "identity provider",
        "cross-tenant",
        "verify domain",
        "trusted certificate",
    ]) || has(
        &changed,
        &["federatedidentitycredentials", "openidconnectconfiguration"],
    ) {
        return EventKind::TrustChange;
    }
    if says(&[
        "credential",
        "certificates and secrets",
        "password",
        "secret",
        "security info",
        "registered security",
        "authentication method",
        "bitlocker key",
        "key ",
    ]) && !says(&["policy"])
        || has(
            &changed,
            &["keydescription", "keycredentials", "passwordcredentials"],
        )
    {
        return EventKind::CredentialChange;
    }
    if says(&[
        "role",
        "permission",
        "consent",
        "member to",
        "member from",
        "owner",
        "grant",
        "entitlement",
        "access package",
        "invite",
        "app assignment",
        "add user",
        "delete user",
        "eligible",
    ]) {
        return EventKind::PermissionChange;
    }
    let operation = field(record, "operationType")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if writes(&action)
        || matches!(
            operation.as_str(),
            "add" | "update" | "delete" | "assign" | "unassign"
        )
        || says(&["update", "delete"])
    {
        EventKind::ConfigurationChange
    } else {
        EventKind::Other
    }
}
