//! Sign-in at the identity provider: there and back.

use app::request::RequestId;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Redirect;
use contract::access::SignInProblem;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tower_sessions::Session;

use super::{begin_session, refused, to};
use crate::clients::oidc::{Failure, Pending};
use crate::http::{AppState, Operation, Problem};

/// Key under which the session keeps what was sent to the provider.
const PENDING: &str = "sign_in";

/// What the session keeps while somebody is at the provider.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    pending: Pending,
    to: String,
}

/// Where to come back to.
#[derive(Debug, Deserialize)]
pub struct Begin {
    to: Option<String>,
}

/// `GET /auth/oidc`: to the provider.
pub async fn begin(
    State(state): State<AppState>,
    Extension(RequestId(id)): Extension<RequestId>,
    session: Session,
    Query(query): Query<Begin>,
) -> Result<Redirect, Problem> {
    let to = to::safe(query.to.as_deref()).to_owned();
    let Some(provider) = &state.oidc else {
        return Ok(refused(SignInProblem::NoProvider, &id, Some(&to)));
    };
    let (address, pending) = match provider.begin().await {
        Ok(begun) => begun,
        Err(failure) => return Ok(refused(problem(&failure), &id, Some(&to))),
    };
    session
        .insert(PENDING, Kept { pending, to })
        .await
        .map_err(|error| {
            tracing::error!(%error, "the sign-in cannot be kept");
            crate::http::problem::usual(axum::http::StatusCode::SERVICE_UNAVAILABLE)
        })?;
    Ok(Redirect::to(&address))
}

/// What the provider sends back.
#[derive(Debug, Deserialize)]
pub struct Answer {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// `GET /auth/oidc/callback`: back from the provider.
pub async fn callback(
    State(state): State<AppState>,
    Operation(op): Operation,
    session: Session,
    Query(answer): Query<Answer>,
) -> Result<Redirect, Problem> {
    let id = op.request_id.clone();
    let kept: Option<Kept> = session.remove(PENDING).await.ok().flatten();
    // No session of ours, or another sign-in's answer: somebody else's code is never redeemed here.
    let Some(kept) = kept
        .filter(|kept| bool::from(kept.pending.state.as_bytes().ct_eq(answer.state.as_bytes())))
    else {
        return Ok(refused(SignInProblem::Stale, &id, None));
    };
    let Some(provider) = &state.oidc else {
        return Ok(refused(SignInProblem::NoProvider, &id, Some(&kept.to)));
    };
    if let Some(error) = answer.error {
        tracing::info!(error = %error.chars().take(64).collect::<String>(), "the provider refused the sign-in");
        return Ok(refused(SignInProblem::Denied, &id, Some(&kept.to)));
    }
    let claims = match provider
        .finish(
            answer.code.unwrap_or_default(),
            answer.iss.as_deref(),
            kept.pending,
        )
        .await
    {
        Ok(claims) => claims,
        Err(failure) => return Ok(refused(problem(&failure), &id, Some(&kept.to))),
    };
    match service::session::sign_in(&op, claims).await? {
        Ok(person) => {
            begin_session(&session, person).await?;
            Ok(Redirect::to(to::safe(Some(&kept.to))))
        }
        Err(problem) => Ok(refused(problem, &id, Some(&kept.to))),
    }
}

fn problem(failure: &Failure) -> SignInProblem {
    tracing::warn!(%failure, "sign-in failed");
    match failure {
        Failure::Unavailable(_) => SignInProblem::Unavailable,
        Failure::Refused(_) => SignInProblem::Stale,
        Failure::Untrusted(_) => SignInProblem::Untrusted,
    }
}
