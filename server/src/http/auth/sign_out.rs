//! Signs out: here, or on every device.

use axum::response::Redirect;
use tower_sessions::Session;

use crate::http::{Operation, Problem};

/// `POST /auth/sign-out`.
pub async fn here(Operation(op): Operation, session: Session) -> Result<Redirect, Problem> {
    service::session::sign_out(&op).await?;
    end(&session).await;
    Ok(Redirect::to(&app::paths::sign_in()))
}

/// `POST /auth/sign-out-everywhere`.
pub async fn everywhere(Operation(op): Operation, session: Session) -> Result<Redirect, Problem> {
    service::session::sign_out_everywhere(&op).await?;
    end(&session).await;
    Ok(Redirect::to(&app::paths::sign_in()))
}

async fn end(session: &Session) {
    if let Err(error) = session.flush().await {
        tracing::error!(%error, "the session cannot be removed");
    }
}
