//! The session of the person looking.

use contract::access::{SignInOptions, Viewer};
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

/// What the sign-in page offers. Open to anybody.
///
/// # Errors
/// [`AppError::Failed`] when the database does not answer.
#[server(prefix = "/api/ui", endpoint = "session/options")]
pub async fn load_sign_in_options() -> Result<SignInOptions, AppError> {
    let op = crate::request::op()?;
    Ok(service::session::options(&op).await?)
}
