//! Events: 3001, 3002, 3004, 3005 and 6003.

use contract::events::{EventKind, Outcome};
use serde_json::{Value, json};

use super::{FAILURE, INFORMATIONAL, LOW, MEDIUM, Record, SUCCESS, UNKNOWN, metadata, object};
use crate::event::sentence::sentence;
use crate::siem::vendor::{self, Verb, verb, words};
use crate::siem::{PlacedEvent, exact};

const ACCOUNT_CHANGE: u32 = 3001;
const AUTHENTICATION: u32 = 3002;
const ENTITY: u32 = 3004;
const USER_ACCESS: u32 = 3005;
const API: u32 = 6003;
const OTHER: u32 = 99;

/// Writes an event.
pub fn record(row: &PlacedEvent) -> Value {
    let (class, activity) = class(row);
    let event = &row.event;
    let record = Record::begin(class, activity, severity(row), event.occurred_at)
        .status(match event.outcome {
            Outcome::Success => SUCCESS,
            Outcome::Failure => FAILURE,
            Outcome::Unknown => UNKNOWN,
        })
        .set("message", sentence(event))
        .set("metadata", about(row))
        .set("cloud", cloud(row))
        .set("observables", observables(row))
        .set("raw_data", row.raw.clone())
        .set("unmapped", unmapped(row));
    match class {
        AUTHENTICATION => authentication(record, row),
        ACCOUNT_CHANGE => account_change(record, row, activity),
        USER_ACCESS => user_access(record, row),
        ENTITY => record
            .set("entity", entity(row))
            .set("actor", actor(row))
            .set("comment", event.action.as_str())
            .set("src_endpoint", endpoint(row)),
        _ => record
            .set("actor", actor(row))
            .set("api", api(row))
            .set("resources", resources(row))
            .set("src_endpoint", endpoint(row)),
    }
    .end()
}

/// Class and activity.
fn class(row: &PlacedEvent) -> (u32, u32) {
    let event = &row.event;
    let verb = verb(&event.action);
    let words = words(&event.action);
    let says = |word: &str| words.iter().any(|said| said.starts_with(word));
    match event.kind {
        EventKind::CredentialAssumption if chained(row) => (AUTHENTICATION, 7),
        EventKind::CredentialAssumption | EventKind::AuthenticationFailure => (AUTHENTICATION, 1),
        EventKind::SecretAccess => (API, 2),
        EventKind::Deployment if says("status") || says("update") => (API, 3),
        EventKind::PipelineRun | EventKind::Deployment => (API, 1),
        EventKind::DeploymentApproval => (API, 3),
        EventKind::CredentialChange => (
            ACCOUNT_CHANGE,
            match verb {
                Verb::Create => 1,
                Verb::Delete => 6,
                _ if says("enable") || says("activate") => 2,
                _ if says("disable") || says("deactivate") => 5,
                _ => OTHER,
            },
        ),
        EventKind::TrustChange => (ACCOUNT_CHANGE, OTHER),
        EventKind::PermissionChange if says("policy") => (
            ACCOUNT_CHANGE,
            match verb {
                Verb::Delete => 8,
                Verb::Create | Verb::Update => 7,
                Verb::Read | Verb::Other => OTHER,
            },
        ),
        EventKind::PermissionChange => (
            USER_ACCESS,
            match verb {
                Verb::Create => 1,
                Verb::Delete => 2,
                _ => OTHER,
            },
        ),
        EventKind::ConfigurationChange => (
            ENTITY,
            match verb {
                Verb::Create => 1,
                Verb::Delete => 4,
                _ if says("enable") => 8,
                _ if says("disable") => 9,
                _ => 3,
            },
        ),
        EventKind::AuthorizationFailure | EventKind::Other => (
            API,
            match verb {
                Verb::Create => 1,
                Verb::Read => 2,
                Verb::Update => 3,
                Verb::Delete => 4,
                Verb::Other => OTHER,
            },
        ),
    }
}

/// Whether a role took another one: a session of a role is who acted.
fn chained(row: &PlacedEvent) -> bool {
    let principal = row.event.principal.as_deref().unwrap_or_default();
    principal.contains(":assumed-role/") && row.event.role.as_deref() != Some(principal)
}

fn severity(row: &PlacedEvent) -> u8 {
    match row.event.kind {
        EventKind::AuthenticationFailure | EventKind::AuthorizationFailure => MEDIUM,
        EventKind::CredentialChange | EventKind::TrustChange | EventKind::PermissionChange => LOW,
        _ if row.event.outcome == Outcome::Failure => LOW,
        _ => INFORMATIONAL,
    }
}

fn about(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let (vendor, product) = vendor::product(event.format);
    let profiles = vendor::cloud(event.format).map_or(Value::Null, |_| json!(["cloud"]));
    metadata(
        (row.id.0, row.position, row.published),
        vec![
            ("event_code", json!(event.action)),
            ("original_event_uid", json!(event.vendor_id)),
            ("original_time", json!(exact(event.occurred_at))),
            ("log_provider", json!(vendor)),
            ("log_name", json!(product)),
            ("log_format", json!(event.format.as_str())),
            ("log_source", json!(row.source)),
            ("logged_time", json!(row.received_at.timestamp_millis())),
            ("profiles", profiles),
        ],
    )
}

/// The cloud, where the record is a cloud's; `metadata.profiles` names the profile then.
fn cloud(row: &PlacedEvent) -> Value {
    let Some((provider, _)) = vendor::cloud(row.event.format) else {
        return Value::Null;
    };
    let account = vendor::account(row).map(|uid| json!({ "uid": uid }));
    object([
        ("provider", json!(provider)),
        ("account", account.unwrap_or_default()),
    ])
}

/// Who acted, as an account: our identity's id where we know it.
fn user(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let uid = row.identity.as_ref().map(|(id, _)| json!(id));
    object([
        ("name", json!(vendor::actor(row).unwrap_or("unknown"))),
        ("uid", uid.unwrap_or_default()),
        ("uid_alt", json!(event.principal)),
        ("type_id", json!(4)),
        ("type", json!("Service")),
    ])
}

fn actor(row: &PlacedEvent) -> Value {
    let event = &row.event;
    if vendor::actor(row).is_none() {
        return json!({ "app_name": vendor::product(event.format).1 });
    }
    object([
        ("user", user(row)),
        ("session", object([("issuer", json!(event.issuer))])),
    ])
}

/// Where it came from: an address where it is one, a name otherwise, the vendor's when nothing is told.
fn endpoint(row: &PlacedEvent) -> Value {
    let event = &row.event;
    match (event.source_address(), event.source_ip.as_deref()) {
        (Some(address), _) => json!({ "ip": address }),
        (None, Some(name)) if !name.trim().is_empty() => json!({ "name": name }),
        _ => json!({ "name": vendor::product(event.format).1 }),
    }
}

fn api(row: &PlacedEvent) -> Value {
    let (_, product) = vendor::product(row.event.format);
    json!({ "operation": row.event.action, "service": { "name": product } })
}

fn resources(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let kind = match event.kind {
        EventKind::SecretAccess => "secret",
        EventKind::PipelineRun => "pipeline",
        EventKind::Deployment | EventKind::DeploymentApproval => "deployment",
        _ => "resource",
    };
    let named = [
        (&event.target, kind),
        (&event.repository, "repository"),
        (&event.environment, "environment"),
    ];
    let mut found: Vec<Value> = named
        .into_iter()
        .filter_map(|(name, kind)| {
            let name = name.as_deref().filter(|name| !name.is_empty())?;
            Some(json!({ "name": name, "type": kind }))
        })
        .collect();
    if let Some(run) = event.run_id.as_deref().filter(|run| !run.is_empty()) {
        found.push(json!({ "uid": run, "type": "pipeline_run" }));
    }
    Value::Array(found)
}

fn entity(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let name = [&event.target, &event.repository, &event.role]
        .into_iter()
        .find_map(|name| name.as_deref().filter(|name| !name.is_empty()))
        .unwrap_or(event.action.as_str());
    json!({ "name": name, "type": "configuration", "type_id": 99 })
}

fn authentication(record: Record, row: &PlacedEvent) -> Record {
    let event = &row.event;
    let words = words(&event.action);
    let says = |word: &str| words.iter().any(|said| said == word);
    // 4 OpenID, 5 SAML, 6 OAuth 2.0; what the record does not tell is unknown.
    let protocol = if says("saml") {
        (5, "SAML")
    } else if event.issuer.is_some() {
        (4, "OpenID")
    } else if says("token") || says("oauth") {
        (6, "OAUTH 2.0")
    } else {
        (0, "Unknown")
    };
    record
        .set("user", user(row))
        .set("actor", actor(row))
        .set("src_endpoint", endpoint(row))
        .set(
            "service",
            json!({ "name": vendor::product(event.format).1 }),
        )
        .set("auth_protocol_id", protocol.0)
        .set("auth_protocol", protocol.1)
        .set("is_remote", true)
        .set(
            "status_detail",
            event
                .role
                .clone()
                .filter(|_| event.outcome == Outcome::Failure),
        )
        .set("session", object([("issuer", json!(event.issuer))]))
}

fn account_change(record: Record, row: &PlacedEvent, activity: u32) -> Record {
    let event = &row.event;
    let changed = [&event.target, &event.role]
        .into_iter()
        .find_map(|name| name.as_deref().filter(|name| !name.is_empty()));
    let policy = matches!(activity, 7 | 8).then(|| {
        let name = event.target.as_deref().unwrap_or(&event.action);
        json!({ "name": name, "is_applied": activity == 7 })
    });
    // Whose account it is: what was changed where that is told, else whoever changed it.
    let user = changed.map_or_else(
        || user(row),
        |name| json!({ "name": name, "type_id": 4, "type": "Service" }),
    );
    record
        .set("user", user)
        .set("actor", actor(row))
        .set("policy", policy)
        .set("src_endpoint", endpoint(row))
}

fn user_access(record: Record, row: &PlacedEvent) -> Record {
    let event = &row.event;
    let privilege = event.role.as_deref().filter(|role| !role.is_empty());
    let resource = event.repository.as_deref().or(event.environment.as_deref());
    let user = event
        .target
        .as_deref()
        .filter(|name| !name.is_empty())
        .map_or_else(|| user(row), |name| json!({ "name": name, "type_id": 0 }));
    record
        .set("user", user)
        .set("privileges", json!([privilege.unwrap_or(&event.action)]))
        .set("resource", resource.map(|name| json!({ "name": name })))
        .set("actor", actor(row))
        .set("src_endpoint", endpoint(row))
}

/// What else to search by: type ids 2 (address) and 4 (user name).
fn observables(row: &PlacedEvent) -> Value {
    let address = row.event.source_address().map(
        |ip| json!({ "name": "src_endpoint.ip", "type_id": 2, "type": "IP Address", "value": ip }),
    );
    let actor = vendor::actor(row).map(|name| {
        json!({ "name": "actor.user.name", "type_id": 4, "type": "User Name", "value": name })
    });
    Value::Array(address.into_iter().chain(actor).collect())
}

/// What no attribute of the class holds.
fn unmapped(row: &PlacedEvent) -> Value {
    let event = &row.event;
    let identity = row.identity.as_ref();
    object([
        ("kind", json!(event.kind.as_str())),
        (
            "identity",
            identity
                .map(|(id, name)| json!({ "id": id, "name": name }))
                .unwrap_or_default(),
        ),
        ("issuer", json!(event.issuer)),
        ("subject", json!(event.subject)),
        ("principal", json!(event.principal)),
        ("role", json!(event.role)),
        ("repository", json!(event.repository)),
        ("ref", json!(event.git_ref)),
        ("commit", json!(event.commit)),
        ("run_id", json!(event.run_id)),
        ("environment", json!(event.environment)),
        ("target", json!(event.target)),
        ("source_ip", json!(event.source_ip)),
        ("id_kind", json!(event.id_kind.as_str())),
        ("hash", json!(hex::encode(&row.hash))),
    ])
}
