//! Signs in as a persona of the demo organisation. Only with `serve --demo`, which only listens on loopback.

use axum::Form;
use axum::response::Redirect;
use contract::ids::PersonId;
use serde::Deserialize;
use tower_sessions::Session;

use super::{begin_session, to};
use crate::http::{Operation, Problem};

/// The form.
#[derive(Debug, Deserialize)]
pub struct Input {
    person: PersonId,
    to: Option<String>,
}

/// `POST /auth/persona`.
pub async fn sign_in(
    Operation(op): Operation,
    session: Session,
    Form(input): Form<Input>,
) -> Result<Redirect, Problem> {
    let person = service::session::sign_in_persona(&op, input.person).await?;
    begin_session(&session, person).await?;
    Ok(Redirect::to(to::safe(input.to.as_deref())))
}
