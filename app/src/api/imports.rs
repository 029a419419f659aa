//! Imports: the files that wait and those that were saved.

use contract::ids::ImportId;
use contract::imports::{ImportList, ImportMapping, ImportView};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// A page of the imports, newest first.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not import.
#[server(prefix = "/api/ui", endpoint = "imports/list", input = Json)]
pub async fn list_imports(after: Option<String>) -> Result<ImportList, AppError> {
    let op = crate::request::op()?;
    Ok(service::imports::files::list(&op, after.as_deref()).await?)
}

/// One import with its preview or result.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "imports/view")]
pub async fn load_import(id: ImportId) -> Result<ImportView, AppError> {
    let op = crate::request::op()?;
    Ok(service::imports::files::view(&op, id).await?)
}

/// Checks a file anew, with what the person says of it.
///
/// # Errors
/// [`AppError::Invalid`] beside each wrong field, [`AppError::Conflict`] when it does not wait any more.
#[server(prefix = "/api/ui", endpoint = "imports/remap")]
pub async fn remap_import(
    id: ImportId,
    #[server(default)] input: ImportMapping,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::imports::files::remap(&op, id, &input).await?)
}

/// Saves a checked file.
///
/// # Errors
/// [`AppError::Conflict`] when it does not wait any more, or has problems that were not waived.
#[server(prefix = "/api/ui", endpoint = "imports/confirm")]
pub async fn confirm_import(
    id: ImportId,
    #[server(default)] skip_problems: bool,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::imports::files::confirm(&op, id, skip_problems).await?)
}

/// Forgets a file that was not saved.
///
/// # Errors
/// [`AppError::Conflict`] when it does not wait any more.
#[server(prefix = "/api/ui", endpoint = "imports/discard")]
pub async fn discard_import(id: ImportId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::imports::files::discard(&op, id).await?)
}
