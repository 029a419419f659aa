//! Break-glass identities: the mark, days of use with their tickets, drills.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use contract::identities::{DrillInput, GlassMark, GlassMatch};
use domain::access::Access;
use serde::Deserialize;
use service::break_glass;
use utoipa::ToSchema;

use super::super::body::sent;
use super::super::list::identity;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities/{id}/break-glass", post(mark))
        .route("/identities/{id}/break-glass-uses", post(explain))
        .route("/identities/{id}/drills", post(drill))
}

/// Whether an identity is break-glass.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GlassWish {
    /// What it shall be.
    marked: bool,
    /// Why.
    #[serde(default)]
    #[schema(example = "The only way in when the identity provider is down")]
    reason: String,
}

async fn mark(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::MarkBreakGlass)?;
    let body: GlassWish = sent(&body)?;
    let input = GlassMark {
        identity: identity(&id)?,
        marked: body.marked,
        reason: body.reason,
    };
    break_glass::mark(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A day a break-glass identity was used on, and its ticket.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GlassUse {
    /// The day, `YYYY-MM-DD`.
    #[schema(example = "2026-11-20")]
    day: String,
    /// The ticket.
    #[schema(example = "INC-2041")]
    ticket: String,
    /// What it was used for.
    note: String,
}

async fn explain(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: GlassUse = sent(&body)?;
    let input = GlassMatch {
        identity: identity(&id)?,
        day: body.day,
        ticket: body.ticket,
        note: body.note,
    };
    break_glass::explain(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A drill of a break-glass identity.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Drill {
    /// The day, `YYYY-MM-DD`; empty means today.
    day: String,
    /// The ticket.
    #[schema(example = "CHG-118")]
    ticket: String,
    /// Whether the way out worked.
    worked: bool,
    /// What was learned.
    note: String,
}

async fn drill(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Drill = sent(&body)?;
    let input = DrillInput {
        identity: identity(&id)?,
        day: body.day,
        ticket: body.ticket,
        worked: if body.worked { "yes" } else { "no" }.to_owned(),
        note: body.note,
    };
    break_glass::drill(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}
