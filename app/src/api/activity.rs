//! Rollcall's own record.

use contract::activity::{ActivityFilter, ActivityList};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// Entries the filter lets through, newest first.
///
/// # Errors
/// [`AppError::Forbidden`] for owners.
#[server(prefix = "/api/ui", endpoint = "activity/list", input = Json)]
pub async fn list_activity(
    filter: ActivityFilter,
    cursor: Option<String>,
) -> Result<ActivityList, AppError> {
    let op = crate::request::op()?;
    Ok(service::activity::list(&op, &filter, cursor.as_deref()).await?)
}
