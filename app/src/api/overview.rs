//! The overview's five answers.

use contract::overview::Overview;
use leptos::prelude::*;

use crate::error::AppError;

/// The five answers.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "overview/view")]
pub async fn load_overview() -> Result<Overview, AppError> {
    let op = crate::request::op()?;
    Ok(service::overview::view(&op).await?)
}
