//! Signing in and out. Plain forms and links: it works without JavaScript.

mod oidc;
mod persona;
mod sign_out;
pub mod store;
mod to;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use contract::access::SignInProblem;
use contract::ids::PersonId;
use service::session::PERSON;
use tower_sessions::Session;

use super::{AppState, Problem};

/// The routes under `/auth`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/oidc", get(oidc::begin))
        .route("/auth/oidc/callback", get(oidc::callback))
        .route("/auth/persona", post(persona::sign_in))
        .route("/auth/sign-out", post(sign_out::here))
        .route("/auth/sign-out-everywhere", post(sign_out::everywhere))
}

/// Makes the session theirs: a new id, so that one planted before sign-in is worth nothing (fixation).
async fn begin_session(session: &Session, person: PersonId) -> Result<(), Problem> {
    let begun = async {
        session.clear().await;
        session.cycle_id().await?;
        session.insert(PERSON, person).await
    };
    begun
        .await
        .map_err(|error: tower_sessions::session::Error| {
            tracing::error!(%error, "the session cannot be begun");
            super::problem::usual(axum::http::StatusCode::SERVICE_UNAVAILABLE)
        })
}

/// Back to the sign-in page, which says what went wrong.
fn refused(problem: SignInProblem, request_id: &str, to: Option<&str>) -> Redirect {
    Redirect::to(&app::paths::sign_in_refused(
        problem,
        request_id,
        to.unwrap_or_default(),
    ))
}
