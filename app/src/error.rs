//! What a server function can answer besides its result, as the browser knows it.

use contract::FieldError;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// Why something did not happen, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// Nobody is signed in.
    NotSignedIn,
    /// Not theirs to do or see; the sentence says why.
    Forbidden(String),
    /// There is no such thing.
    NotFound(String),
    /// The input is wrong, field by field.
    Invalid(Vec<FieldError>),
    /// The state of things says no.
    Conflict(String),
    /// Our fault; the request id finds it in the log.
    Failed {
        /// What a person may know.
        message: String,
        /// Request id; empty where the request never reached us.
        request_id: String,
    },
}

impl AppError {
    /// The message beside a form field, where there is one.
    pub fn of_field(&self, field: &str) -> Option<String> {
        match self {
            Self::Invalid(errors) => errors
                .iter()
                .find(|e| e.field == field)
                .map(|e| e.message.clone()),
            _ => None,
        }
    }

    /// A heading for an error panel.
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "Sign in first",
            Self::Forbidden(_) => "This is not yours to do",
            Self::NotFound(_) => "There is nothing here",
            Self::Invalid(_) => "Some fields need another look",
            Self::Conflict(_) => "This cannot be done now",
            Self::Failed { .. } => "Something of ours failed",
        }
    }

    /// Heading, sentence and request id of an error panel.
    pub fn into_words(self) -> (&'static str, String, Option<String>) {
        (self.title(), self.to_string(), self.request_id())
    }

    /// Request id, where one helps.
    pub fn request_id(&self) -> Option<String> {
        match self {
            Self::Failed { request_id, .. } if !request_id.is_empty() => Some(request_id.clone()),
            _ => None,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotSignedIn => {
                f.write_str("Your session has ended. Sign in again; nothing was changed.")
            }
            Self::Forbidden(why) | Self::NotFound(why) | Self::Conflict(why) => f.write_str(why),
            Self::Invalid(errors) => {
                for (i, error) in errors.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" ")?;
                    }
                    f.write_str(&error.message)?;
                }
                Ok(())
            }
            Self::Failed { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => {
                Self::Invalid(vec![FieldError {
                    field: String::new(),
                    message: format!("The form could not be read: {detail}."),
                }])
            }
            ServerFnErrorErr::Request(_) => Self::Failed {
                message:
                    "The server could not be reached. What you typed is still here; try again."
                        .to_owned(),
                request_id: String::new(),
            },
            _ => Self::Failed {
                message: "The answer could not be understood. Reload the page.".to_owned(),
                request_id: String::new(),
            },
        }
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for AppError {
    fn from(error: service::Error) -> Self {
        use service::{Error, Refusal};
        set_status(&error);
        let message = error.to_string();
        match error {
            Error::Refused(Refusal::NotSignedIn) => Self::NotSignedIn,
            Error::Refused(_) => Self::Forbidden(
                "Your role does not allow this. An administrator can change it.".to_owned(),
            ),
            Error::Forbidden(why) => Self::Forbidden(why),
            Error::NotFound(what) => Self::NotFound(format!(
                "There is no such {what}. It may have been removed, or the address is mistyped."
            )),
            Error::Invalid(fields) => Self::Invalid(fields),
            Error::Conflict(why) | Error::Gone(why) => Self::Conflict(why),
            Error::Store(_) | Error::Internal(_) => {
                let request_id = crate::request::request_id();
                tracing::error!(%request_id, error = ?error, "operation failed");
                Self::Failed {
                    message,
                    request_id,
                }
            }
        }
    }
}

/// Answers a page with the status that fits what is drawn instead of it; an address that names nothing readable never
/// reached a service.
#[cfg(feature = "ssr")]
pub fn answer_with(error: &AppError) {
    use http::StatusCode;
    let status = match error {
        AppError::NotSignedIn => StatusCode::UNAUTHORIZED,
        AppError::Forbidden(_) => StatusCode::FORBIDDEN,
        AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        // Gone is told as a conflict too, and has set its own.
        AppError::Conflict(_) => return,
        AppError::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(status);
    }
}

/// Answers with the status that fits, for pages and server functions alike.
#[cfg(feature = "ssr")]
fn set_status(error: &service::Error) {
    use http::StatusCode;
    use service::{Error, Refusal};
    let status = match error {
        Error::Refused(Refusal::NotSignedIn) => StatusCode::UNAUTHORIZED,
        Error::Refused(_) | Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Gone(_) => StatusCode::GONE,
        Error::Store(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(status);
    }
}
