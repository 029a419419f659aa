//! The feed's hash chain: what of an event is fixed for ever, and how one link holds the next.
//!
//! The identity an event resolved to is not part of it: that is Rollcall's judgement and may be corrected.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::ids::{EventId, SourceId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Event;
use crate::canonical;

/// Digest of one event: SHA-256 of the canonical JSON of its id, source, receipt, canonical fields and raw record.
pub fn digest(
    id: EventId,
    source: SourceId,
    received_at: DateTime<Utc>,
    event: &Event,
    raw: &Value,
) -> [u8; 32] {
    let whole = json!({
        "id": id,
        "source": source,
        "received_at": received_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "event": event,
        "raw": raw,
    });
    Sha256::digest(canonical::to_vec(&whole)).into()
}

/// Links an event to everything before it: SHA-256 of the previous hash, the position and the digest.
pub fn link(previous: &[u8; 32], position: i64, digest: &[u8; 32]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(previous);
    sha.update(position.to_be_bytes());
    sha.update(digest);
    sha.finalize().into()
}
