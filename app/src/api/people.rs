//! People and teams.

use contract::ids::PersonId;
use contract::people::{DepartureInput, PeopleList, PersonView, TeamRow, TeamView};
use leptos::prelude::*;

use crate::error::AppError;

/// Every team with its figures.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "teams/list")]
pub async fn list_teams() -> Result<Vec<TeamRow>, AppError> {
    let op = crate::request::op()?;
    Ok(service::people::list_teams(&op).await?)
}

/// One team with its members.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "teams/view")]
pub async fn load_team(slug: String) -> Result<TeamView, AppError> {
    let op = crate::request::op()?;
    Ok(service::people::view_team(&op, &slug).await?)
}

/// A page of people.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "people/list")]
pub async fn list_people(after: Option<String>) -> Result<PeopleList, AppError> {
    let op = crate::request::op()?;
    Ok(service::people::list(&op, after.as_deref()).await?)
}

/// One person with what they own.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "people/view")]
pub async fn load_person(id: PersonId) -> Result<PersonView, AppError> {
    let op = crate::request::op()?;
    Ok(service::people::view(&op, id).await?)
}

/// Notes that somebody has left, or is back.
///
/// # Errors
/// [`AppError::Invalid`] beside the reason; [`AppError::Forbidden`] for owners, auditors and on oneself.
#[server(prefix = "/api/ui", endpoint = "people/depart")]
pub async fn note_departure(input: DepartureInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::people::depart(&op, &input).await?)
}
