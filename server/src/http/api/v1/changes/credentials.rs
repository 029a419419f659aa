//! What became of credentials: rotated, revoked, kept elsewhere.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use contract::identities::{KeepingInput, RevocationInput, RotationInput};
use contract::ids::CredentialId;
use domain::access::Access;
use serde::Deserialize;
use service::rotation;
use utoipa::ToSchema;

use super::super::body::sent;
use super::super::list::{made, wrong};
use super::{Made, Reason};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/credentials/{id}/rotations", post(rotate))
        .route("/credentials/{id}/revocation", post(revoke))
        .route("/credentials/{id}/custody", post(keep))
}

/// A rotation that took place.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotated {
    /// Key id or fingerprint of the new one; never the secret.
    #[schema(example = "AKIAIOSFODNN7EXAMPLE")]
    reference: String,
    /// What people call it.
    label: String,
    /// Day, `YYYY-MM-DD`; today when empty.
    on: String,
    /// Days in which both are valid.
    overlap_days: String,
}

async fn rotate(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Rotated = sent(&body)?;
    let input = RotationInput {
        credential: credential(&id)?,
        reference: body.reference,
        label: body.label,
        rotated_on: body.on,
        overlap_days: body.overlap_days,
    };
    let id = rotation::record(&op, &input).await?;
    Ok(made(Made { id: id.0 }))
}

async fn revoke(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Reason = sent(&body)?;
    let input = RevocationInput {
        credential: credential(&id)?,
        reason: body.reason,
    };
    rotation::revoke(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a credential is kept.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Custody {
    /// Where, as a word.
    #[schema(example = "vault")]
    kept: String,
    /// How it is known.
    #[schema(example = "Moved into the vault with the release of October")]
    reason: String,
}

async fn keep(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Custody = sent(&body)?;
    let input = KeepingInput {
        credential: credential(&id)?,
        kept: body.kept,
        reason: body.reason,
    };
    rotation::keep(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn credential(id: &str) -> Result<CredentialId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a credential"))
}
