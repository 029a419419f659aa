//! `/api/v1/events/{id}`: one event with what was read of it and the record as received. Lists of them are feeds.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::events::{EventFormat, EventKind, EventView, Outcome};
use contract::identities::Environment;
use contract::ids::EventId;
use domain::access::Access;
use serde::Serialize;
use serde_json::Value;
use service::events;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Fields, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/events/{id}", get(view))
}

/// One event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDetail {
    /// Id, the same in the feeds.
    id: Uuid,
    /// When it happened.
    occurred_at: DateTime<Utc>,
    /// When it reached us.
    received_at: DateTime<Utc>,
    /// When the feed published it.
    published_at: Option<DateTime<Utc>>,
    /// Place in the feed.
    position: Option<i64>,
    /// Kind.
    #[schema(schema_with = words::event_kind)]
    kind: EventKind,
    /// Outcome.
    #[schema(schema_with = words::event_outcome)]
    outcome: Outcome,
    /// The vendor's own word for it.
    action: String,
    /// Who did what to what.
    sentence: String,
    /// The source that told of it, by its word.
    source: String,
    /// Its format.
    #[schema(schema_with = words::event_format)]
    format: EventFormat,
    /// The identity it belongs to.
    identity_id: Option<Uuid>,
    /// Its name.
    identity: Option<String>,
    /// Subject or principal, as the vendor prints it.
    subject: Option<String>,
    /// Environment.
    #[schema(schema_with = words::environment_or_none)]
    environment: Option<Environment>,
    /// Address it came from, as printed.
    source_ip: Option<String>,
    /// Who acted, as the vendor names them.
    actor: Option<String>,
    /// What it was done to.
    target: Option<String>,
    /// The run it names, `owner/name#id`: the name of its story.
    run: Option<String>,
    /// Everything that was read of it, by name.
    read: BTreeMap<String, String>,
    /// The record as received, redacted; absent once it is not kept any more.
    raw: Value,
    /// Hash of the chain, hex.
    hash: Option<String>,
}

impl From<EventView> for EventDetail {
    fn from(view: EventView) -> Self {
        let row = view.row;
        let (identity_id, identity) = row.identity.map(|(id, name)| (id.0, name)).unzip();
        Self {
            id: row.id.0,
            occurred_at: row.occurred_at,
            received_at: row.received_at,
            published_at: row.published_at,
            position: row.position,
            kind: row.kind,
            outcome: row.outcome,
            action: row.action,
            sentence: row.sentence,
            source: row.source.0,
            format: row.format,
            identity_id,
            identity,
            subject: row.subject,
            environment: row.environment,
            source_ip: row.source_ip,
            actor: row.actor,
            target: row.target,
            run: view
                .run
                .map(|(repository, id)| format!("{repository}#{id}")),
            read: view.fields.into_iter().collect(),
            raw: serde_json::from_str(&view.raw).unwrap_or_default(),
            hash: view.hash,
        }
    }
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewEvents)?;
    let id: EventId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of an event"))?;
    fields.of(EventDetail::from(events::get(&op, id).await?))
}
