//! The feed's hash chain: what of an event is fixed for ever, and how one link holds the next.
//!
//! The identity an event resolved to is not part of it: that is Rollcall's judgement and may be corrected.

pub mod walk;

use chrono::{DateTime, SecondsFormat, Utc};
use contract::events::{EventFormat, EventKind, IdKind, Outcome};
use contract::ids::{EventId, SourceId};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Event, read};

/// Bytes of a digest.
pub const DIGEST: usize = 32;

/// What of an event is hashed beside its record. Members stand in the order of their names, so that written plainly
/// it is canonical JSON.
#[derive(Serialize)]
struct Fixed<'a> {
    event: Fields<'a>,
    id: EventId,
    received_at: String,
    source: SourceId,
}

/// The canonical fields, in the order of their names; absent ones are left out.
#[derive(Serialize)]
struct Fields<'a> {
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    format: EventFormat,
    id_kind: IdKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    kind: EventKind,
    #[serde(serialize_with = "read::serialize_time")]
    occurred_at: &'a DateTime<Utc>,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    git_ref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    vendor_id: &'a str,
}

impl<'a> Fields<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            action: &event.action,
            actor: event.actor.as_deref(),
            commit: event.commit.as_deref(),
            environment: event.environment.as_deref(),
            format: event.format,
            id_kind: event.id_kind,
            issuer: event.issuer.as_deref(),
            kind: event.kind,
            occurred_at: &event.occurred_at,
            outcome: event.outcome,
            principal: event.principal.as_deref(),
            git_ref: event.git_ref.as_deref(),
            repository: event.repository.as_deref(),
            role: event.role.as_deref(),
            run_id: event.run_id.as_deref(),
            source_ip: event.source_ip.as_deref(),
            subject: event.subject.as_deref(),
            target: event.target.as_deref(),
            vendor_id: &event.vendor_id,
        }
    }
}

/// Digest of one event: SHA-256 of `{"event":…,"id":…,"received_at":…,"source":…}` as canonical JSON, a line feed, and
/// the redacted record exactly as it is kept.
///
/// # Panics
/// Never: words, ids and times are JSON.
pub fn digest(
    id: EventId,
    source: SourceId,
    received_at: DateTime<Utc>,
    event: &Event,
    raw: &str,
) -> [u8; 32] {
    let fixed = Fixed {
        event: Fields::of(event),
        id,
        received_at: received_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        source,
    };
    let mut text = Vec::with_capacity(1024);
    serde_json::to_writer(&mut text, &fixed).expect("words, ids and times are JSON");
    let mut sha = Sha256::new();
    sha.update(text);
    sha.update(b"\n");
    sha.update(raw);
    sha.finalize().into()
}

/// Links an event to everything before it: SHA-256 of the previous hash, the position and the digest.
pub fn link(previous: &[u8; 32], position: i64, digest: &[u8; 32]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(previous);
    sha.update(position.to_be_bytes());
    sha.update(digest);
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::canonical;

    fn event() -> Event {
        let at = DateTime::from_timestamp(1_700_000_000, 120_000_000).expect("valid time");
        let id = (IdKind::Vendor, "é".into());
        let mut event = Event::new(EventFormat::Rollcall, "de\"ploy".into(), at, id);
        for (place, field) in [
            &mut event.actor,
            &mut event.issuer,
            &mut event.subject,
            &mut event.principal,
            &mut event.role,
            &mut event.repository,
            &mut event.git_ref,
            &mut event.commit,
            &mut event.run_id,
            &mut event.environment,
            &mut event.target,
            &mut event.source_ip,
        ]
        .into_iter()
        .enumerate()
        {
            *field = Some(format!("text {place}"));
        }
        event
    }

    fn expected(event: &Event, raw: &str) -> [u8; 32] {
        let whole = json!({
            "source": SourceId(Uuid::from_u128(2)), "id": EventId(Uuid::from_u128(1)), "event": event,
            "received_at": "2023-11-14T22:13:20.120000Z",
        });
        let mut bytes = canonical::to_vec(&whole);
        bytes.push(b'\n');
        bytes.extend_from_slice(raw.as_bytes());
        Sha256::digest(bytes).into()
    }

    #[test]
    fn the_digest_covers_every_canonical_field_and_the_record() {
        let ids = (EventId(Uuid::from_u128(1)), SourceId(Uuid::from_u128(2)));
        let whole = event();
        let at = whole.occurred_at;
        let raw = r#"{"b":1.50,"a":2}"#;
        assert_eq!(digest(ids.0, ids.1, at, &whole, raw), expected(&whole, raw));
        let mut bare = event();
        bare.actor = None;
        bare.git_ref = None;
        assert_eq!(digest(ids.0, ids.1, at, &bare, raw), expected(&bare, raw));
        assert_ne!(
            digest(ids.0, ids.1, at, &bare, raw),
            digest(ids.0, ids.1, at, &bare, r#"{"b":1.5,"a":2}"#)
        );
    }
}
