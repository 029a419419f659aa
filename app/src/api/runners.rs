//! Runners.

use contract::runners::{RunnerKind, RunnerList};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// A page of runners, latest first.
///
/// # Errors
/// [`AppError`] when the viewer may not.
#[server(prefix = "/api/ui", endpoint = "runners/list", input = Json)]
pub async fn list_runners(
    q: String,
    kind: Option<RunnerKind>,
    after: Option<String>,
) -> Result<RunnerList, AppError> {
    let op = crate::request::op()?;
    Ok(service::runners::list(&op, &q, kind, after.as_deref()).await?)
}
