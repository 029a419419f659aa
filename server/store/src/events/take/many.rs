//! Many events, by COPY: nothing is quicker.

use chrono::{DateTime, Utc};
use contract::identities::Environment;
use contract::ids::SourceId;

use super::NewEvent;
use crate::copy::Copy;
use crate::{Result, Tx};

/// Columns of `events`, as [`insert`] writes them.
const EVENT: &[&str] = &[
    "source_id",
    "received_at",
    "id",
    "vendor_id",
    "id_kind",
    "occurred_at",
    "kind",
    "outcome",
    "action",
    "format",
    "actor",
    "issuer",
    "subject",
    "principal",
    "role",
    "repository",
    "git_ref",
    "commit",
    "run_id",
    "environment",
    "target",
    "source_ip",
    "stage",
    "identity_id",
    "matched",
    "raw",
    "joins",
];

/// Inserts new events.
pub(super) async fn insert(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    batch: &[NewEvent<'_>],
) -> Result<()> {
    let mut rows = Copy::open(tx, "events", EVENT).await?;
    for new in batch {
        rows.row().await?;
        rows.uuid(source.0)?;
        rows.time(received_at)?;
        row(&mut rows, new)?;
    }
    rows.finish().await
}

/// The fields that differ from event to event, in the order of [`EVENT`].
fn row(rows: &mut Copy<'_>, new: &NewEvent<'_>) -> Result<()> {
    let event = new.event;
    rows.uuid(new.id.0)?;
    rows.text(Some(&event.vendor_id))?;
    rows.text(Some(event.id_kind.as_str()))?;
    rows.time(event.occurred_at)?;
    rows.text(Some(event.kind.as_str()))?;
    rows.text(Some(event.outcome.as_str()))?;
    rows.text(Some(&event.action))?;
    rows.text(Some(event.format.as_str()))?;
    for text in [
        &event.actor,
        &event.issuer,
        &event.subject,
        &event.principal,
        &event.role,
        &event.repository,
        &event.git_ref,
        &event.commit,
        &event.run_id,
        &event.environment,
        &event.target,
        &event.source_ip,
    ] {
        rows.text(text.as_deref())?;
    }
    rows.text(event.mapped_environment().map(Environment::as_str))?;
    if let Some((identity, selector)) = &new.identity {
        rows.uuid(identity.0)?;
        rows.words(selector.as_slice())?;
    } else {
        rows.null();
        rows.null();
    }
    rows.text(Some(new.raw))?;
    rows.text(Some(new.joins))
}
