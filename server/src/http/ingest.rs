//! `POST /ingest/v1/{source}`: deliveries, opened by the source's own token or a signature made with it.
//!
//! Whom the head proves or refuses is proven or refused before any of the body is read; a signature is judged after it.
//!
//! 2xx only after the commit. A bad record is told in the answer and never fails the rest: shippers retry a refused
//! batch for ever. Vendors that expect a particular answer get it (`answer`).

mod answer;
mod gate;
mod proof;

use std::net::SocketAddr;

use app::request::RequestId;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Extension, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use service::ingest::Sender;
use service::{Error, OpKind, ingest, sources};

use super::{AppState, Problem};
pub use gate::Gate;
use gate::Room;

/// The one route; `GET` answers a vendor's challenge. The gate limits the bodies.
pub fn routes() -> Router<AppState> {
    Router::new().route("/ingest/v1/{source}", post(deliver).get(challenge))
}

async fn deliver(
    State(state): State<AppState>,
    Path(source): Path<String>,
    id: Option<Extension<RequestId>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let basic = proof::basic(&headers);
    let shown = ingest::Proof {
        certificate: proof::certificate(&headers, &state.config.certificates, peer),
        ..proof::of(&headers, basic.as_deref())
    };
    let announced = state.gate.announced(&headers)?;
    let arrival = Arrival {
        state: &state,
        source: &source,
        shown: &shown,
    };
    let (sender, body, _room) = if arrival.needs_body().await? {
        arrival.signed(state.gate.unproven(peer)?, body).await?
    } else {
        arrival.shown(announced, body).await?
    };
    if let Some(answer) = answer::handshake(&headers, &body) {
        return Ok(answer);
    }
    let limits = ingest::Limits {
        delivery: state.config.limits.ingest_unpacked_bytes,
        ..ingest::Limits::default()
    };
    let id = id.map(|Extension(id)| id.0).unwrap_or_default();
    let _hand = state.gate.hand().await?;
    let op = state.services.op(sender.actor, OpKind::Request, id);
    let sent = ingest::Sent {
        once: sender.once,
        ..proof::sent(&headers)
    };
    let receipt = ingest::accept_sent(&op, body, &limits, sent)
        .await
        .map_err(refusal)?;
    Ok(answer::receipt(&headers, &receipt, op.now))
}

/// A delivery of which only the head has come.
struct Arrival<'a> {
    state: &'a AppState,
    source: &'a str,
    shown: &'a ingest::Proof<'a>,
}

impl Arrival<'_> {
    /// Whether only the body can tell who sends it: it is signed, and the source judges by that.
    async fn needs_body(&self) -> Result<bool, Problem> {
        Ok(proof::is_signed(self.shown)
            && sources::judges_by_signature(&self.state.services, self.source).await?)
    }

    /// Proves the sender by its head, then reads the body.
    async fn shown(
        &self,
        announced: Option<usize>,
        body: Body,
    ) -> Result<(Sender, Vec<u8>, Room), Problem> {
        self.state.gate.peek(announced)?;
        let sender = self.prove(b"").await?;
        let mut room = self.state.gate.proven(announced)?;
        let body = room.read(body).await?;
        Ok((sender, body, room))
    }

    /// Reads the body, then proves the sender by it.
    async fn signed(&self, mut room: Room, body: Body) -> Result<(Sender, Vec<u8>, Room), Problem> {
        let body = room.read(body).await?;
        let sender = self.prove(&body).await?;
        Ok((sender, body, room))
    }

    async fn prove(&self, body: &[u8]) -> Result<Sender, Problem> {
        let AppState {
            services, issuers, ..
        } = self.state;
        Ok(ingest::prove(services, &**issuers, self.source, self.shown, body).await?)
    }
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
