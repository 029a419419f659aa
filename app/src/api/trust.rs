//! The trust lab: a document and a token judged side by side.

#![cfg_attr(
    feature = "ssr",
    expect(
        clippy::unused_async,
        reason = "server functions are async, judging is not"
    )
)]

use contract::ids::{IdentityId, RepositoryId, TrustTestId};
use contract::pipelines::{RepositoryList, RepositoryView};
use contract::trust::{
    LabInput, LabView, PipelinesInput, PipelinesView, ReplayInput, ReplayView, TrustReality,
    TrustTestInput,
};
use leptos::prelude::*;

use crate::error::AppError;

/// Judges a document, and a token where one is given. Nothing of it is kept.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is. What cannot be read is told in the view.
#[server(prefix = "/api/ui", endpoint = "trust/judge")]
pub async fn judge_trust(input: LabInput) -> Result<LabView, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::lab(&op, input)?)
}

/// What an identity's trusts admit, beside what came.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such identity.
#[server(prefix = "/api/ui", endpoint = "trust/reality")]
pub async fn load_reality(id: IdentityId) -> Result<TrustReality, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::reality(&op, id).await?)
}

/// Tries an edited policy on every recorded assumption.
///
/// # Errors
/// [`AppError::Invalid`] beside the document.
#[server(prefix = "/api/ui", endpoint = "trust/replay")]
pub async fn replay_trust(input: ReplayInput) -> Result<ReplayView, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::replay(&op, &input).await?)
}

/// Keeps a test with an identity.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] when the identity is another team's.
#[server(prefix = "/api/ui", endpoint = "trust/keep-test")]
pub async fn keep_trust_test(input: TrustTestInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::keep_test(&op, &input).await?)
}

/// Takes a test away.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "trust/drop-test")]
pub async fn drop_trust_test(identity: IdentityId, test: TrustTestId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::drop_test(&op, identity, test).await?)
}

/// Scans pasted pipelines, and joins them with the trusts of the roll. Nothing of it is kept.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is. What cannot be read is told in the view.
#[server(prefix = "/api/ui", endpoint = "trust/pipelines")]
pub async fn scan_pipelines(input: PipelinesInput) -> Result<PipelinesView, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::pipelines(&op, input).await?)
}

/// The repositories whose pipelines are kept.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "trust/repositories")]
pub async fn list_repositories() -> Result<RepositoryList, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::repositories(&op).await?)
}

/// One repository whose pipelines are kept.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "trust/repository")]
pub async fn load_repository(id: RepositoryId) -> Result<RepositoryView, AppError> {
    let op = crate::request::op()?;
    Ok(service::trust::repository(&op, id).await?)
}

/// Keeps pasted pipelines for their repository, and leads to its page.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] when the viewer may not import.
#[server(prefix = "/api/ui", endpoint = "trust/keep-pipelines")]
pub async fn keep_pipelines(input: PipelinesInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let kept = service::trust::keep_pasted(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::repository(kept.id));
    Ok(())
}

/// Forgets a repository and its findings.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "trust/forget-pipelines")]
pub async fn forget_pipelines(id: RepositoryId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::trust::forget(&op, id).await?;
    leptos_axum::redirect(&crate::paths::pipelines());
    Ok(())
}
