//! What is done with findings.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use contract::findings::{ExceptionScope, FindingAction, FindingInput};
use contract::ids::FindingId;
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, findings};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::{rows, sent};
use super::super::list::{one, wrong};
use super::super::wire::words;
use super::row;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/findings/{id}/actions", post(act))
        .route("/findings/actions", post(acts))
}

/// What somebody does with a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The finding; in the address where there is one.
    #[serde(default)]
    finding: Option<Uuid>,
    /// What is done.
    #[schema(schema_with = words::action)]
    action: FindingAction,
    /// Note, or the reason of an exception or of its end.
    #[serde(default)]
    note: String,
    /// Days an exception lasts, 1 to 365.
    #[serde(default)]
    days: Option<i64>,
    /// What an exception covers: this finding unless said otherwise.
    #[serde(default)]
    #[schema(schema_with = words::exception_scope)]
    scope: ExceptionScope,
    /// E-mail address of whom it is given to, for `assign`.
    #[serde(default)]
    to: String,
}

fn action(id: FindingId, act: Act) -> FindingInput {
    FindingInput {
        finding: id,
        action: act.action,
        note: act.note,
        days: act.days,
        scope: act.scope,
        to: act.to,
    }
}

async fn act(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeFinding)?;
    let id: FindingId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of a finding"))?;
    let body: Act = sent(&body)?;
    let state = findings::change(&op, &action(id, body)).await?;
    Ok(one(&FindingStands { state }))
}

/// Where a finding stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingStands {
    /// State word.
    #[schema(schema_with = words::finding_state)]
    state: contract::findings::FindingState,
}

async fn acts(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeFinding)?;
    let mut results = Vec::new();
    for (index, body) in rows::<Act>(&body)?.into_iter().enumerate() {
        let done = match body.finding {
            None => Err(Error::field("finding", "is missing")),
            Some(id) => findings::change(&op, &action(FindingId(id), body))
                .await
                .map(|state| state.to_string()),
        };
        results.push(row(index, done));
    }
    Ok(one(&results))
}
