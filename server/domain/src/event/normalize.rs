//! The registry of source formats: which record is whose, and the reading of each.
//!
//! One file per format. To add one: its file here, its word in `contract::events::EventFormat`, one line in
//! `READERS`.

mod aws_cloudtrail;
mod github_audit;
mod rollcall;

use contract::events::{EventFormat, IdKind};
use serde_json::Value;

use super::read::{self, BadTime};
use super::{Event, redact};
use crate::canonical;

/// A record that cannot become an event, and why. Names the field at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// No known format has records like this.
    #[error("not recognised as any known format (GitHub audit log, AWS CloudTrail, Rollcall JSON)")]
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

/// How one format is told and read.
struct Reader {
    format: EventFormat,
    detect: fn(&Value) -> bool,
    read: fn(&Value) -> Result<Event, Reject>,
}

/// Every format, in the order they are tried. Rollcall's own comes last: its names are the least peculiar.
const READERS: &[Reader] = &[
    Reader {
        format: EventFormat::AwsCloudtrail,
        detect: aws_cloudtrail::detect,
        read: aws_cloudtrail::read,
    },
    Reader {
        format: EventFormat::GithubAudit,
        detect: github_audit::detect,
        read: github_audit::read,
    },
    Reader {
        format: EventFormat::Rollcall,
        detect: rollcall::detect,
        read: rollcall::read,
    },
];

/// Tells a record's format from its content.
pub fn detect(record: &Value) -> Option<EventFormat> {
    READERS
        .iter()
        .find(|reader| (reader.detect)(record))
        .map(|reader| reader.format)
}

/// Reads a record of a known format.
///
/// # Errors
/// When the record is not an event of that format, naming the field at fault.
pub fn normalize(format: EventFormat, record: &Value) -> Result<Event, Reject> {
    let reader = READERS
        .iter()
        .find(|reader| reader.format == format)
        .ok_or(Reject::UnknownFormat)?;
    (reader.read)(record)
}

/// A record taken in: the event, and the record as it may be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The canonical event, free of secrets.
    pub event: Event,
    /// The record, redacted.
    pub raw: Value,
}

/// Takes a record in: tells its format when none is named, derives its id from the record *as received*, redacts,
/// then normalises, so that no secret can reach a canonical field.
///
/// # Errors
/// The reason, with the redacted record for the quarantine.
pub fn accept(format: Option<EventFormat>, mut record: Value) -> Result<Accepted, (Reject, Value)> {
    let Some(format) = format.or_else(|| detect(&record)) else {
        redact::redact(&mut record);
        return Err((Reject::UnknownFormat, record));
    };
    let as_received = normalize(format, &record)
        .ok()
        .map(|event| (event.id_kind, event.vendor_id));
    redact::redact(&mut record);
    match normalize(format, &record) {
        Ok(mut event) => {
            if let Some((kind, id)) = as_received
                && kind == IdKind::Derived
            {
                event.vendor_id = id;
            }
            Ok(Accepted { event, raw: record })
        }
        Err(reject) => Err((reject, record)),
    }
}

/// The vendor's id, or one derived from the whole record.
fn id(record: &Value, vendor: Option<String>) -> (IdKind, String) {
    match vendor {
        Some(id) => (IdKind::Vendor, id),
        None => (IdKind::Derived, canonical::hash(record)),
    }
}

/// The first of several fields that holds a readable time.
fn first_time(
    record: &Value,
    fields: &[&'static str],
) -> Result<chrono::DateTime<chrono::Utc>, Reject> {
    let mut bad = None;
    for field in fields {
        match read::get(record, field).map(read::time) {
            Some(Ok(time)) => return Ok(time),
            Some(Err(problem)) => bad = bad.or(Some(Reject::time(field, problem))),
            None => {}
        }
    }
    Err(bad.unwrap_or(Reject::Missing(fields[0])))
}

#[cfg(test)]
mod tests;
