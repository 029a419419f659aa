//! AWS CloudTrail: S3 files, EventBridge `detail`, trimmed forwarder copies (`event-formats.md` §4).
//!
//! `readOnly` is never trusted: AssumeRoleWithWebIdentity mints credentials and calls itself read-only. Field names
//! are also found in lower case, as some forwarders send them.

mod actor;
mod calls;
mod kinds;
mod target;

use contract::events::{EventFormat, EventKind, Outcome};

use super::{Hints, Reject, id};
use crate::event::json::Value;
use crate::event::read::{self, get, path, text};
use crate::event::{Event, selectors};

/// Whether the record looks like a CloudTrail record, a wrapped one, or a digest file.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let looks = |record: &Value<'_>| {
        let has = |key: &str| get(record, key).is_some();
        has("eventSource") && has("eventName")
            || has("eventVersion") && (has("eventID") || has("userIdentity") || has("awsRegion"))
            || has("userIdentity") && has("eventName")
    };
    looks(record) || record.get("detail").is_some_and(looks) || is_digest(record)
}

fn is_digest(record: &Value<'_>) -> bool {
    record.get("digestS3Object").is_some() || record.get("previousDigestSignature").is_some()
}

/// Reads a record.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    if is_digest(record) {
        return Err(Reject::NotAnEvent(
            "a CloudTrail digest file, not events: send the log files beside it",
        ));
    }
    let whole = record;
    let record = record
        .get("detail")
        .filter(|detail| get(detail, "eventName").is_some())
        .unwrap_or(record);
    let action = text(record, &["eventName"]).ok_or(Reject::Missing("eventName"))?;
    // EventBridge repeats the time on the envelope.
    let times = [
        ("eventTime", get(record, "eventTime")),
        ("time", get(whole, "time")),
    ];
    let at = super::time_of(times, "eventTime", hints)?;
    let vendor = text(record, &["eventID"]);
    let mut event = Event::new(EventFormat::AwsCloudtrail, action, at, id(record, vendor));
    event.source_ip = text(record, &["sourceIPAddress"]);
    event.joins.agent = text(record, &["userAgent"]);
    event.joins.account = text(record, &["recipientAccountId"])
        .or_else(|| text(record, &["userIdentity", "accountId"]));
    event.joins.minted_key = text(record, &["responseElements", "credentials", "accessKeyId"]);
    event.joins.permission = text(record, &["eventSource"])
        .and_then(|source| source.strip_suffix(".amazonaws.com").map(str::to_owned))
        .map(|service| format!("{service}:{}", kinds::bare(&event.action)));
    actor::apply(record, &mut event);
    // The session an assumption opened, else the one that acts.
    event.joins.session =
        text(record, &["responseElements", "assumedRoleUser", "arn"]).or_else(|| {
            event
                .principal
                .clone()
                .filter(|principal| principal.contains(":assumed-role/"))
        });
    event.outcome = outcome(record);
    event.kind = kind(record, &event);
    event.role = taken_role(record).or(event.role);
    event.target = target::target(record, &event);
    event.environment = tag(record, "environment");
    event.repository = event
        .repository
        .take()
        .or_else(|| tag(record, "repository").filter(|name| name.contains('/')));
    event.run_id = tag(record, "run_id");
    event.commit = tag(record, "commit").or_else(|| tag(record, "sha"));
    event.git_ref = tag(record, "ref");
    event.joins.reason = error(record);
    event.joins.made_key = text(record, &["responseElements", "accessKey", "accessKeyId"]);
    event.joins.ticket = ticket(record);
    if event.kind == EventKind::CredentialChange {
        let key = text(record, &["requestParameters", "accessKeyId"]);
        event.joins.changed = key.into_iter().collect();
    }
    selectors::apply_subject(&mut event);
    Ok(event)
}

/// The ticket of a change: in the source identity the session was opened with, in a tag, or in a description.
fn ticket(record: &Value<'_>) -> Option<String> {
    let session = ["userIdentity", "sessionContext", "sourceIdentity"];
    text(record, &session)
        .as_deref()
        .and_then(read::ticket)
        .or_else(|| {
            ["ticket", "change"]
                .iter()
                .find_map(|name| tag(record, name))
        })
        .or_else(|| read::ticket(&text(record, &["requestParameters", "description"])?))
}

fn error(record: &Value<'_>) -> Option<String> {
    text(record, &["errorCode"])
}

fn outcome(record: &Value<'_>) -> Outcome {
    let failed = error(record).is_some()
        || text(record, &["errorMessage"]).is_some()
        || text(record, &["responseElements", "ConsoleLogin"])
            .is_some_and(|word| word == "Failure")
        || text(record, &["responseElements", "CheckMfa"]).is_some_and(|word| word == "Failure");
    if failed {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

fn kind(record: &Value<'_>, event: &Event) -> EventKind {
    let service = text(record, &["eventSource"]).unwrap_or_default();
    let service = service.strip_suffix(".amazonaws.com").unwrap_or(&service);
    let name = kinds::bare(&event.action);
    if event.outcome == Outcome::Failure {
        let code = error(record).unwrap_or_default();
        if kinds::is_sign_in(service, name)
            && (kinds::is_denial(&code)
                || kinds::is_bad_token(&code)
                || code.is_empty()
                || code == "Failed authentication")
        {
            return EventKind::AuthenticationFailure;
        }
        if kinds::is_bad_token(&code) {
            return EventKind::AuthenticationFailure;
        }
        if kinds::is_denial(&code) {
            return EventKind::AuthorizationFailure;
        }
    }
    if service == "ssm" && kinds::reads_parameters(name) {
        // Without decryption only the name and the ciphertext are seen. History and null parameters say nothing.
        let decrypts = path(record, &["requestParameters", "withDecryption"])
            .and_then(Value::as_bool)
            .unwrap_or(false);
        return if decrypts {
            EventKind::SecretAccess
        } else {
            EventKind::Other
        };
    }
    if service == "ssm" && name == "PutParameter" {
        let secure =
            text(record, &["requestParameters", "type"]).is_some_and(|kind| kind == "SecureString");
        return if secure {
            EventKind::CredentialChange
        } else {
            EventKind::ConfigurationChange
        };
    }
    kinds::kind(
        service,
        name,
        get(record, "readOnly").and_then(Value::as_bool),
    )
}

/// The role an assumption asks for.
fn taken_role(record: &Value<'_>) -> Option<String> {
    let name = text(record, &["eventName"])?;
    if !name.starts_with("AssumeRole") {
        return None;
    }
    text(record, &["requestParameters", "roleArn"])
        .or_else(|| {
            let resources = path(record, &["resources"])?.as_array()?;
            resources
                .iter()
                .find_map(|resource| text(resource, &["ARN"]).filter(|arn| arn.contains(":role/")))
        })
        .or_else(|| {
            let session = text(record, &["responseElements", "assumedRoleUser", "arn"])?;
            selectors::role_of_session(&session)
        })
        // A denial drops the parameters but names the role in its message.
        .or_else(|| {
            let message = text(record, &["errorMessage"])?;
            let role = message
                .rsplit(" on resource: ")
                .next()
                .filter(|role| role.starts_with("arn:"))?;
            Some(role.split_whitespace().next().unwrap_or(role).to_owned())
        })
}

/// A session tag the pipeline passed (`configure-aws-credentials` sends Repository, Commit, Branch, Actor…).
fn tag(record: &Value<'_>, name: &str) -> Option<String> {
    let tags = path(record, &["requestParameters", "principalTags"])
        .or_else(|| path(record, &["requestParameters", "tags"]))?;
    let same = |key: &str| {
        let folded: String = key
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        folded == name.replace('_', "") || folded == format!("github{}", name.replace('_', ""))
    };
    match tags {
        Value::Object(map) => map
            .iter()
            .find(|(key, _)| same(key))
            .and_then(|(_, value)| read::scalar(value)),
        Value::Array(list) => list.iter().find_map(|item| {
            text(item, &["key"]).filter(|key| same(key))?;
            text(item, &["value"])
        }),
        _ => None,
    }
}
