//! HashiCorp Vault and OpenBao audit device (`event-formats.md` §7).
//!
//! Two lines per request with one `request.id`: the **response** is the fact (it has the outcome and, for a login,
//! the new `auth`); the request line is kept as `other` so that nothing is counted twice. A JWT login's token and
//! role are hashed: the plain identity stands only in the response's `auth.metadata` and `auth.display_name`.

use std::borrow::Cow;

use contract::events::{EventFormat, EventKind, Outcome};

use super::verbs::has;
use super::{Hints, Reject, composed, first_time, id};
use crate::event::json::Value;
use crate::event::read::{clean, path, text};
use crate::event::redact::REDACTED;
use crate::event::{ActorNature, Event, selectors, subject};

/// Whether the record looks like a line of an audit device.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let Some(request) = record.get("request").filter(|found| found.is_object()) else {
        return false;
    };
    let kind = record
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    kind.ends_with("request")
        || kind.ends_with("response")
        || request.get("operation").is_some() && request.get("path").is_some()
}

/// Reads a line.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let at = first_time(record, &["time"], hints)?;
    let kind = text(record, &["type"]).unwrap_or_else(|| "response".to_owned());
    let operation = text(record, &["request", "operation"]).unwrap_or_else(|| kind.clone());
    let request_path = text(record, &["request", "path"]).unwrap_or_default();
    let action = clean(format!("{operation} {request_path}").trim());
    let vendor = composed(&[text(record, &["request", "id"]), Some(kind.clone())]);
    let mut event = Event::new(EventFormat::VaultAudit, action, at, id(record, vendor));
    let answered = !kind.ends_with("request");
    event.source_ip = text(record, &["request", "remote_address"]);
    event.outcome = outcome(record, answered);
    who(record, &mut event);
    let call = Call::new(record, &operation, &request_path);
    event.kind = match (answered, event.outcome) {
        (false, _) => EventKind::Other,
        (true, Outcome::Failure) => call.refused(record),
        (true, _) => call.kind(),
    };
    event.role = metadata(record, "role").or_else(|| metadata(record, "role_name"));
    event.target = call.target();
    if call.login {
        event.target = event.role.clone().or(event.target);
        event.joins.minted_key.clone_from(&event.joins.session);
    }
    selectors::apply_subject(&mut event);
    event.joins.actor_nature = nature(record, &event);
    Ok(event)
}

/// What was asked of Vault.
struct Call<'a> {
    operation: &'a str,
    path: &'a str,
    mount: String,
    mount_type: String,
    login: bool,
}

impl<'a> Call<'a> {
    fn new(record: &Value<'_>, operation: &'a str, path: &'a str) -> Self {
        let request = |key: &str| text(record, &["request", key]).unwrap_or_default();
        let mount_type = text(record, &["response", "mount_type"])
            .filter(|_| request("mount_type").is_empty())
            .unwrap_or_else(|| request("mount_type"));
        let writes = matches!(operation, "update" | "create" | "alias-lookahead");
        let login = path.starts_with("auth/")
            && !path.starts_with("auth/token/")
            && writes
            && (path.ends_with("/login")
                || path.contains("/login/")
                || path.ends_with("/oidc/callback"));
        Self {
            operation,
            path,
            mount: request("mount_point"),
            mount_type,
            login,
        }
    }

    fn reads(&self) -> bool {
        matches!(self.operation, "read" | "list" | "update" | "create")
    }

    /// The path inside a version 2 key-value store, without its `data/`.
    fn secret(&self) -> Option<String> {
        let mount = if self.mount.is_empty() {
            self.path
                .split_once('/')
                .map_or("", |(head, _)| &self.path[..=head.len()])
        } else {
            self.mount.as_str()
        };
        let rest = self.path.strip_prefix(mount)?;
        let kv = matches!(
            self.mount_type.as_str(),
            "kv" | "generic" | "cubbyhole" | ""
        ) && !matches!(mount, "sys/" | "auth/" | "identity/");
        let inner = [
            "data/",
            "metadata/",
            "delete/",
            "undelete/",
            "destroy/",
            "subkeys/",
        ]
        .iter()
        .find_map(|head| rest.strip_prefix(head));
        match inner {
            Some(inner) if kv => Some(format!("{mount}{inner}")),
            _ if self.mount_type == "kv" || self.mount_type == "generic" => {
                Some(self.path.to_owned())
            }
            _ => None,
        }
    }

    /// Paths that hand out a credential made for the asker, or open what was sealed.
    fn dynamic(&self) -> bool {
        has(
            self.path,
            &[
                "/creds/",
                "/issue/",
                "/sign/",
                "/sts/",
                "/static-cred/",
                "/static-creds/",
                "/decrypt/",
                "/token/",
            ],
        ) && !self.path.starts_with("auth/")
            && !self.path.starts_with("sys/")
            && !self.path.starts_with("identity/")
    }

    fn kind(&self) -> EventKind {
        let writes = matches!(self.operation, "update" | "create" | "delete" | "patch");
        if self.login {
            return EventKind::CredentialAssumption;
        }
        if self.path.starts_with("auth/token/") {
            let looks = has(self.path, &["lookup", "accessors", "roles"]);
            return if writes && !looks {
                EventKind::CredentialChange
            } else {
                EventKind::Other
            };
        }
        if self.dynamic() && self.reads() {
            return EventKind::SecretAccess;
        }
        if self.secret().is_some() && !self.path.contains("/config") {
            return match self.operation {
                "read" if self.path.contains("/metadata/") => EventKind::Other,
                "read" => EventKind::SecretAccess,
                _ if writes => EventKind::CredentialChange,
                _ => EventKind::Other,
            };
        }
        if !writes {
            return EventKind::Other;
        }
        if self.path.starts_with("auth/")
            || self.path.starts_with("sys/auth")
            || self.path.starts_with("identity/oidc")
        {
            return EventKind::TrustChange;
        }
        if self.path.starts_with("sys/policies")
            || self.path.starts_with("sys/policy")
            || self.path.starts_with("identity/")
        {
            return EventKind::PermissionChange;
        }
        if has(
            self.path,
            &[
                "/rotate",
                "/roles/",
                "/role/",
                "/keys",
                "sys/leases",
                "sys/revoke",
                "sys/rekey",
                "sys/generate-root",
                "/root/",
            ],
        ) {
            return EventKind::CredentialChange;
        }
        if has(
            self.path,
            &[
                "lookup",
                "sys/capabilities",
                "sys/wrapping",
                "sys/internal",
                "sys/tools",
                "/verify",
                "/hmac",
                "/encrypt",
                "/hash",
            ],
        ) {
            return EventKind::Other;
        }
        EventKind::ConfigurationChange
    }

    fn refused(&self, record: &Value<'_>) -> EventKind {
        if self.login {
            return EventKind::AuthenticationFailure;
        }
        let said = text(record, &["error"]).unwrap_or_default();
        if has(&said, &["permission denied"]) {
            EventKind::AuthorizationFailure
        } else if has(
            &said,
            &["invalid token", "bad token", "missing client token"],
        ) {
            EventKind::AuthenticationFailure
        } else {
            self.kind()
        }
    }

    fn target(&self) -> Option<String> {
        self.secret()
            .or_else(|| (!self.path.is_empty()).then(|| self.path.to_owned()))
    }
}

/// An error is a failure; an answer without one a success; a request alone says nothing yet.
fn outcome(record: &Value<'_>, answered: bool) -> Outcome {
    let allowed = path(record, &["auth", "policy_results", "allowed"]).and_then(Value::as_bool);
    if text(record, &["error"]).is_some() || allowed == Some(false) {
        Outcome::Failure
    } else if answered {
        Outcome::Success
    } else {
        Outcome::Unknown
    }
}

/// A fact about who asked: of the answer's own `auth` (the login), else of the token presented.
fn auth(record: &Value<'_>, key: &str) -> Option<String> {
    text(record, &["response", "auth", key]).or_else(|| text(record, &["auth", key]))
}

fn metadata(record: &Value<'_>, key: &str) -> Option<String> {
    text(record, &["response", "auth", "metadata", key])
        .or_else(|| text(record, &["auth", "metadata", key]))
        .filter(|value| !value.starts_with("hmac-sha256:"))
}

fn who(record: &Value<'_>, event: &mut Event) {
    let name = auth(record, "display_name");
    event.principal = auth(record, "entity_id").or_else(|| name.clone());
    event.joins.session = auth(record, "accessor");
    event.joins.account = text(record, &["request", "namespace", "path"])
        .or_else(|| text(record, &["request", "namespace", "id"]));
    event.repository = metadata(record, "repository")
        .or_else(|| metadata(record, "project_path"))
        .filter(|name| name.contains('/'));
    event.git_ref = metadata(record, "ref");
    event.commit = metadata(record, "sha").or_else(|| metadata(record, "commit"));
    event.environment = metadata(record, "environment");
    event.run_id = metadata(record, "run_id").or_else(|| metadata(record, "pipeline_id"));
    event.joins.workflow =
        metadata(record, "job_workflow_ref").or_else(|| metadata(record, "workflow"));
    event.subject = metadata(record, "sub")
        .or_else(|| metadata(record, "subject"))
        .or_else(|| {
            // `<mount>-<value of user_claim>`; only what reads as a subject is taken for one.
            let (_, claim) = name.as_deref()?.split_once('-')?;
            subject::issuer_of(claim)
                .map(|_| claim.to_owned())
                .or_else(|| {
                    let named = ["system:serviceaccount:", "project_path:"];
                    named
                        .iter()
                        .any(|head| claim.starts_with(head))
                        .then(|| claim.to_owned())
                })
        })
        .or_else(|| {
            // Kubernetes logins say the account in parts.
            let namespace = metadata(record, "service_account_namespace")?;
            let account = metadata(record, "service_account_name")?;
            Some(format!("system:serviceaccount:{namespace}:{account}"))
        });
    event.issuer = metadata(record, "iss")
        .or_else(|| subject::issuer_of(event.subject.as_deref()?).map(str::to_owned));
    event.actor = name.or_else(|| event.principal.clone());
}

fn nature(record: &Value<'_>, event: &Event) -> ActorNature {
    let mount = text(record, &["request", "mount_type"]).unwrap_or_default();
    let name = event.actor.as_deref().unwrap_or_default();
    if event.subject.is_some() || event.repository.is_some() {
        ActorNature::Pipeline
    } else if name == "root"
        || has(&mount, &["userpass", "ldap", "github", "okta"]) && event.role.is_none()
    {
        ActorNature::Person
    } else if ["approle", "kubernetes", "aws", "azure", "gcp", "cert"]
        .iter()
        .any(|kind| name.starts_with(kind) || mount == *kind)
    {
        ActorNature::Program
    } else {
        ActorNature::Unknown
    }
}

/// Takes out what a device with `log_raw` prints in clear: the data of secrets read or written. Hashed values stay;
/// numbers and booleans are never hashed by Vault, so they go.
pub(super) fn redact(record: &mut Value<'_>) -> usize {
    let operation = text(record, &["request", "operation"]).unwrap_or_default();
    let request_path = text(record, &["request", "path"]).unwrap_or_default();
    let call = Call::new(record, &operation, &request_path);
    if !matches!(
        call.kind(),
        EventKind::SecretAccess | EventKind::CredentialChange
    ) || request_path.starts_with("auth/token/")
    {
        return 0;
    }
    let mut count = 0;
    for side in ["request", "response"] {
        let data = record.all_mut(side).flat_map(|side| side.all_mut("data"));
        count += data.map(values).sum::<usize>();
    }
    count
}

/// Keys of a version 2 answer that describe the secret rather than being it.
const ABOUT: &[&str] = &[
    "metadata",
    "version",
    "versions",
    "options",
    "keys",
    "lease_id",
    "created_time",
];

fn values(value: &mut Value<'_>) -> usize {
    match value {
        Value::Object(map) => map
            .iter_mut()
            .filter(|(key, _)| !ABOUT.contains(&key.as_ref()))
            .map(|(_, value)| values(value))
            .sum(),
        Value::Array(items) => items.iter_mut().map(values).sum(),
        Value::String(text)
            if text.starts_with("hmac-sha256:") || text.is_empty() || text == REDACTED =>
        {
            0
        }
        Value::String(_) | Value::Number(_) => {
            *value = Value::String(Cow::Borrowed(REDACTED));
            1
        }
        Value::Null | Value::Bool(_) => 0,
    }
}
