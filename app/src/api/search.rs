//! Search over everything with a name.

use contract::overview::SearchHit;
use leptos::prelude::*;

use crate::error::AppError;

/// Hits of each kind for the words.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "search/find")]
pub async fn find_anything(words: String) -> Result<Vec<SearchHit>, AppError> {
    let op = crate::request::op()?;
    Ok(service::search::find(&op, &words).await?)
}
