//! The explorer.

use contract::events::{EventFilter, EventList, EventView};
use contract::ids::EventId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// A page of events; `hours` is the window up to now where the filter has no range.
///
/// # Errors
/// [`AppError`] when the viewer may not, or the range or cursor makes no sense.
#[server(prefix = "/api/ui", endpoint = "events/list", input = Json)]
pub async fn list_events(
    filter: EventFilter,
    hours: Option<i64>,
    after: Option<String>,
) -> Result<EventList, AppError> {
    let op = crate::request::op()?;
    Ok(service::events::list(&op, filter, hours, after.as_deref()).await?)
}

/// One event with its raw record.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "events/get", input = Json)]
pub async fn get_event(id: EventId) -> Result<EventView, AppError> {
    let op = crate::request::op()?;
    Ok(service::events::get(&op, id).await?)
}
