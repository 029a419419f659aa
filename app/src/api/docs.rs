//! The documentation.

#![cfg_attr(
    feature = "ssr",
    expect(
        clippy::unused_async,
        reason = "server functions are async, reading the document is not"
    )
)]

use contract::reference::Reference;
use leptos::prelude::*;

use crate::error::AppError;

/// The reference of the JSON API.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "docs/reference")]
pub async fn load_reference() -> Result<Reference, AppError> {
    let op = crate::request::op()?;
    Ok(service::reference::read(&op)?)
}
