//! What a service function can answer besides its result. Each door maps this once.

use contract::FieldError;
use domain::access::Refusal;

/// Why an operation did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not signed in, or not allowed by role or scope.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Allowed in general, but not on this row; the sentence says why.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing (or it is not theirs to know).
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The input is wrong, field by field.
    #[error("{}", .0.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The state of things says no; the sentence says why and what to do.
    #[error("{0}")]
    Conflict(String),
    /// What was asked for is gone for good (a feed position of another epoch, say).
    #[error("{0}")]
    Gone(String),
    /// The database did not do its part. The driver's words are for the log only.
    #[error("the database could not do this; nothing was changed")]
    Store(#[source] store::Error),
    /// Something else of ours failed; the sentence is safe to show.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// One wrong field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Concurrent => Self::Conflict("Somebody changed this at the same moment. Nothing was saved; look again and retry.".to_owned()),
            store::Error::Value(error) => {
                tracing::warn!(%error, "a value was refused by the database");
                Self::field("input", "Something in it cannot be kept: a NUL character, a name of thousands of letters, or a number or date out of range.")
            }
            other => Self::Store(other),
        }
    }
}
