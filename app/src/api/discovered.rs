//! Discovered identities: the queue, taking in, joining. Dismissing is a transition (`identities/change`).

use contract::identities::{AdoptInput, Adopted, DiscoveredList, MergeInput};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// A page of the queue, of a repository where one is named.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "discovered/list", input = Json)]
pub async fn list_discovered(
    repository: Option<String>,
    after: Option<String>,
) -> Result<DiscoveredList, AppError> {
    let op = crate::request::op()?;
    Ok(service::identities::discovered(&op, repository.as_deref(), after.as_deref()).await?)
}

/// Takes the ticked ones in.
///
/// # Errors
/// [`AppError::Invalid`] beside what is missing.
#[server(prefix = "/api/ui", endpoint = "discovered/adopt")]
pub async fn adopt_discovered(#[server(default)] input: AdoptInput) -> Result<Adopted, AppError> {
    let op = crate::request::op()?;
    Ok(service::identities::adopt_all(&op, &input).await?)
}

/// Joins a discovered identity with the registered one it really is, then shows that.
///
/// # Errors
/// [`AppError::Invalid`] beside what is missing, [`AppError::Conflict`] when the two cannot be joined.
#[server(prefix = "/api/ui", endpoint = "discovered/merge")]
pub async fn merge_discovered(input: MergeInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let into = service::identities::merge(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::identity(into));
    Ok(())
}
