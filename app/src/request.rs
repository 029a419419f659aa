//! The server half of a request: who asks, through what. Server only.
//!
//! During server-side rendering a server function is a plain call and none of its middleware runs, so the
//! operation is opened from what the page's own request carries; the service function authorises.

use http::request::Parts;
use leptos::prelude::use_context;
use service::{Actor, Op, OpKind, Services};

use crate::error::AppError;

/// Id of the request, put into the extensions by the server's middleware.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Opens the operation of the present request.
///
/// # Errors
/// [`AppError::Failed`] when called outside a request, which is a programming error.
pub fn op() -> Result<Op, AppError> {
    let services = use_context::<Services>().ok_or_else(outside)?;
    let actor = use_context::<Parts>()
        .and_then(|p| p.extensions.get::<Actor>().cloned())
        .unwrap_or(Actor::Anonymous);
    Ok(services.op(actor, OpKind::Request, request_id()))
}

/// Id of the present request; empty outside one.
pub fn request_id() -> String {
    use_context::<Parts>()
        .and_then(|p| p.extensions.get::<RequestId>().map(|id| id.0.clone()))
        .unwrap_or_default()
}

fn outside() -> AppError {
    AppError::Failed {
        message: "This was called outside a request.".to_owned(),
        request_id: String::new(),
    }
}
