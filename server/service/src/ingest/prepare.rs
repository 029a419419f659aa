//! Reading a delivery: decompress, cut, tell the format, redact, normalise. No database.

use contract::events::EventFormat;
use domain::event::inflate::{Inflate, inflate};
use domain::event::normalize::accept;
use domain::event::{Event, redact, split};
use serde_json::Value;

/// What a delivery may weigh.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes after decompression.
    pub delivery: usize,
    /// Bytes of one record.
    pub record: usize,
    /// Characters of a rejected record that are kept.
    pub quarantined: usize,
}

impl Limits {
    /// For files somebody at the shell chose.
    pub fn of_files() -> Self {
        Self {
            delivery: 1 << 30,
            record: 25 << 20,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            delivery: 64 << 20,
            record: 1 << 20,
            quarantined: 4096,
        }
    }
}

/// A record ready to be kept.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// The canonical event.
    pub event: Event,
    /// The record, redacted.
    pub raw: Value,
}

/// A record that cannot be taken.
#[derive(Debug, Clone)]
pub(super) struct Reject {
    /// Zero-based place.
    pub index: usize,
    /// Why.
    pub reason: String,
    /// The record, redacted and cut.
    pub raw: String,
}

/// A delivery, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Records to keep, in order.
    pub records: Vec<Prepared>,
    /// Records to quarantine, in order.
    pub rejects: Vec<Reject>,
}

/// Reads a delivery.
///
/// # Errors
/// When it cannot be decompressed within its limit.
pub(super) fn read(
    body: &[u8],
    format: Option<EventFormat>,
    limits: &Limits,
) -> Result<Reading, Inflate> {
    let bytes = inflate(body, limits.delivery)?;
    let mut reading = Reading::default();
    for record in split::split(&bytes, limits.record) {
        let outcome = match record.parsed {
            Ok(value) => {
                accept(format, value).map_err(|(reject, raw)| (reject.to_string(), raw.to_string()))
            }
            Err(reason) => Err((
                reason,
                redact::redact_text(&lossy(record.bytes, limits.record)),
            )),
        };
        match outcome {
            Ok(accepted) => reading.records.push(Prepared {
                event: accepted.event,
                raw: accepted.raw,
            }),
            Err((reason, raw)) => {
                let raw = raw.chars().take(limits.quarantined).collect();
                reading.rejects.push(Reject {
                    index: record.index,
                    reason,
                    raw,
                });
            }
        }
    }
    Ok(reading)
}

fn lossy(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned()
}
