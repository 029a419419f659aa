//! Gives each request its id: in the log, in the answer, on error pages, in the activity record.

use std::time::Instant;

use app::request::RequestId;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use domain::access::Actor;
use service::OpKind;
use tracing::Instrument as _;

use crate::http::AppState;

/// The answer's header with the request id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Makes the id, opens the log span, and writes one line when the answer is ready. The id is always ours:
/// a caller's own could be made to point at somebody else's lines.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = state
        .services
        .op(Actor::Anonymous, OpKind::Request, "")
        .new_id()
        .to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The path only: query strings hold codes and search words.
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", %id);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), begun.elapsed().as_millis());
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(%method, path, status, ms, "answered");
        } else {
            tracing::debug!(%method, path, status, ms, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
