//! Rotations, and the limits that say how old a secret may grow.

use contract::identities::{KeepingInput, PolicyInput, PolicyList, RevocationInput, RotationInput};
use contract::ids::PolicyId;
use leptos::prelude::*;

use crate::error::AppError;

/// Records that a newer credential takes over.
///
/// # Errors
/// [`AppError::Invalid`] beside what was pasted or mistyped, [`AppError::Conflict`] when it cannot be rotated.
#[server(prefix = "/api/ui", endpoint = "rotation/record")]
pub async fn record_rotation(input: RotationInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::rotation::record(&op, &input).await?;
    Ok(())
}

/// Records that a credential no longer works.
///
/// # Errors
/// [`AppError::Invalid`] beside the reason, [`AppError::Conflict`] when it is revoked already.
#[server(prefix = "/api/ui", endpoint = "rotation/revoke")]
pub async fn revoke_credential(input: RevocationInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::rotation::revoke(&op, &input).await?)
}

/// Records where a secret is kept.
///
/// # Errors
/// [`AppError::Invalid`] beside the word or the reason, [`AppError::Conflict`] when it is noted so already.
#[server(prefix = "/api/ui", endpoint = "rotation/keep")]
pub async fn keep_credential(input: KeepingInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::rotation::keep(&op, &input).await?)
}

/// Every limit, the types' own and what was set in their place.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "rotation/policies")]
pub async fn list_policies() -> Result<PolicyList, AppError> {
    let op = crate::request::op()?;
    Ok(service::rotation::policies(&op).await?)
}

/// Sets a limit.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] for owners and auditors.
#[server(prefix = "/api/ui", endpoint = "rotation/set-policy")]
pub async fn set_policy(input: PolicyInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::rotation::set_policy(&op, &input).await?;
    Ok(())
}

/// Ends a limit.
///
/// # Errors
/// [`AppError::Invalid`] beside the reason; [`AppError::Forbidden`] for owners and auditors.
#[server(prefix = "/api/ui", endpoint = "rotation/end-policy")]
pub async fn end_policy(id: PolicyId, reason: String) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::rotation::end_policy(&op, id, &reason).await?)
}
