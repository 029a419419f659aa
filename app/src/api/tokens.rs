//! API tokens.

use contract::ids::TokenId;
use contract::tokens::{TokenCreated, TokenList};
use leptos::prelude::*;

use crate::error::AppError;

/// Tokens, newest first.
///
/// # Errors
/// [`AppError::Forbidden`] for owners.
#[server(prefix = "/api/ui", endpoint = "tokens/list")]
pub async fn list_tokens(cursor: Option<String>) -> Result<TokenList, AppError> {
    let op = crate::request::op()?;
    Ok(service::tokens::list(&op, cursor.as_deref()).await?)
}

/// Makes a token; the answer holds it, once.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] for all but administrators.
#[server(prefix = "/api/ui", endpoint = "tokens/create")]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<String>,
    days: Option<i64>,
    #[server(default)] teams: Option<String>,
    #[server(default)] networks: Option<String>,
) -> Result<TokenCreated, AppError> {
    let op = crate::request::op()?;
    let lines = |text: Option<String>| -> Vec<String> {
        let text = text.unwrap_or_default();
        text.split([',', ' ', '\n'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let input = contract::tokens::TokenInput {
        name,
        scopes,
        days,
        teams: lines(teams),
        networks: lines(networks),
        ..contract::tokens::TokenInput::default()
    };
    Ok(service::tokens::create(&op, input).await?)
}

/// Revokes a token for good.
///
/// # Errors
/// [`AppError::Conflict`] when it is revoked already; [`AppError::Forbidden`] for all but administrators.
#[server(prefix = "/api/ui", endpoint = "tokens/revoke")]
pub async fn revoke_token(id: TokenId) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::tokens::revoke(&op, id).await?)
}
