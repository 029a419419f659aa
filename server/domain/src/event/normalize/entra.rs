//! Microsoft Entra: sign-ins of service principals, managed identities and people, and the directory's audit log
//! (`event-formats.md` §5).
//!
//! One shape, three spellings: diagnostic records (`properties`, `camelCase`), Log Analytics (`PascalCase` columns)
//! and Graph (flat `camelCase`); forwarders fold the top level to lower case. Every field is looked up in
//! `properties`, then on top, in any letter case. `correlationId` is shared by many records and is no id.

mod audit;
mod sign_in;

use contract::events::EventFormat;

use super::{Hints, Reject, id, time_of};
use crate::event::Event;
use crate::event::json::Value;
use crate::event::read::{any_case, scalar, text_any_case};

/// Log Analytics tables of this source.
const TABLES: &[&str] = &[
    "AADServicePrincipalSignInLogs",
    "AADManagedIdentitySignInLogs",
    "AADNonInteractiveUserSignInLogs",
    "SigninLogs",
    "AuditLogs",
];

/// Whether the record is one of Entra's.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let top = |key: &str| text_any_case(record, &[key]).unwrap_or_default();
    let has = |key: &str| any_case(record, key).is_some();
    let category = top("category");
    let table = top("Type");
    top("resourceId").to_ascii_lowercase().contains("microsoft.aadiam")
        || category.ends_with("SignInLogs")
        || category == "AuditLogs" && has("properties")
        || TABLES.contains(&table.as_str())
        // Graph: signIns and directoryAudits.
        || has("createdDateTime") && (has("servicePrincipalId") || has("userPrincipalName")) && has("appId")
        || has("activityDateTime") && has("activityDisplayName")
        || in_properties(record, "initiatedBy").is_some() && in_properties(record, "activityDisplayName").is_some()
}

fn in_properties<'a>(record: &'a Value<'a>, key: &str) -> Option<&'a Value<'a>> {
    any_case(any_case(record, "properties")?, key)
}

/// A value of `properties`, else of the top level, in any letter case.
fn value<'a>(record: &'a Value<'a>, key: &str) -> Option<&'a Value<'a>> {
    in_properties(record, key).or_else(|| any_case(record, key))
}

fn field(record: &Value<'_>, key: &str) -> Option<String> {
    value(record, key).and_then(scalar)
}

/// Reads a record.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let at = time_of(
        [
            ("time", any_case(record, "time")),
            ("createdDateTime", value(record, "createdDateTime")),
            ("activityDateTime", value(record, "activityDateTime")),
            ("TimeGenerated", any_case(record, "TimeGenerated")),
        ],
        "time",
        hints,
    )?;
    // Only `properties.id` (Graph and Log Analytics: `id`) names one record.
    let vendor = field(record, "id");
    let action = any_case(record, "operationName")
        .and_then(scalar)
        .or_else(|| field(record, "operationName"))
        .or_else(|| field(record, "activityDisplayName"))
        .unwrap_or_else(|| "Sign-in activity".to_owned());
    let mut event = Event::new(EventFormat::Entra, action, at, id(record, vendor));
    event.source_ip = field(record, "ipAddress").or_else(|| field(record, "callerIpAddress"));
    event.joins.account = field(record, "tenantId").or_else(|| field(record, "AADTenantId"));
    event.joins.agent = field(record, "userAgent");
    if is_audit(record) {
        audit::apply(record, &mut event);
    } else {
        sign_in::apply(record, &mut event);
    }
    Ok(event)
}

fn is_audit(record: &Value<'_>) -> bool {
    ["initiatedBy", "targetResources", "activityDisplayName"]
        .iter()
        .any(|key| value(record, key).is_some())
        || text_any_case(record, &["category"]).as_deref() == Some("AuditLogs")
}
