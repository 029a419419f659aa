//! `/api/v1/consumers`: places kept for readers that cannot keep one (a shell in cron, a stateless collector).
//!
//! `POST …/{name}/next` hands out rows under a lease, `POST …/{name}/ack` acknowledges them: at least once. With
//! `?consumer={name}` on a feed the place moves on at once: at most once.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::feed::FeedStream;
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::feed::consumers::{self, Answer, Consumer};
use service::{Error, Op};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::sent;
use super::super::list::{Asked as AskedList, Pairs, bad_request, wrong};
use super::answer::{respond, set};
use super::query::{Asked, Body};
use crate::http::api::v1::wire::words;
use crate::http::{AppState, Operation, Problem};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/consumers", get(list))
        .route("/consumers/{name}", axum::routing::delete(remove))
        .route("/consumers/{name}/next", post(next))
        .route("/consumers/{name}/ack", post(acknowledge))
}

/// A reader whose place Rollcall keeps.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsumerRow {
    /// Its name.
    pub name: String,
    /// The feed it reads.
    #[schema(schema_with = words::stream)]
    pub stream: FeedStream,
    /// Its filter, as it was written.
    pub filter: serde_json::Value,
    /// Everything up to this position was acknowledged.
    pub position: i64,
    /// Until when what it was handed last may be acknowledged before it is handed out again.
    pub leased_until: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last asked.
    pub read_at: Option<DateTime<Utc>>,
}

impl From<Consumer> for ConsumerRow {
    fn from(row: Consumer) -> Self {
        Self {
            name: row.name,
            stream: row.stream,
            filter: row.filter,
            position: row.position,
            leased_until: row.leased.map(|(_, _, until)| until),
            created_by: row.created_by,
            created_at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// What acknowledges rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// `ack` of the answer that held them.
    pub ack: Uuid,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ReadFeed)?;
    let asked = AskedList::read(pairs)?.strictly(&app::query::Address::new("/consumers"), &[])?;
    let after = asked.cursor(|name| !name.is_empty())?;
    let page = consumers::list(&op, after, asked.limit).await?;
    asked.answer::<_, ConsumerRow>(&op.settings().public_url, "/consumers", page)
}

async fn remove(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    consumers::remove(&op, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn next(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(name): Path<String>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ReadFeed)?;
    let (mut stream, mut lease, mut rest) = (FeedStream::Events, 60, Vec::new());
    for (field, value) in pairs.0 {
        match field.as_str() {
            "stream" => {
                let unknown = |_| wrong("stream", "must be events, findings or activity");
                stream = value.parse().map_err(unknown)?;
            }
            "lease" => {
                let seconds = |_| wrong("lease", "must be a number of seconds");
                lease = value.parse().map_err(seconds)?;
            }
            "after" | "since" | "consumer" => {
                return Err(wrong(
                    &field,
                    "is not for a consumer: it keeps its place itself",
                ));
            }
            _ => rest.push((field, value)),
        }
    }
    let mut asked = Asked::read(stream, "/events", rest, &headers)
        .map_err(|wrong| bad_request(Error::Invalid(vec![wrong])))?;
    if asked.body == Body::Array {
        asked.body = Body::Envelope;
    }
    hand(&op, &asked, &name, Some(lease)).await
}

/// Hands out rows and moves on at once.
pub(super) async fn take(op: &Op, asked: &Asked, name: &str) -> Result<Response, Problem> {
    if asked.query.after.is_some() || asked.query.since.is_some() {
        return Err(wrong(
            "consumer",
            "keeps its place itself: leave out after and since",
        ));
    }
    hand(op, asked, name, None).await
}

async fn hand(op: &Op, asked: &Asked, name: &str, lease: Option<i64>) -> Result<Response, Problem> {
    if asked.everything {
        return Err(wrong("limit", "must be a number between 1 and 1000"));
    }
    let answer = consumers::next(op, name, &asked.query, asked.written(), lease)
        .await
        .map_err(bad_request)?;
    let handed = match answer {
        Answer::Handed(handed) => handed,
        Answer::Leased(until) => {
            let seconds = (until - op.now).num_seconds().max(0) + 1;
            let words = format!(
                "What this consumer was handed is not acknowledged yet. It is handed out again in {seconds} seconds."
            );
            let mut response = Problem::new(StatusCode::CONFLICT, words).into_response();
            set(response.headers_mut(), "retry-after", &seconds.to_string());
            return Ok(response);
        }
        Answer::Gone => {
            let words = "What this consumer points at is gone: the database was restored, or the rows are past their \
                 retention. Delete the consumer; it begins at the earliest row then.";
            return Err(Problem::new(StatusCode::GONE, words));
        }
    };
    let mut headers = HeaderMap::new();
    set(&mut headers, "cache-control", "private, no-store");
    set(&mut headers, "x-next-cursor", &handed.page.cursor);
    let mut more = Vec::new();
    if let Some((ack, until)) = handed.lease {
        set(&mut headers, "x-ack", &ack.to_string());
        more.push(("ack", serde_json::json!(ack)));
        more.push(("leased_until", serde_json::json!(until)));
    }
    Ok(respond(headers, asked, &handed.page, &more))
}

async fn acknowledge(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ReadFeed)?;
    let body: Acknowledgement = sent(&body)?;
    consumers::acknowledge(&op, &name, body.ack).await?;
    Ok(StatusCode::NO_CONTENT)
}
