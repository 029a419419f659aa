//! The operation of a request, for handlers that are not pages.

use std::convert::Infallible;

use app::request::RequestId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::access::Actor;
use service::{Op, OpKind};

use super::AppState;

/// Opens the operation of whoever the middleware found to be asking; nobody when it found nobody.
pub struct Operation(pub Op);

impl FromRequestParts<AppState> for Operation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let actor = parts
            .extensions
            .get::<Actor>()
            .cloned()
            .unwrap_or(Actor::Anonymous);
        let id = parts
            .extensions
            .get::<RequestId>()
            .map(|id| id.0.clone())
            .unwrap_or_default();
        Ok(Self(state.services.op(actor, OpKind::Request, id)))
    }
}
