//! Who has left, and who is back.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use contract::people::DepartureInput;
use domain::access::Access;
use serde::Deserialize;
use service::people;
use utoipa::ToSchema;

use super::super::body::sent;
use super::super::list::wrong;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/people/{id}/departure", post(depart))
}

/// Whether somebody has left.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// They have left, or are back.
    left: bool,
    /// Why, in a sentence.
    #[serde(default)]
    reason: String,
}

async fn depart(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManagePeople)?;
    let body: Departure = sent(&body)?;
    let input = DepartureInput {
        person: id
            .parse()
            .map_err(|_| wrong("id", "is no id of a person"))?,
        left: body.left,
        reason: body.reason,
    };
    people::depart(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}
