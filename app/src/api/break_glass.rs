//! Break-glass identities: their mark, their uses, their drills.

use contract::identities::{DrillInput, GlassMark, GlassMatch};
use leptos::prelude::*;

use crate::error::AppError;

/// Marks an identity as break-glass, or takes the mark away.
///
/// # Errors
/// [`AppError::Forbidden`] for owners and auditors, [`AppError::Invalid`] beside the reason.
#[server(prefix = "/api/ui", endpoint = "break-glass/mark")]
pub async fn mark_glass(input: GlassMark) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::break_glass::mark(&op, &input).await?)
}

/// Matches a day of use to its ticket.
///
/// # Errors
/// [`AppError::Invalid`] beside what is missing, [`AppError::Conflict`] when it is no break-glass identity.
#[server(prefix = "/api/ui", endpoint = "break-glass/explain")]
pub async fn explain_glass(input: GlassMatch) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::break_glass::explain(&op, &input).await?)
}

/// Records a drill with its outcome.
///
/// # Errors
/// [`AppError::Invalid`] beside what is missing, [`AppError::Conflict`] when it is no break-glass identity.
#[server(prefix = "/api/ui", endpoint = "break-glass/drill")]
pub async fn record_drill(input: DrillInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::break_glass::drill(&op, &input).await?)
}
