//! `POST /ingest/v1/{source}`: deliveries, opened by the source's own token or a signature made with it.
//!
//! 2xx only after the commit. A bad record is told in the answer and never fails the rest: shippers retry a refused
//! batch for ever. Vendors that expect a particular answer get it (`answer`).

mod answer;
mod gate;
mod proof;

use std::net::SocketAddr;

use app::request::RequestId;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{
    ConnectInfo, DefaultBodyLimit, Extension, FromRequest as _, Path, Request, State,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use service::{Error, OpKind, ingest};
use tower_http::limit::RequestBodyLimitLayer;

use super::problem::usual;
use super::{AppState, Problem};
pub use gate::Gate;

/// The one route; `GET` answers a vendor's challenge.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/ingest/v1/{source}", post(deliver).get(challenge))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(state.config.limits.ingest_bytes))
}

async fn deliver(
    State(state): State<AppState>,
    Path(source): Path<String>,
    id: Option<Extension<RequestId>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let _room = match state.gate.enter(&headers) {
        Ok(room) => room,
        Err(full) => return Ok(*full),
    };
    let body = Bytes::from_request(request, &())
        .await
        .map_err(|refused| usual(refused.status()))?;
    let basic = proof::basic(&headers);
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let certificate = proof::certificate(&headers, &state.config.certificates, peer);
    let shown = service::ingest::Proof {
        certificate,
        ..proof::of(&headers, basic.as_deref())
    };
    let actor = ingest::prove(&state.services, &*state.issuers, &source, &shown, &body).await?;
    if let Some(answer) = answer::handshake(&headers, &body) {
        return Ok(answer);
    }
    let limits = ingest::Limits {
        delivery: state.config.limits.ingest_unpacked_bytes,
        ..ingest::Limits::default()
    };
    let id = id.map(|Extension(id)| id.0).unwrap_or_default();
    let _hand = state.gate.hand().await;
    let op = state.services.op(actor, OpKind::Request, id);
    let receipt = ingest::accept_sent(&op, body.to_vec(), &limits, proof::sent(&headers))
        .await
        .map_err(refusal)?;
    Ok(answer::receipt(&headers, &receipt, op.now))
}

/// Okta asks once, by `GET`, whether this address wants its events.
async fn challenge(
    State(state): State<AppState>,
    Path(source): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let basic = proof::basic(&headers);
    let shown = proof::of(&headers, basic.as_deref());
    ingest::prove(&state.services, &*state.issuers, &source, &shown, b"").await?;
    Ok(answer::challenge(&headers)
        .unwrap_or_else(|| StatusCode::METHOD_NOT_ALLOWED.into_response()))
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
