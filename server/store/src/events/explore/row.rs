//! A stored event, read whole.

use chrono::{DateTime, Utc};
use contract::events::EventFormat;
use contract::ids::{EventId, IdentityId, SourceId};
use domain::event::{Event, Joins, normalize};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::Result;

/// Columns of [`Stored`], but for one of [`BARE`], [`RECORD`] and [`JOINED`].
pub(super) const COLUMNS: &str = "e.id, e.source_id, e.received_at, e.occurred_at, e.kind, e.outcome, e.action, e.format, e.vendor_id,
    e.id_kind, e.actor, e.issuer, e.subject, e.principal, e.role, e.repository, e.git_ref, e.commit, e.run_id,
    e.environment, e.target, e.source_ip, e.matched, s.slug, s.name AS source_name, i.id AS identity_id,
    i.name AS identity_name, f.position, f.published, f.hash";

/// Neither the record nor what joins the event.
pub(super) const BARE: &str = "NULL::text AS joins, NULL::text AS raw, false AS joined";
/// With the record.
pub(super) const RECORD: &str = "NULL::text AS joins, e.raw::text AS raw, false AS joined";
/// With what joins the event to others: as it was kept, or from the record where it is older than that.
pub(super) const JOINED: &str =
    "e.joins::text AS joins, CASE WHEN e.joins IS NULL THEN e.raw::text END AS raw, true AS joined";

/// Where they come from.
pub(super) const JOINS: &str = "FROM events e JOIN sources s ON s.id = e.source_id
    LEFT JOIN identities i ON i.id = e.identity_id LEFT JOIN feed f ON f.event_id = e.id";

/// A stored event with what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its id.
    pub id: EventId,
    /// Source it came through.
    pub source_id: SourceId,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// Canonical fields; what joins it only when asked for.
    pub event: Event,
    /// Source slug and name.
    pub source: (String, String),
    /// Identity it resolved to: id and name.
    pub identity: Option<(IdentityId, String)>,
    /// Selector that matched: kind, issuer, value.
    pub matched: Option<Vec<String>>,
    /// Place in the feed, publication and chain hash.
    pub published: Option<(i64, DateTime<Utc>, Vec<u8>)>,
    /// The redacted record; only when asked for.
    pub raw: Option<String>,
}

fn word<T: std::str::FromStr<Err = contract::UnknownWord>>(row: &PgRow, column: &str) -> Result<T> {
    Ok(row.try_get::<String, _>(column)?.parse::<T>()?)
}

/// Reads a row of [`COLUMNS`] and one of [`BARE`], [`RECORD`] and [`JOINED`].
pub(crate) fn stored(row: &PgRow) -> Result<Stored> {
    let mut event = Event::new(
        word(row, "format")?,
        row.try_get("action")?,
        row.try_get("occurred_at")?,
        (word(row, "id_kind")?, row.try_get("vendor_id")?),
    );
    event.kind = word(row, "kind")?;
    event.outcome = word(row, "outcome")?;
    event.actor = row.try_get("actor")?;
    event.issuer = row.try_get("issuer")?;
    event.subject = row.try_get("subject")?;
    event.principal = row.try_get("principal")?;
    event.role = row.try_get("role")?;
    event.repository = row.try_get("repository")?;
    event.git_ref = row.try_get("git_ref")?;
    event.commit = row.try_get("commit")?;
    event.run_id = row.try_get("run_id")?;
    event.environment = row.try_get("environment")?;
    event.target = row.try_get("target")?;
    event.source_ip = row.try_get("source_ip")?;
    let received_at = row.try_get("received_at")?;
    let mut raw: Option<String> = row.try_get("raw")?;
    if row.try_get("joined")? {
        let kept: Option<&str> = row.try_get("joins")?;
        event.joins = joins(event.format, kept, raw.take(), received_at);
    }
    let identity: Option<Uuid> = row.try_get("identity_id")?;
    let name: Option<String> = row.try_get("identity_name")?;
    let position: Option<i64> = row.try_get("position")?;
    let published: Option<DateTime<Utc>> = row.try_get("published")?;
    let hash: Option<Vec<u8>> = row.try_get("hash")?;
    Ok(Stored {
        id: EventId(row.try_get("id")?),
        source_id: SourceId(row.try_get("source_id")?),
        received_at,
        event,
        source: (row.try_get("slug")?, row.try_get("source_name")?),
        identity: identity.map(IdentityId).zip(name),
        matched: row.try_get("matched")?,
        published: position
            .zip(published)
            .zip(hash)
            .map(|((position, at), hash)| (position, at, hash)),
        raw,
    })
}

/// What was kept of an event, or what its record says where nothing was.
pub(crate) fn joins(
    format: EventFormat,
    kept: Option<&str>,
    raw: Option<String>,
    received_at: DateTime<Utc>,
) -> Joins {
    kept.and_then(Joins::of_kept).unwrap_or_else(|| {
        raw.map(|raw| normalize::joins(format, &raw, received_at))
            .unwrap_or_default()
    })
}
