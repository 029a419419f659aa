//! `/api/v1/destinations`: where rows of the feeds are pushed to.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::destinations::{
    DeadLetter, DestinationInput, DestinationKind, DestinationRow, DestinationState,
};
use contract::feed::{FeedFormat, FeedStream};
use contract::ids::DestinationId;
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::destinations;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, one, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/destinations", get(list).post(create))
        .route("/destinations/{id}", get(view).delete(remove))
        .route("/destinations/{id}/pause", post(pause))
        .route("/destinations/{id}/resume", post(resume))
        .route("/destinations/{id}/rewind", post(rewind))
        .route("/destinations/{id}/dead-letters", get(dead_letters))
        .route("/destinations/{id}/redrive", post(redrive))
}

/// A part of a filter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Narrowing {
    /// Name, as in `filter[name]` of the feed.
    name: String,
    /// Words with commas.
    words: String,
}

/// Where rows of a feed are pushed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Destination {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// What receives.
    #[schema(schema_with = words::destination)]
    kind: DestinationKind,
    /// Address.
    address: String,
    /// Data stream of Elastic, index of Splunk.
    index: String,
    /// Splunk: waits for the indexers.
    acknowledged: bool,
    /// Which feed.
    #[schema(schema_with = words::stream)]
    stream: FeedStream,
    /// Its filter.
    filter: Vec<Narrowing>,
    /// In whose words.
    #[schema(schema_with = words::format)]
    format: FeedFormat,
    /// Whether it is sent to.
    #[schema(schema_with = words::destination_state)]
    state: DestinationState,
    /// Everything up to here was acknowledged.
    position: i64,
    /// Rows the feed is ahead.
    lag: i64,
    /// Rows sent since it was made.
    sent: i64,
    /// Rows set aside.
    dead_letters: i64,
    /// Failures in a row.
    failures: i32,
    /// Not tried before.
    retry_at: Option<DateTime<Utc>>,
    /// What the last failure was; empty when it goes well.
    trouble: String,
    /// When rows were last acknowledged.
    sent_at: Option<DateTime<Utc>>,
    /// Rows a minute, over the last five.
    per_minute: i64,
    /// Who made it.
    created_by: String,
    /// When.
    created_at: DateTime<Utc>,
}

impl From<DestinationRow> for Destination {
    fn from(row: DestinationRow) -> Self {
        let filter = row.filter.into_iter();
        Self {
            id: row.id.0,
            name: row.name,
            kind: row.kind,
            address: row.address,
            index: row.index,
            acknowledged: row.acknowledged,
            stream: row.stream,
            filter: filter
                .map(|(name, words)| Narrowing { name, words })
                .collect(),
            format: row.format,
            state: row.state,
            position: row.position,
            lag: row.lag,
            sent: row.sent,
            dead_letters: row.dead,
            failures: row.failures,
            retry_at: row.retry_at,
            trouble: row.trouble,
            sent_at: row.sent_at,
            per_minute: row.per_minute,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

/// A new destination.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewDestination {
    /// Name.
    #[schema(example = "Splunk of the security team")]
    name: String,
    /// `webhook`, `splunk`, `elastic`, `syslog` or `folder`.
    #[schema(example = "splunk")]
    kind: String,
    /// A URL, `host:port` of syslog, or the name of a folder.
    #[schema(example = "https://splunk.acme.example:8088")]
    address: String,
    /// The signing secret of a webhook, the token of Splunk, the API key of Elastic. Kept encrypted, never shown.
    secret: String,
    /// Data stream of Elastic, index of Splunk.
    index: String,
    /// Splunk: wait for the indexers' acknowledgement.
    acknowledged: bool,
    /// `events`, `findings` or `activity`; events when empty.
    stream: String,
    /// Its filter.
    filter: Vec<Narrowing>,
    /// Format word; native when empty.
    #[schema(example = "ocsf")]
    format: String,
    /// Begin with what comes from now on.
    from_now: bool,
}

/// Where a destination goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rewind {
    /// Everything after this position is sent, again if it was before.
    position: i64,
    /// The destination's name, to confirm.
    confirm: String,
}

/// A row a destination would not take.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    /// Its position in the feed.
    position: i64,
    /// What the destination said.
    reason: String,
    /// When it was set aside.
    at: DateTime<Utc>,
    /// Whether it waits to be sent again.
    again: bool,
}

impl From<DeadLetter> for Letter {
    fn from(letter: DeadLetter) -> Self {
        Self {
            position: letter.position,
            reason: letter.reason,
            at: letter.at,
            again: letter.again,
        }
    }
}

/// What a re-drive asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Redriven {
    /// Rows that are sent again within seconds; what is refused again stays set aside.
    queued: i64,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewDestinations)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Destination>(destinations::list(&op).await?)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewDestinations)?;
    fields.of(Destination::from(
        destinations::view(&op, read(&id)?).await?,
    ))
}

async fn create(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageDestinations)?;
    let new: NewDestination = sent(&body)?;
    let filter = new.filter.into_iter();
    let input = DestinationInput {
        name: new.name,
        kind: new.kind,
        address: new.address,
        secret: new.secret,
        index: new.index,
        acknowledged: new.acknowledged,
        stream: new.stream,
        filter: filter.map(|part| (part.name, part.words)).collect(),
        format: new.format,
        from_now: new.from_now,
    };
    Ok(made(Destination::from(
        destinations::create(&op, &input).await?,
    )))
}

async fn remove(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageDestinations)?;
    destinations::remove(&op, read(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn pause(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageDestinations)?;
    destinations::set_state(&op, read(&id)?, DestinationState::Paused).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn resume(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageDestinations)?;
    destinations::set_state(&op, read(&id)?, DestinationState::Running).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rewind(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageDestinations)?;
    let body: Rewind = sent(&body)?;
    destinations::rewind(&op, read(&id)?, body.position, &body.confirm).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn dead_letters(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewDestinations)?;
    let id = read(&id)?;
    let path = format!("/destinations/{id}/dead-letters");
    let asked = Asked::read(pairs)?.strictly(&Address::new(path.as_str()), &[])?;
    let after = asked.cursor(|after| after.parse::<i64>().is_ok())?;
    let page = destinations::dead_letters(&op, id, after, asked.limit).await?;
    asked.answer::<_, Letter>(&op.settings().public_url, &path, page)
}

async fn redrive(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageDestinations)?;
    let queued = destinations::redrive(&op, read(&id)?).await?;
    Ok(one(&Redriven { queued }))
}

fn read(id: &str) -> Result<DestinationId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a destination"))
}
