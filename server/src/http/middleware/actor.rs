//! Who asks, on doors a cookie opens: the session's person, with roles and teams as they are now.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::access::Actor;
use service::session::PERSON;
use tower_sessions::Session;

use crate::http::{AppState, Problem};

/// Puts the actor into the request's extensions. Somebody who has left is nobody.
pub async fn layer(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    match of(&state, &session).await {
        Ok(actor) => request.extensions_mut().insert(actor),
        Err(problem) => return problem.into_response(),
    };
    next.run(request).await
}

async fn of(state: &AppState, session: &Session) -> Result<Actor, Problem> {
    let person = session.get(PERSON).await.map_err(|error| {
        tracing::error!(%error, "the session cannot be read");
        super::super::problem::usual(axum::http::StatusCode::SERVICE_UNAVAILABLE)
    })?;
    let Some(person) = person else {
        return Ok(Actor::Anonymous);
    };
    let op = state.services.system("session");
    Ok(service::session::actor(&op, person).await?)
}

/// Sends somebody who is not signed in to the sign-in page, and back to this page afterwards.
pub async fn signed_in(request: Request, next: Next) -> Response {
    let anonymous = matches!(request.extensions().get(), Some(Actor::Anonymous) | None);
    let open = request.uri().path() == app::paths::sign_in();
    if anonymous && !open && request.method() == Method::GET {
        let here = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let to = if here == "/" {
            app::paths::sign_in()
        } else {
            app::paths::sign_in_then(here)
        };
        return Redirect::to(&to).into_response();
    }
    next.run(request).await
}
