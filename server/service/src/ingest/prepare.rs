//! Reading a delivery: decompress, cut, tell the format, redact, normalise. No database.

use chrono::{DateTime, Utc};
use contract::events::EventFormat;
use contract::ids::{EventId, SourceId};
use domain::event::inflate::{Inflate, inflate};
use domain::event::normalize::{Hints, accept_with};
use domain::event::split::{self, Record};
use domain::event::{Event, chain, redact};

use super::Sent;

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
            record: 25 << 20,
            quarantined: 64 << 10,
        }
    }
}

/// A record ready to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    /// The canonical event. Boxed: it is a kilobyte, and is handed on several times.
    pub event: Box<Event>,
    /// The record, redacted, as JSON text on one line; to the letter where nothing was redacted.
    pub raw: String,
    /// What joins it to others, as it is kept.
    pub joins: String,
}

/// A record that cannot be taken.
#[derive(Debug, Clone)]
pub(crate) struct Reject {
    /// Zero-based place.
    pub index: usize,
    /// Why.
    pub reason: String,
    /// The record, redacted and cut.
    pub raw: String,
}

/// A delivery, read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
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
    sent: &Sent,
    received_at: DateTime<Utc>,
) -> Result<Reading, Inflate> {
    let bytes = inflate(body, limits.delivery)?;
    // A record without a time of its own (some webhooks) happened when it came.
    let hints = Hints {
        received_at: Some(received_at),
        delivery_id: sent.delivery_id.as_deref(),
        event_name: sent.event_name.as_deref(),
        ..Hints::default()
    };
    let mut reading = Reading::default();
    split::split(&bytes, limits.record)
        .for_each(|record| reading.take(record, format, limits, &hints));
    Ok(reading)
}

impl Reading {
    /// Whether there is something in it and nothing was refused.
    pub(crate) fn is_whole(&self) -> bool {
        self.rejects.is_empty() && !self.records.is_empty()
    }

    /// Takes over what another reading brought.
    pub(crate) fn join(&mut self, other: Self) {
        self.records.extend(other.records);
        self.rejects.extend(other.rejects);
    }

    fn take(
        &mut self,
        record: Record<'_>,
        format: Option<EventFormat>,
        limits: &Limits,
        hints: &Hints<'_>,
    ) {
        // One delivery is one event, as webhooks are; further ones are told apart by their place.
        let place = hints
            .delivery_id
            .filter(|_| record.index > 0)
            .map(|id| format!("{id}#{}", record.index));
        let hints = &Hints {
            delivery_id: place.as_deref().or(hints.delivery_id),
            ..*hints
        };
        let outcome = match record.parsed {
            Ok(value) => accept_with(format, value, hints)
                .map_err(|(reject, raw)| (reject.to_string(), raw.to_string())),
            Err(reason) => Err((
                reason,
                redact::redact_text(&lossy(record.bytes, limits.record)),
            )),
        };
        match outcome {
            Ok(accepted) => self.records.push(Prepared {
                raw: accepted.text(record.text).into_owned(),
                joins: accepted.event.joins.kept(),
                event: Box::new(accepted.event),
            }),
            Err((reason, raw)) => self.rejects.push(Reject {
                index: record.index,
                reason,
                raw: raw.chars().take(limits.quarantined).collect(),
            }),
        }
    }
}

fn lossy(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned()
}

/// Digests of the records at these places, whose events have these ids, for the feed's chain.
pub(super) fn digests(
    reading: &Reading,
    places: &[usize],
    ids: &[EventId],
    source: SourceId,
    now: DateTime<Utc>,
) -> Vec<[u8; 32]> {
    places
        .iter()
        .map(|place| &reading.records[*place])
        .zip(ids)
        .map(|(record, id)| chain::digest(*id, source, now, &record.event, &record.raw))
        .collect()
}
