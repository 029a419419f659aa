//! Findings: list them, and acknowledge, except or reopen one.

use contract::findings::{
    Acknowledged, FindingFilter, FindingGroup, FindingGrouping, FindingInput, FindingList,
    FindingStory,
};
use contract::ids::FindingId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// One page of findings with facets.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "findings/list", input = Json)]
pub async fn list_findings(
    filter: FindingFilter,
    after: Option<String>,
) -> Result<FindingList, AppError> {
    let op = crate::request::op()?;
    Ok(service::findings::list(&op, &filter, after.as_deref()).await?)
}

/// Acknowledges, gives away, excepts, resolves or reopens a finding.
///
/// # Errors
/// [`AppError::Invalid`] when reason or end are missing, [`AppError::Forbidden`] when it is another team's.
#[server(prefix = "/api/ui", endpoint = "findings/change")]
pub async fn change_finding(input: FindingInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::findings::change(&op, &input).await?;
    Ok(())
}

/// Acknowledges several findings, each by itself: one that cannot be leaves the others alone.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not acknowledge any, [`AppError::Invalid`] when none is ticked.
#[server(prefix = "/api/ui", endpoint = "findings/acknowledge")]
pub async fn acknowledge_findings(
    #[server(default)] ids: Vec<FindingId>,
) -> Result<Acknowledged, AppError> {
    let op = crate::request::op()?;
    Ok(service::findings::acknowledge_all(&op, &ids).await?)
}

/// Findings put together by identity or by rule.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "findings/grouped", input = Json)]
pub async fn group_findings(
    filter: FindingFilter,
    by: FindingGrouping,
) -> Result<Vec<FindingGroup>, AppError> {
    let op = crate::request::op()?;
    Ok(service::findings::grouped(&op, &filter, by).await?)
}

/// What happened to a finding.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "findings/story", input = Json)]
pub async fn tell_finding(id: FindingId) -> Result<FindingStory, AppError> {
    let op = crate::request::op()?;
    Ok(service::findings::story(&op, id).await?)
}
