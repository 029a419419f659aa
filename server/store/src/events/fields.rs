//! The canonical fields of an event, read by number: names are looked up in a list each time, and a feed is long.

use domain::event::{Event, Joins};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::Result;

/// The fields of the events `e`, in the order [`event`] reads them.
pub(crate) const FIELDS: &str = "e.occurred_at, e.kind, e.outcome, e.action, e.format, e.vendor_id, e.id_kind, e.actor, \
    e.issuer, e.subject, e.principal, e.role, e.repository, e.git_ref, e.commit, e.run_id, e.environment, e.target, \
    e.source_ip";

/// Reads [`FIELDS`], the first of which is the column `at`. What joins the event is not among them.
///
/// # Errors
/// When a stored word is unknown.
pub(crate) fn event(row: &PgRow, at: usize) -> Result<Event> {
    Ok(Event {
        occurred_at: row.try_get(at)?,
        kind: row.try_get::<&str, _>(at + 1)?.parse()?,
        outcome: row.try_get::<&str, _>(at + 2)?.parse()?,
        action: row.try_get(at + 3)?,
        format: row.try_get::<&str, _>(at + 4)?.parse()?,
        vendor_id: row.try_get(at + 5)?,
        id_kind: row.try_get::<&str, _>(at + 6)?.parse()?,
        actor: row.try_get(at + 7)?,
        issuer: row.try_get(at + 8)?,
        subject: row.try_get(at + 9)?,
        principal: row.try_get(at + 10)?,
        role: row.try_get(at + 11)?,
        repository: row.try_get(at + 12)?,
        git_ref: row.try_get(at + 13)?,
        commit: row.try_get(at + 14)?,
        run_id: row.try_get(at + 15)?,
        environment: row.try_get(at + 16)?,
        target: row.try_get(at + 17)?,
        source_ip: row.try_get(at + 18)?,
        joins: Joins::default(),
    })
}
