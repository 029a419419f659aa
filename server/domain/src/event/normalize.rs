//! The registry of source formats: which record is whose, and the reading of each.
//!
//! One file per format. To add one: its file here, its word in `contract::events::EventFormat`, one line in
//! `READERS`.

mod aws_cloudtrail;
mod azure_activity;
mod azure_devops_audit;
mod entra;
mod gcp_audit;
mod github_audit;
mod github_webhook;
mod gitlab_audit;
mod gitlab_webhook;
mod kubernetes_audit;
mod okta_system_log;
mod rollcall;
mod vault_audit;
mod verbs;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use contract::events::{EventFormat, IdKind, Outcome};
use memchr::memchr2;

use super::json::Value;
use super::read::{self, BadTime};
use super::{Event, Joins, redact};
use crate::canonical;

/// A record that cannot become an event, and why. Names the field at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// No known format has records like this.
    #[error("not recognised as any known format")]
    UnknownFormat,
    /// A field is absent that every event must have.
    #[error("{0}: missing")]
    Missing(&'static str),
    /// A field is there and wrong.
    #[error("{field}: {problem}")]
    Field {
        /// The field as the vendor spells it.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A record of the right vendor that is not an event.
    #[error("{0}")]
    NotAnEvent(&'static str),
}

impl Reject {
    fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field {
            field,
            problem: problem.into(),
        }
    }

    fn time(field: &'static str, bad: BadTime) -> Self {
        Self::field(
            field,
            match bad {
                BadTime::Unreadable => {
                    "not a time; use RFC 3339 (2026-01-31T09:30:00Z) or epoch milliseconds"
                }
                BadTime::OutOfRange => "not between the years 2000 and 2100",
            },
        )
    }
}

/// What the delivery says about a record beside the record itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// When it reached us. Stands in for a time the record does not have (a ping, a membership webhook).
    pub received_at: Option<DateTime<Utc>>,
    /// Age of the file it was read from: a last resort where nothing better is known.
    pub file_time: Option<DateTime<Utc>>,
    /// The vendor's id of the delivery (`X-GitHub-Delivery`, `X-Gitlab-Event-UUID`).
    pub delivery_id: Option<&'a str>,
    /// The vendor's name of the event (`X-GitHub-Event`): a webhook body does not say it.
    pub event_name: Option<&'a str>,
}

/// How one format is told and read.
struct Reader {
    format: EventFormat,
    detect: fn(&Value<'_>) -> bool,
    read: fn(&Value<'_>, &Hints<'_>) -> Result<Event, Reject>,
}

/// Every format, in the order they are tried: peculiar names first. Rollcall's own comes last.
const READERS: &[Reader] = &[
    Reader {
        format: EventFormat::AwsCloudtrail,
        detect: aws_cloudtrail::detect,
        read: aws_cloudtrail::read,
    },
    Reader {
        format: EventFormat::KubernetesAudit,
        detect: kubernetes_audit::detect,
        read: kubernetes_audit::read,
    },
    Reader {
        format: EventFormat::GcpAudit,
        detect: gcp_audit::detect,
        read: gcp_audit::read,
    },
    Reader {
        format: EventFormat::VaultAudit,
        detect: vault_audit::detect,
        read: vault_audit::read,
    },
    Reader {
        format: EventFormat::OktaSystemLog,
        detect: okta_system_log::detect,
        read: okta_system_log::read,
    },
    Reader {
        format: EventFormat::AzureDevopsAudit,
        detect: azure_devops_audit::detect,
        read: azure_devops_audit::read,
    },
    Reader {
        format: EventFormat::GitlabWebhook,
        detect: gitlab_webhook::detect,
        read: gitlab_webhook::read,
    },
    Reader {
        format: EventFormat::GithubWebhook,
        detect: github_webhook::detect,
        read: github_webhook::read,
    },
    Reader {
        format: EventFormat::GithubAudit,
        detect: github_audit::detect,
        read: github_audit::read,
    },
    Reader {
        format: EventFormat::GitlabAudit,
        detect: gitlab_audit::detect,
        read: gitlab_audit::read,
    },
    Reader {
        format: EventFormat::Entra,
        detect: entra::detect,
        read: entra::read,
    },
    Reader {
        format: EventFormat::AzureActivity,
        detect: azure_activity::detect,
        read: azure_activity::read,
    },
    Reader {
        format: EventFormat::Rollcall,
        detect: rollcall::detect,
        read: rollcall::read,
    },
];

/// Tells a record's format from its content.
pub fn detect(record: &Value<'_>) -> Option<EventFormat> {
    READERS
        .iter()
        .find(|reader| (reader.detect)(record))
        .map(|reader| reader.format)
}

/// Reads a record of a known format.
///
/// # Errors
/// When the record is not an event of that format, naming the field at fault.
pub fn normalize(
    format: EventFormat,
    record: &Value<'_>,
    hints: &Hints<'_>,
) -> Result<Event, Reject> {
    let reader = READERS
        .iter()
        .find(|reader| reader.format == format)
        .ok_or(Reject::UnknownFormat)?;
    (reader.read)(record, hints)
}

/// A record taken in: the event, and the record as it may be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted<'a> {
    /// The canonical event, free of secrets.
    pub event: Event,
    /// The record, redacted.
    pub raw: Value<'a>,
    /// Whether nothing had to be replaced in it.
    pub untouched: bool,
}

impl Accepted<'_> {
    /// The record as it may be kept, as JSON text on one line.
    ///
    /// `received` is the record's own text ([`super::split::Record::text`]). Where nothing had to be replaced in it and
    /// it is one line, it is kept to the letter: white space, the digits of numbers, escapes. Otherwise the record is
    /// printed: keys in the order received, no white space.
    ///
    /// # Panics
    /// Never: a JSON value is JSON.
    pub fn text<'t>(&self, received: Option<&'t str>) -> Cow<'t, str> {
        let is_line = |text: &&str| memchr2(b'\n', b'\r', text.as_bytes()).is_none();
        match received.filter(|_| self.untouched).filter(is_line) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(serde_json::to_string(&self.raw).expect("a JSON value is JSON")),
        }
    }
}

/// Takes a record in, knowing nothing but the record: [`accept_with`] without hints.
///
/// # Errors
/// The reason, with the redacted record for the quarantine.
pub fn accept(
    format: Option<EventFormat>,
    record: Value<'_>,
) -> Result<Accepted<'_>, (Reject, Value<'_>)> {
    accept_with(format, record, &Hints::default())
}

/// Takes a record in: tells its format when none is named, derives its id from the record *as received*, redacts,
/// then normalises, so that no secret can reach a canonical field.
///
/// # Errors
/// The reason, with the redacted record for the quarantine.
pub fn accept_with<'a>(
    format: Option<EventFormat>,
    mut record: Value<'a>,
    hints: &Hints<'_>,
) -> Result<Accepted<'a>, (Reject, Value<'a>)> {
    let Some(format) = format.or_else(|| detect(&record)) else {
        redact::redact(&mut record);
        return Err((Reject::UnknownFormat, record));
    };
    let as_received = normalize(format, &record, hints);
    let mut redacted = redact::redact(&mut record);
    if format == EventFormat::VaultAudit {
        redacted += vault_audit::redact(&mut record);
    }
    // Most records hold no secret: what was read stands.
    let read = match as_received {
        Ok(event) if redacted == 0 => Ok(event),
        Ok(event) => normalize(format, &record, hints).map(|mut clean| {
            // A vendor's id is read from the clean record: it may stand where a secret stood.
            if event.id_kind == IdKind::Derived {
                clean.vendor_id = event.vendor_id;
            }
            clean
        }),
        Err(reject) => Err(reject),
    };
    match read {
        Ok(event) => Ok(Accepted {
            event,
            raw: record,
            untouched: redacted == 0,
        }),
        Err(reject) => Err((reject, record)),
    }
}

/// Reads a kept record again for what joins it to others; nothing where it can no longer be read.
///
/// The canonical fields of a kept event stay as they were taken in; these facts are kept nowhere but in the record.
pub fn joins(format: EventFormat, raw: &str, received_at: DateTime<Utc>) -> Joins {
    let hints = Hints {
        received_at: Some(received_at),
        ..Hints::default()
    };
    serde_json::from_str(raw)
        .ok()
        .and_then(|record: Value<'_>| normalize(format, &record, &hints).ok())
        .map(|event| event.joins)
        .unwrap_or_default()
}

/// The vendor's id, or one derived from the whole record.
fn id(record: &Value<'_>, vendor: Option<String>) -> (IdKind, String) {
    match vendor {
        Some(id) => (IdKind::Vendor, id),
        None => (IdKind::Derived, canonical::hash_record(record)),
    }
}

/// An id of several parts, as the vendor's contract makes it unique; `None` when the first part is absent.
fn composed(parts: &[Option<String>]) -> Option<String> {
    parts.first()?.as_ref()?;
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    Some(read::clean(&parts.join("|")))
}

/// The first of several fields that holds a readable time; the receipt where the record has none of them.
fn first_time(
    record: &Value<'_>,
    fields: &[&'static str],
    hints: &Hints<'_>,
) -> Result<DateTime<Utc>, Reject> {
    let found = fields
        .iter()
        .map(|field| (*field, read::any_case(record, field)));
    time_of(found, fields[0], hints)
}

/// The first readable of several times, named; the receipt where there is none.
fn time_of<'a>(
    found: impl IntoIterator<Item = (&'static str, Option<&'a Value<'a>>)>,
    wanted: &'static str,
    hints: &Hints<'_>,
) -> Result<DateTime<Utc>, Reject> {
    let mut bad = None;
    for (field, value) in found {
        match value.filter(|value| !value.is_null()).map(read::time) {
            Some(Ok(time)) => return Ok(time),
            Some(Err(problem)) => bad = bad.or(Some(Reject::time(field, problem))),
            None => {}
        }
    }
    match bad {
        Some(bad) => Err(bad),
        None => hints
            .received_at
            .or(hints.file_time)
            .ok_or(Reject::Missing(wanted)),
    }
}

/// How a run or job ended, in the words GitHub and GitLab use.
fn conclusion(word: &str) -> Outcome {
    match word {
        "success" | "succeeded" | "passed" => Outcome::Success,
        "failure" | "failed" | "error" | "timed_out" | "startup_failure" | "action_required" => {
            Outcome::Failure
        }
        // Cancelled, skipped, neutral, stale, still running: neither.
        _ => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests;
