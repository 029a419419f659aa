//! Destinations.

use contract::destinations::{DestinationForm, DestinationList, DestinationView};
use contract::ids::DestinationId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// Every destination with its lag.
///
/// # Errors
/// [`AppError::Forbidden`] for owners.
#[server(prefix = "/api/ui", endpoint = "destinations/list")]
pub async fn list_destinations() -> Result<DestinationList, AppError> {
    let op = crate::request::op()?;
    Ok(service::destinations::overview(&op).await?)
}

/// One destination with the rows it would not take.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "destinations/load", input = Json)]
pub async fn load_destination(
    id: DestinationId,
    after: Option<String>,
) -> Result<DestinationView, AppError> {
    let op = crate::request::op()?;
    Ok(service::destinations::whole(&op, id, after.as_deref()).await?)
}

/// Makes a destination.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] for owners and auditors.
#[server(prefix = "/api/ui", endpoint = "destinations/create")]
pub async fn create_destination(input: DestinationForm) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let made = service::destinations::create_typed(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::destination(made.id));
    Ok(())
}

/// Sends nothing more until it is resumed.
///
/// # Errors
/// [`AppError::Conflict`] when it is paused already.
#[server(prefix = "/api/ui", endpoint = "destinations/pause")]
pub async fn pause_destination(id: DestinationId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let paused = contract::destinations::DestinationState::Paused;
    Ok(service::destinations::set_state(&op, id, paused).await?)
}

/// Goes on where it was.
///
/// # Errors
/// [`AppError::Conflict`] when it runs already.
#[server(prefix = "/api/ui", endpoint = "destinations/resume")]
pub async fn resume_destination(id: DestinationId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let running = contract::destinations::DestinationState::Running;
    Ok(service::destinations::set_state(&op, id, running).await?)
}

/// Puts its place elsewhere; its name confirms.
///
/// # Errors
/// [`AppError::Invalid`] when the name or the position is wrong.
#[server(prefix = "/api/ui", endpoint = "destinations/rewind")]
pub async fn rewind_destination(
    id: DestinationId,
    #[server(default)] position: String,
    #[server(default)] confirm: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::destinations::rewind_typed(&op, id, &position, confirm.trim()).await?)
}

/// Sends the rows it would not take again; how many.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such destination.
#[server(prefix = "/api/ui", endpoint = "destinations/redrive")]
pub async fn redrive_destination(id: DestinationId) -> Result<i64, AppError> {
    let op = crate::request::op()?;
    Ok(service::destinations::redrive(&op, id).await?)
}

/// Removes a destination; its name confirms.
///
/// # Errors
/// [`AppError::Invalid`] when the name is not repeated.
#[server(prefix = "/api/ui", endpoint = "destinations/remove")]
pub async fn remove_destination(
    id: DestinationId,
    #[server(default)] confirm: String,
) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::destinations::remove_confirmed(&op, id, confirm.trim()).await?;
    leptos_axum::redirect(&crate::paths::destinations());
    Ok(())
}
