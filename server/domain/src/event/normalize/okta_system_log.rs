//! Okta system log: REST, event hooks (`data.events`), EventBridge `detail` (`event-formats.md` §9).
//!
//! Forwarders fold some keys to lower case. Event types:
//! <https://developer.okta.com/docs/reference/api/event-types/>.

use contract::events::{EventFormat, EventKind, Outcome};

use super::verbs::has;
use super::{Hints, Reject, first_time, id};
use crate::event::json::Value;
use crate::event::read::{get, path_any_case, text_any_case};
use crate::event::{ActorNature, Event};

/// Whether the record looks like a system log event.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let record = inner(record);
    let has = |key: &str| get(record, key).is_some();
    has("eventType")
        && (has("published")
            || has("uuid")
            || has("legacyEventType")
            || has("actor") && has("outcome"))
        && record.get("author_name").is_none()
        || has("uuid") && has("published") && has("actor")
}

/// EventBridge puts the event under `detail`.
fn inner<'a>(record: &'a Value<'a>) -> &'a Value<'a> {
    record
        .get("detail")
        .filter(|detail| get(detail, "eventType").is_some())
        .unwrap_or(record)
}

/// Reads an event.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let record = inner(record);
    let at = first_time(record, &["published"], hints)?;
    let field = |keys: &[&str]| text_any_case(record, keys);
    let action = field(&["eventType"])
        .or_else(|| field(&["legacyEventType"]))
        .ok_or(Reject::Missing("eventType"))?;
    let vendor = field(&["uuid"]);
    let mut event = Event::new(EventFormat::OktaSystemLog, action, at, id(record, vendor));
    event.outcome = match field(&["outcome", "result"])
        .unwrap_or_default()
        .to_ascii_uppercase()
        .as_str()
    {
        "SUCCESS" | "ALLOW" => Outcome::Success,
        "FAILURE" | "DENY" => Outcome::Failure,
        // CHALLENGE, SKIPPED, UNKNOWN, or no outcome at all.
        _ => Outcome::Unknown,
    };
    event.kind = kind(&event.action.to_ascii_lowercase(), event.outcome);
    event.actor = known(field(&["actor", "alternateId"]))
        .or_else(|| known(field(&["actor", "displayName"])))
        .or_else(|| known(field(&["actor", "id"])));
    event.principal = known(field(&["actor", "id"]));
    event.target = target(record);
    event.source_ip = field(&["client", "ipAddress"]).or_else(|| {
        let chain = path_any_case(record, &["request", "ipChain"])?.as_array()?;
        chain.iter().find_map(|hop| text_any_case(hop, &["ip"]))
    });
    event.joins.agent = field(&["client", "userAgent", "rawUserAgent"]);
    event.joins.session = known(field(&["authenticationContext", "externalSessionId"]));
    event.joins.actor_nature = match field(&["actor", "type"]).as_deref() {
        Some("PublicClientApp" | "Client" | "ServiceApp") => ActorNature::Program,
        Some("SystemPrincipal") => ActorNature::Platform,
        Some("User") => ActorNature::Person,
        _ => ActorNature::Unknown,
    };
    Ok(event)
}

fn known(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.eq_ignore_ascii_case("unknown"))
}

/// The first target: its name, else its id.
fn target(record: &Value<'_>) -> Option<String> {
    let first = path_any_case(record, &["target"])?.as_array()?.first()?;
    known(text_any_case(first, &["alternateId"]))
        .or_else(|| known(text_any_case(first, &["displayName"])))
        .or_else(|| text_any_case(first, &["id"]))
}

fn kind(action: &str, outcome: Outcome) -> EventKind {
    let starts = |heads: &[&str]| heads.iter().any(|head| action.starts_with(head));
    let grants = action.contains("oauth2") && has(action, &["token.grant", "authorize"]);
    if outcome == Outcome::Failure {
        if grants
            || starts(&[
                "user.session.start",
                "user.authentication",
                "user.account.lock",
                "core.user_auth",
            ])
        {
            return EventKind::AuthenticationFailure;
        }
        if starts(&[
            "policy.evaluate",
            "application.policy",
            "app.access_request",
        ]) || action.contains("access_denied")
            || action.contains("unauth")
        {
            return EventKind::AuthorizationFailure;
        }
    }
    if grants || starts(&["user.session.impersonation"]) {
        return EventKind::CredentialAssumption;
    }
    if action.contains("show_password") || starts(&["app.user_management.secret"]) {
        return EventKind::SecretAccess;
    }
    if starts(&[
        "system.idp.",
        "app.oauth2.trusted_server",
        "app.oauth2.as.",
        "security.trusted_origin",
        "system.brand.domain",
        "device.trust",
    ]) && !action.contains("token")
    {
        return EventKind::TrustChange;
    }
    if starts(&[
        "system.api_token",
        "user.mfa.factor",
        "user.credential",
        "app.keys",
        "app.oauth2.credentials",
        "app.oauth2.client.lifecycle",
        "app.oauth2.client.privilege",
        "system.mfa",
        "pki.",
    ]) || has(
        action,
        &[
            "password",
            "credentials",
            "key.rotate",
            "token.revoke",
            "secret",
        ],
    ) {
        return EventKind::CredentialChange;
    }
    if has(
        action,
        &[
            "privilege",
            "membership",
            "iam.role",
            "iam.resourceset",
            "app.oauth2.consent",
            "admin_consent",
        ],
    ) {
        return EventKind::PermissionChange;
    }
    if has(
        action,
        &[
            "lifecycle",
            "policy.rule",
            "zone.",
            ".update",
            ".create",
            ".delete",
            ".add",
            ".remove",
            ".activate",
            ".deactivate",
        ],
    ) && !starts(&["user.session", "user.authentication"])
    {
        return EventKind::ConfigurationChange;
    }
    EventKind::Other
}
