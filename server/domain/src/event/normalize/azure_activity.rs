//! Azure's own log of resources: the activity log and resource diagnostics (Key Vault, storage).
//!
//! Role assignments and federated credentials of managed identities are told here, not in Entra. Schema:
//! <https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema>. Diagnostic records, Log Analytics
//! columns and REST (`{"value": …}` objects around names) read alike.

use contract::events::{EventFormat, EventKind, Outcome};

use super::verbs::{has, writes};
use super::{Hints, Reject, id, time_of};
use crate::event::json::Value;
use crate::event::read::{any_case, scalar, text_any_case};
use crate::event::{ActorNature, Event};

/// Whether the record looks like an Azure resource log: an operation and a resource, or a known category.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let has = |key: &str| any_case(record, key).is_some();
    let category = text(record, "category").unwrap_or_default();
    has("operationName")
        && (has("resourceId") || has("_ResourceId") || has("callerIpAddress") || has("caller"))
        || has("operationName")
            && matches!(
                category.as_str(),
                "Administrative" | "AuditEvent" | "Policy" | "Security"
            )
        || has("operationName") && category.starts_with("Storage")
}

/// Text of a field, or of its `value` as REST prints it.
fn text(record: &Value<'_>, key: &str) -> Option<String> {
    let found = any_case(record, key)?;
    scalar(found).or_else(|| text_any_case(found, &["value"]))
}

/// Reads a record.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let at = time_of(
        [
            ("time", any_case(record, "time")),
            ("eventTimestamp", any_case(record, "eventTimestamp")),
            ("TimeGenerated", any_case(record, "TimeGenerated")),
        ],
        "time",
        hints,
    )?;
    let action = text(record, "operationName")
        .or_else(|| text(record, "OperationNameValue"))
        .ok_or(Reject::Missing("operationName"))?;
    let vendor = text(record, "eventDataId")
        .or_else(|| text_any_case(record, &["properties", "eventDataId"]));
    let mut event = Event::new(EventFormat::AzureActivity, action, at, id(record, vendor));
    event.outcome = outcome(record);
    event.source_ip = text(record, "callerIpAddress")
        .or_else(|| text_any_case(record, &["httpRequest", "clientIpAddress"]));
    event.target = text(record, "resourceId")
        .or_else(|| text(record, "_ResourceId"))
        .or_else(|| text(record, "uri"));
    event.joins.account = text(record, "subscriptionId").or_else(|| subscription(&event));
    event.joins.agent = text_any_case(record, &["properties", "userAgentHeader"]);
    who(record, &mut event);
    event.kind = kind(&event, &result(record));
    if event.is_change() {
        event.joins.changed = changed(record);
    }
    if event.kind == EventKind::SecretAccess {
        event.target = text_any_case(record, &["properties", "id"]).or(event.target);
    }
    Ok(event)
}

/// Object and application id of whoever was given a role, or of the managed identity that was changed: they stand in
/// what was asked and answered, JSON in text.
fn changed(record: &Value<'_>) -> Vec<String> {
    let Some(properties) = any_case(record, "properties") else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for key in ["requestbody", "responseBody"] {
        let body = any_case(properties, key).and_then(Value::as_str);
        let Some(body) = body.and_then(|text| serde_json::from_str::<Value<'_>>(text).ok()) else {
            continue;
        };
        for name in ["principalId", "clientId"] {
            let id = text_any_case(&body, &["properties", name]);
            let id = id.filter(|id| uuid::Uuid::try_parse(id).is_ok() && !found.contains(id));
            found.extend(id);
        }
    }
    found
}

fn subscription(event: &Event) -> Option<String> {
    let rest = event.target.as_deref()?.to_ascii_lowercase();
    let rest = rest.split_once("/subscriptions/")?.1;
    rest.split('/').next().map(str::to_owned)
}

fn who(record: &Value<'_>, event: &mut Event) {
    let claim = |name: &str| {
        [
            &["identity", "claims", name][..],
            &["claims", name],
            &["identity", "claim", name],
        ]
        .iter()
        .find_map(|keys| text_any_case(record, keys))
    };
    let application = claim("appid").or_else(|| claim("azp"));
    let object = claim("http://schemas.microsoft.com/identity/claims/objectidentifier")
        .or_else(|| claim("oid"))
        .or_else(|| {
            text_any_case(
                record,
                &["identity", "authorization", "evidence", "principalId"],
            )
        });
    let person = claim("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")
        .or_else(|| claim("upn"))
        .or_else(|| claim("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"))
        .filter(|name| name.contains('@'));
    event.actor = text(record, "caller")
        .or_else(|| person.clone())
        .or_else(|| claim("name"))
        .or_else(|| application.clone())
        .or_else(|| object.clone())
        .or_else(|| any_case(record, "identity").and_then(scalar));
    event.principal = object.or_else(|| event.actor.clone());
    let by_name = event
        .actor
        .as_deref()
        .is_some_and(|actor| actor.contains('@'));
    let kind = claim("idtyp").or_else(|| {
        text_any_case(
            record,
            &["identity", "authorization", "evidence", "principalType"],
        )
    });
    event.joins.actor_nature = if person.is_some() || by_name {
        ActorNature::Person
    } else if application.is_some() || matches!(kind.as_deref(), Some("app" | "ServicePrincipal")) {
        ActorNature::Program
    } else {
        ActorNature::Unknown
    };
    event.joins.application = application;
    // The token's own id: the sign-in that minted it prints the same.
    event.joins.session = claim("uti");
}

/// The words that say how it ended, in lower case.
fn result(record: &Value<'_>) -> String {
    [
        text(record, "resultType"),
        text(record, "status"),
        text(record, "ActivityStatusValue"),
        text(record, "resultSignature"),
        text(record, "statusCode"),
        text(record, "statusText"),
        text_any_case(record, &["properties", "statusCode"]),
        text_any_case(record, &["properties", "metricResponseType"]),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ")
    .to_ascii_lowercase()
}

fn outcome(record: &Value<'_>) -> Outcome {
    let said = result(record);
    let code = said
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find_map(|word| {
            word.parse::<u16>()
                .ok()
                .filter(|code| (100..600).contains(code))
        });
    if has(
        &said,
        &["fail", "error", "unauthorized", "forbidden", "denied"],
    ) || code.is_some_and(|code| code >= 400)
    {
        Outcome::Failure
    } else if has(&said, &["success", "succeeded"])
        || said == "ok"
        || code.is_some_and(|code| (200..400).contains(&code))
    {
        Outcome::Success
    } else {
        // Start, Accept: nothing ended yet.
        Outcome::Unknown
    }
}

fn kind(event: &Event, result: &str) -> EventKind {
    let action = event.action.to_ascii_lowercase();
    if event.outcome == Outcome::Failure {
        if has(
            result,
            &["forbidden", "403", "authorizationfailed", "denied"],
        ) {
            return EventKind::AuthorizationFailure;
        }
        if has(result, &["unauthorized", "401", "authenticationfailed"]) {
            return EventKind::AuthenticationFailure;
        }
    }
    let changes =
        action.ends_with("/write") || action.ends_with("/delete") || action.ends_with("/action");
    if has(
        &action,
        &[
            "secretget",
            "keydecrypt",
            "keyunwrap",
            "secretbackup",
            "listkeys",
            "listsecrets",
            "listaccountsas",
            "listservicesas",
            "listcredentials",
            "listconnectionstrings",
            "listclusteradmincredential",
            "listclusterusercredential",
            "/secrets/getsecret",
            "getaccesscredentials",
        ],
    ) {
        return EventKind::SecretAccess;
    }
    if has(&action, &["federatedidentitycredentials", "assign/action"]) && changes {
        return EventKind::TrustChange;
    }
    if has(
        &action,
        &[
            "regeneratekey",
            "secretset",
            "secretdelete",
            "secretpurge",
            "keycreate",
            "keydelete",
            "keyrotate",
            "certificatecreate",
            "certificateimport",
            "vaults/secrets/",
            "vaults/keys/",
            "vaults/certificates/",
        ],
    ) && !action.ends_with("/read")
    {
        return EventKind::CredentialChange;
    }
    if has(
        &action,
        &[
            "roleassignments",
            "roledefinitions",
            "rbac.authorization.k8s.io",
            "elevateaccess",
            "accesspolic",
            "denyassignments",
            "vaultaccesspolicy",
        ],
    ) && changes
    {
        return EventKind::PermissionChange;
    }
    if has(
        &action,
        &[
            "microsoft.resources/deployments/write",
            "microsoft.web/sites/write",
            "sites/publish",
            "containerapps/write",
            "zipdeploy",
        ],
    ) {
        return EventKind::Deployment;
    }
    if changes || writes(&action) && !has(&action, &["blob", "message"]) {
        EventKind::ConfigurationChange
    } else {
        EventKind::Other
    }
}
