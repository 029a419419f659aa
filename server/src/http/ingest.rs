//! `POST /ingest/v1/{source}`: deliveries, opened by the source's own bearer token.
//!
//! 2xx only after the commit. A bad record is told in the answer and never fails the rest: shippers retry a refused
//! batch for ever.

use app::request::RequestId;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use contract::events::IngestReceipt;
use service::{Error, OpKind, ingest};
use tower_http::limit::RequestBodyLimitLayer;

use super::api::token::presented;
use super::{AppState, Problem};

/// The one route.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/ingest/v1/{source}", post(deliver))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(state.config.limits.ingest_bytes))
}

async fn deliver(
    State(state): State<AppState>,
    Path(source): Path<String>,
    id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<IngestReceipt>, Problem> {
    let token = presented(&headers).unwrap_or_default();
    let actor = ingest::authenticate(&state.services, &source, token).await?;
    let limits = ingest::Limits {
        delivery: state.config.limits.ingest_unpacked_bytes,
        ..ingest::Limits::default()
    };
    let id = id.map(|Extension(id)| id.0).unwrap_or_default();
    let op = state.services.op(actor, OpKind::Request, id);
    Ok(Json(
        ingest::accept(&op, body.to_vec(), &limits)
            .await
            .map_err(refusal)?,
    ))
}

/// A body that cannot be read at all is the sender's to mend; one too large is to be sent in parts.
fn refusal(error: Error) -> Problem {
    let Error::Invalid(fields) = &error else {
        return error.into();
    };
    let too_large = fields.iter().any(|field| field.field == "body.size");
    let status = if too_large {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        StatusCode::BAD_REQUEST
    };
    let said = fields
        .iter()
        .map(|field| field.message.clone())
        .collect::<Vec<_>>()
        .join(" ");
    Problem::new(status, said)
}
