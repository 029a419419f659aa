//! Who is told of findings, and when.

use contract::notices::{NoticeRuleInput, NoticeRules};
use leptos::prelude::*;

use crate::error::AppError;

/// Every rule, and what the form needs.
///
/// # Errors
/// [`AppError::NotSignedIn`] when nobody is.
#[server(prefix = "/api/ui", endpoint = "notices/rules")]
pub async fn list_notice_rules() -> Result<NoticeRules, AppError> {
    let op = crate::request::op()?;
    Ok(service::notices::rules(&op).await?)
}

/// Sets a rule.
///
/// # Errors
/// [`AppError::Invalid`] field by field; [`AppError::Forbidden`] for owners and auditors.
#[server(prefix = "/api/ui", endpoint = "notices/set")]
pub async fn set_notice_rule(input: NoticeRuleInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::notices::set_rule(&op, &input).await?)
}

/// Ends a rule.
///
/// # Errors
/// [`AppError::NotFound`] when there is none; [`AppError::Forbidden`] for owners and auditors.
#[server(prefix = "/api/ui", endpoint = "notices/end")]
pub async fn end_notice_rule(input: NoticeRuleInput) -> Result<(), AppError> {
    let op = crate::request::op()?;
    Ok(service::notices::end_rule(&op, &input).await?)
}
