//! What a refused or failed request answers: problem+json (RFC 9457) for machines, a page for people.
//!
//! A handler returns a [`Problem`]; `middleware::problems` draws it in the form the caller reads, with the
//! request id. Nothing a driver said is in it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::FieldError;
use serde_json::{Value, json};
use service::Error;

/// Why a request was not answered as asked.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Status code.
    pub status: StatusCode,
    /// A few words, the same for each problem of its kind.
    pub title: &'static str,
    /// A sentence or two: what happened, what was kept, what to do.
    pub detail: String,
    /// Wrong fields.
    pub fields: Vec<FieldError>,
    /// Further members of the JSON form, e.g. the newest cursor of a feed.
    pub more: Box<serde_json::Map<String, Value>>,
}

impl Problem {
    /// A problem with the usual title of its status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            title: title(status),
            detail: detail.into(),
            fields: Vec::new(),
            more: Box::default(),
        }
    }

    /// With a further member of the JSON form.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The JSON form (RFC 9457), with the request id.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut body = json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "request_id": request_id,
        });
        if !self.fields.is_empty() {
            body["errors"] = self
                .fields
                .iter()
                .map(|e| json!({ "field": e.field, "detail": e.message }))
                .collect();
        }
        if let Value::Object(map) = &mut body {
            map.extend(*self.more.clone());
        }
        body
    }
}

/// What a bare status says when no handler said more.
pub(super) fn usual(status: StatusCode) -> Problem {
    let detail = match status {
        StatusCode::NOT_FOUND => "There is nothing at this address.",
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take that method.",
        StatusCode::PAYLOAD_TOO_LARGE => {
            "The body is larger than this address takes. Nothing was kept; send it in parts."
        }
        StatusCode::REQUEST_TIMEOUT => {
            "The request took too long and was given up. Nothing was kept; try again."
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body is not of a type this address reads.",
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            "The request could not be read."
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            "The headers are larger than this server takes."
        }
        _ if status.is_server_error() => {
            "Something of ours failed. Nothing was changed; the request id finds it in the log."
        }
        _ => "The request was refused.",
    };
    Problem::new(status, detail)
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Sign in first",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::CONFLICT => "This cannot be done now",
        StatusCode::GONE => "Gone",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::REQUEST_TIMEOUT => "Too slow",
        StatusCode::UNPROCESSABLE_ENTITY => "Some fields need another look",
        StatusCode::SERVICE_UNAVAILABLE => "Not available now",
        other => other.canonical_reason().unwrap_or("Refused"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"rollcall\""),
            );
        }
        // Whoever knows better says so afterwards.
        let again = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some("5"),
            StatusCode::TOO_MANY_REQUESTS => Some("2"),
            _ => None,
        };
        if let Some(seconds) = again {
            let seconds = HeaderValue::from_static(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Refused(domain::access::Refusal::NotSignedIn) => StatusCode::UNAUTHORIZED,
            Error::Refused(_) | Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::Gone(_) => StatusCode::GONE,
            Error::Store(store::Error::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Store(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = ?error, "operation failed");
        }
        let mut problem = Self::new(status, sentence(&error.to_string()));
        if let Error::Invalid(fields) = error {
            problem.fields = fields;
        }
        problem
    }
}

/// Errors begin small, sentences do not.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
