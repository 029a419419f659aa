//! Sources.

use contract::events::IngestReceipt;
use contract::sources::{
    Replayed, SourceChange, SourceCreated, SourceInput, SourceList, SourceView,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// Every source.
///
/// # Errors
/// [`AppError`] when the viewer may not.
#[server(prefix = "/api/ui", endpoint = "sources/list", input = Json)]
pub async fn list_sources() -> Result<SourceList, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::list(&op).await?)
}

/// One source with its newest rejects.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "sources/get", input = Json)]
pub async fn get_source(slug: String) -> Result<SourceView, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::get(&op, &slug).await?)
}

/// Makes a source; the answer holds its token, this once.
///
/// # Errors
/// [`AppError::Invalid`] with what is wrong beside each field.
#[server(prefix = "/api/ui", endpoint = "sources/create")]
pub async fn create_source(input: SourceInput) -> Result<SourceCreated, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::create(&op, &input).await?)
}

/// Gives a source a new token; the old one stops working at once.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "sources/renew-token")]
pub async fn renew_source_token(slug: String) -> Result<SourceCreated, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::renew_token(&op, &slug).await?)
}

/// Changes what a source sends and how its sender proves itself, and takes its own secret where one is entered.
///
/// # Errors
/// [`AppError::Invalid`] with what is wrong beside each field.
#[server(prefix = "/api/ui", endpoint = "sources/change")]
pub async fn change_source(input: SourceChange) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::change(&op, &input).await?)
}

/// Sends an event of Rollcall's own through a source.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "sources/test")]
pub async fn test_source(slug: String) -> Result<IngestReceipt, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::test_delivery(&op, &slug).await?)
}

/// Reads again what a source was refused.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "sources/replay")]
pub async fn replay_source(slug: String) -> Result<Replayed, AppError> {
    let op = crate::request::op()?;
    Ok(service::sources::replay(&op, &slug).await?)
}
