//! Shells that ask for a token.

use contract::tokens::DeviceLogin;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// The login that waits under a code; absent when none does.
///
/// # Errors
/// [`AppError::Forbidden`] for everybody but administrators.
#[server(prefix = "/api/ui", endpoint = "devices/load", input = Json)]
pub async fn load_login(code: String) -> Result<Option<DeviceLogin>, AppError> {
    let op = crate::request::op()?;
    Ok(service::devices::view(&op, &code).await?)
}

/// Approves or refuses a login; which of them it was.
///
/// # Errors
/// [`AppError::Invalid`] when no login waits under the code.
#[server(prefix = "/api/ui", endpoint = "devices/answer")]
pub async fn answer_login(code: String, approve: bool) -> Result<bool, AppError> {
    let op = crate::request::op()?;
    service::devices::answer(&op, &code, approve).await?;
    Ok(approve)
}
