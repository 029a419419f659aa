//! The session of the person looking.

use contract::access::Viewer;
use leptos::prelude::*;

use crate::error::AppError;

/// The signed-in person with what waits for them.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "session/viewer")]
pub async fn load_viewer() -> Result<Viewer, AppError> {
    let op = crate::request::op()?;
    Ok(service::session::viewer(&op).await?)
}
