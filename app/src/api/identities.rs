//! Identities: list and view the roll, ask for a new one, change its state.

use contract::FieldError;
use contract::identities::{
    EditInput, IdentityFilter, IdentityList, IdentityRequest, IdentitySort, IdentityView,
    RequestChoices, TransitionInput,
};
use contract::ids::IdentityId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// One page of the inventory with its facets.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "identities/list", input = Json)]
pub async fn list_identities(
    filter: IdentityFilter,
    sort: IdentitySort,
    after: Option<String>,
) -> Result<IdentityList, AppError> {
    let op = crate::request::op()?;
    Ok(service::identities::list(&op, &filter, sort, after.as_deref()).await?)
}

/// One identity with everything its page shows; of one that was joined with another, that other.
///
/// # Errors
/// [`AppError::NotFound`] when there is none.
#[server(prefix = "/api/ui", endpoint = "identities/view")]
pub async fn load_identity(id: IdentityId) -> Result<IdentityView, AppError> {
    let op = crate::request::op()?;
    Ok(service::identities::view_joined(&op, id).await?)
}

/// Teams and people the request form offers.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not ask for an identity.
#[server(prefix = "/api/ui", endpoint = "identities/choices")]
pub async fn load_request_choices() -> Result<RequestChoices, AppError> {
    let op = crate::request::op()?;
    Ok(service::identities::choices(&op).await?)
}

/// A request as it may be shown again, without what looked like a secret, and what is wrong with it, field by field;
/// nothing is saved.
///
/// # Errors
/// [`AppError::Forbidden`] when the viewer may not ask for an identity.
#[server(prefix = "/api/ui", endpoint = "identities/check", input = Json)]
pub async fn check_request(
    form: IdentityRequest,
) -> Result<(IdentityRequest, Vec<FieldError>), AppError> {
    let op = crate::request::op()?;
    let mut errors = service::identities::check_request(&op, &form).await?;
    let (safe, secrets) = service::identities::without_secrets(&form);
    for field in secrets {
        errors.retain(|error| error.field != field);
        errors.push(FieldError {
            field: field.to_owned(),
            message: "This looked like a secret, so it was neither kept nor logged. Revoke it where it was made, and give its key id or fingerprint instead.".to_owned(),
        });
    }
    Ok((safe, errors))
}

/// Asks for a new identity, then shows it.
///
/// # Errors
/// [`AppError::Invalid`] with every wrong field, [`AppError::Forbidden`] when the viewer may not ask for an identity.
#[server(prefix = "/api/ui", endpoint = "identities/request")]
pub async fn request_identity(form: IdentityRequest) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let id = service::identities::request(&op, &form).await?;
    leptos_axum::redirect(&crate::paths::identity(id));
    Ok(())
}

/// Changes what an identity says of itself, then shows its history.
///
/// # Errors
/// [`AppError::Invalid`] with every wrong field, [`AppError::Conflict`] when somebody changed it meanwhile.
#[server(prefix = "/api/ui", endpoint = "identities/edit")]
pub async fn edit_identity(input: EditInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    let id = service::identities::edit(&op, &input).await?;
    leptos_axum::redirect(&crate::paths::identity_tab(id, "history"));
    Ok(())
}

/// Takes a lifecycle transition.
///
/// # Errors
/// [`AppError::Invalid`] when a fact is missing, [`AppError::Conflict`] when the state does not allow it.
#[server(prefix = "/api/ui", endpoint = "identities/change")]
pub async fn change_identity(input: TransitionInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    service::identities::change_state(&op, &input).await?;
    Ok(())
}
