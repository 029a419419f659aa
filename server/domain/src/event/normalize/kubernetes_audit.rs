//! Kubernetes audit: the log, webhook `EventList` items, and AKS diagnostics that carry the event as a JSON string
//! (`event-formats.md` §8).
//!
//! `auditID` is shared by the stages of one request: the id is both. `RequestReceived` says nothing yet and is kept
//! as `other`, so that no request counts twice.

mod accounts;
mod kinds;

use std::borrow::Cow;

use contract::events::{EventFormat, EventKind, Outcome};

use super::{Hints, Reject, composed, id, time_of};
use crate::event::json::Value;
use crate::event::read::{clean, get, path, text};
use crate::event::{ActorNature, Event};

pub(super) use accounts::accounts;
pub(super) use kinds::kind;

/// Whether the record looks like an audit event, plain or wrapped by AKS.
pub(super) fn detect(record: &Value<'_>) -> bool {
    plain(record) || wrapped(record).is_some()
}

fn plain(record: &Value<'_>) -> bool {
    let has = |key: &str| record.get(key).is_some();
    let versioned = record
        .get("apiVersion")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("audit.k8s.io/"));
    let named = record.get("kind").and_then(Value::as_str) == Some("Event");
    versioned && !has("items")
        || named
            && (has("verb")
                || has("objectRef")
                || has("auditID")
                || has("requestURI")
                || has("responseStatus"))
        || has("auditID") && has("verb")
}

/// The event inside an Azure diagnostic record (`category` `kube-audit` or `kube-audit-admin`).
fn wrapped<'a>(record: &'a Value<'a>) -> Option<&'a str> {
    let category = get(record, "category")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !category.to_ascii_lowercase().starts_with("kube-audit") {
        return None;
    }
    path(record, &["properties", "log"])
        .or_else(|| get(record, "log_s"))
        .and_then(Value::as_str)
}

/// Reads an event.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let whole = record;
    let record: Cow<'_, Value<'_>> = match wrapped(record) {
        Some(text) => Cow::Owned(
            serde_json::from_str(text)
                .map_err(|error| Reject::field("properties.log", format!("not JSON: {error}")))?,
        ),
        None => Cow::Borrowed(record),
    };
    let record = record.as_ref();
    let at = time_of(
        [
            (
                "requestReceivedTimestamp",
                get(record, "requestReceivedTimestamp"),
            ),
            ("stageTimestamp", get(record, "stageTimestamp")),
            ("timestamp", get(record, "timestamp")),
            ("time", get(whole, "time")),
        ],
        "requestReceivedTimestamp",
        hints,
    )?;
    let stage = text(record, &["stage"]);
    let vendor = composed(&[text(record, &["auditID"]), stage.clone()]);
    let object = Object::of(record);
    let verb = text(record, &["verb"]).unwrap_or_else(|| "request".to_owned());
    let action = clean(format!("{verb} {}", object.kind()).trim());
    let mut event = Event::new(EventFormat::KubernetesAudit, action, at, id(record, vendor));
    let pending = stage.as_deref() == Some("RequestReceived");
    event.outcome = if pending {
        Outcome::Unknown
    } else {
        outcome(record)
    };
    event.kind = if pending {
        EventKind::Other
    } else {
        match code(record) {
            Some(401) => EventKind::AuthenticationFailure,
            Some(403) => EventKind::AuthorizationFailure,
            None if forbidden(record) => EventKind::AuthorizationFailure,
            _ => kind(&verb, &object.resource, &object.subresource),
        }
    };
    event.actor = text(record, &["user", "username"]);
    event.principal =
        text(record, &["impersonatedUser", "username"]).or_else(|| event.actor.clone());
    event.subject = event
        .principal
        .clone()
        .filter(|name| name.starts_with("system:serviceaccount:"));
    event.target = object.target().or_else(|| text(record, &["requestURI"]));
    event.source_ip = get(record, "sourceIPs")
        .and_then(Value::as_array)
        .and_then(|ips| ips.first())
        .and_then(crate::event::read::scalar);
    event.joins.agent = text(record, &["userAgent"]);
    event.joins.account = text(whole, &["resourceId"]);
    event.joins.session = extra(record, "authentication.kubernetes.io/credential-id");
    event.joins.permission =
        (!object.resource.is_empty()).then(|| format!("{}:{verb}", object.kind()));
    event.joins.actor_nature = nature(event.principal.as_deref());
    if event.is_change() {
        let space = object.namespace.as_deref();
        let told = ["requestObject", "responseObject"].map(|key| get(record, key));
        event.joins.changed = accounts(told.into_iter().flatten(), space);
    }
    Ok(event)
}

fn extra(record: &Value<'_>, key: &str) -> Option<String> {
    let values = path(record, &["user", "extra"])?.get(key)?;
    values
        .as_array()?
        .first()
        .and_then(crate::event::read::scalar)
}

fn code(record: &Value<'_>) -> Option<i64> {
    path(record, &["responseStatus", "code"]).and_then(Value::as_i64)
}

fn forbidden(record: &Value<'_>) -> bool {
    get(record, "annotations")
        .and_then(|notes| notes.get("authorization.k8s.io/decision"))
        .and_then(Value::as_str)
        == Some("forbid")
}

fn outcome(record: &Value<'_>) -> Outcome {
    if text(record, &["stage"]).as_deref() == Some("Panic") {
        return Outcome::Failure;
    }
    match code(record) {
        Some(code) if code >= 400 => Outcome::Failure,
        Some(code) if code > 0 => Outcome::Success,
        _ if forbidden(record)
            || text(record, &["responseStatus", "status"]).as_deref() == Some("Failure") =>
        {
            Outcome::Failure
        }
        _ if get(record, "annotations")
            .and_then(|notes| notes.get("authorization.k8s.io/decision"))
            .is_some() =>
        {
            Outcome::Success
        }
        _ => Outcome::Unknown,
    }
}

/// What the request was about.
struct Object {
    resource: String,
    subresource: String,
    namespace: Option<String>,
    name: Option<String>,
}

impl Object {
    fn of(record: &Value<'_>) -> Self {
        let at = |key: &str| text(record, &["objectRef", key]);
        Self {
            resource: at("resource").unwrap_or_default(),
            subresource: at("subresource").unwrap_or_default(),
            namespace: at("namespace"),
            // A creation has its name in the object only.
            name: at("name").or_else(|| text(record, &["requestObject", "metadata", "name"])),
        }
    }

    fn kind(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.clone()
        } else {
            format!("{}/{}", self.resource, self.subresource)
        }
    }

    /// `namespace/resource/name`, without what is absent.
    fn target(&self) -> Option<String> {
        if self.resource.is_empty() {
            return None;
        }
        let parts = [
            self.namespace.as_deref(),
            Some(self.resource.as_str()),
            self.name.as_deref(),
        ];
        Some(clean(
            &parts.into_iter().flatten().collect::<Vec<_>>().join("/"),
        ))
    }
}

/// Namespaces whose accounts belong to the cluster itself.
const SYSTEM: &[&str] = &[
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "gke-system",
    "gatekeeper-system",
];

/// Who a Kubernetes name is: an account of a workload, a part of the cluster, or a person.
pub(super) fn nature(name: Option<&str>) -> ActorNature {
    let Some(name) = name else {
        return ActorNature::Unknown;
    };
    if let Some(account) = name.strip_prefix("system:serviceaccount:") {
        let namespace = account.split(':').next().unwrap_or_default();
        return if SYSTEM.contains(&namespace) {
            ActorNature::Platform
        } else {
            ActorNature::Program
        };
    }
    if name == "system:anonymous" {
        ActorNature::Unknown
    } else if name.starts_with("system:") || name.starts_with("eks:") || name == "aksService" {
        ActorNature::Platform
    } else if name.contains('@') && !name.ends_with(".gserviceaccount.com") {
        ActorNature::Person
    } else {
        ActorNature::Unknown
    }
}
