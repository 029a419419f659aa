//! Runs as stories.

use chrono::NaiveDate;
use contract::stories::{RunDay, StoryFound};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// One run as a story, or the repositories that have a run of this id.
///
/// # Errors
/// [`AppError::NotFound`] when no event names the run.
#[server(prefix = "/api/ui", endpoint = "stories/story", input = Json)]
pub async fn load_story(run: String, repository: Option<String>) -> Result<StoryFound, AppError> {
    let op = crate::request::op()?;
    Ok(service::stories::story(&op, &run, repository.as_deref()).await?)
}

/// The production deployments of a day; of today when none is named.
///
/// # Errors
/// [`AppError`] when the viewer may not.
#[server(prefix = "/api/ui", endpoint = "stories/day", input = Json)]
pub async fn load_runs(day: Option<NaiveDate>) -> Result<RunDay, AppError> {
    let op = crate::request::op()?;
    Ok(service::stories::day(&op, day).await?)
}
