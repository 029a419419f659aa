//! Forms that post to their own page, and what came of the last post.
//!
//! A page is a document, with and without scripts the same. Its forms name a server function: `<PostForm to=posted>`
//! sends to the present page with `?do=tokens/create`, the server runs that function (`server/src/http/postback.rs`)
//! and either redirects or draws the page again with the answer in its context. So what was typed stands there
//! again beside its error, and a value that is shown once is never stored to be shown.

use contract::FieldError;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;

use crate::error::AppError;

/// Where server functions stand; what follows it names one in `?do=`.
pub const PREFIX: &str = "/api/ui/";

/// What a form was posted with and what its server function answered; put into the request's extensions.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The server function, such as `tokens/create`.
    pub endpoint: String,
    /// The form as it was sent: names and values, in order.
    pub typed: Vec<(String, String)>,
    /// The body of the answer, JSON: the value, or an [`AppError`].
    pub outcome: Result<Vec<u8>, Vec<u8>>,
}

/// A server function as the target of this page's forms, and what came of the last post to it.
pub struct Posted<S: ServerFn + 'static>
where
    S::Output: Send + Sync,
{
    outcome: StoredValue<Option<Result<S::Output, AppError>>>,
    typed: StoredValue<Vec<(String, String)>>,
}

impl<S: ServerFn + 'static> Clone for Posted<S>
where
    S::Output: Send + Sync,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn + 'static> Copy for Posted<S> where S::Output: Send + Sync {}

impl<S> Posted<S>
where
    S: ServerFn<Error = AppError> + 'static,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// Takes the answer out of the request, where this page was posted to this server function.
    pub fn new() -> Self {
        let answer =
            answer().filter(|answer| S::PATH.strip_prefix(PREFIX) == Some(&answer.endpoint));
        let (outcome, typed) = answer.map_or((None, Vec::new()), |answer| {
            (Some(read::<S>(&answer.outcome)), answer.typed)
        });
        Self {
            outcome: StoredValue::new(outcome),
            typed: StoredValue::new(typed),
        }
    }

    /// What the server function answered.
    pub fn value(self) -> Option<Result<S::Output, AppError>> {
        self.outcome.get_value()
    }

    /// Why it did not do it.
    pub fn error(self) -> Option<AppError> {
        self.value()?.err()
    }

    /// Why it did not take a field.
    pub fn of_field(self, field: &str) -> Option<String> {
        self.error()?.of_field(field)
    }

    /// What was typed into a field, by the field's name; nothing when nothing was posted, or when it was a secret.
    pub fn typed(self, name: &str) -> Option<String> {
        let field = name.split_once('[').map_or(name, |(_, rest)| rest);
        let wrong = self.of_field(field.trim_end_matches(']'));
        if wrong.is_some_and(|wrong| wrong.starts_with(contract::SECRET_REFUSED)) {
            return Some(String::new());
        }
        self.typed.with_value(|typed| {
            let found = typed.iter().find(|(given, _)| given == name);
            found.map(|(_, value)| value.clone())
        })
    }

    /// Whether the form was sent at all.
    pub fn sent(self) -> bool {
        self.outcome.with_value(Option::is_some)
    }

    /// What was typed into all fields of a name; `name[]` and `name[2]` are the same name.
    pub fn typed_all(self, name: &str) -> Vec<String> {
        self.typed.with_value(|typed| {
            let of_name = |given: &str| {
                let rest = given.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
            };
            let found = typed.iter().filter(|(given, _)| of_name(given));
            found.map(|(_, value)| value.clone()).collect()
        })
    }

    /// Whether the post came from the form whose hidden field has this value: rows of a list share a function.
    pub fn came_from(self, name: &str, value: &str) -> bool {
        self.typed(name).as_deref() == Some(value)
    }
}

impl<S> Default for Posted<S>
where
    S: ServerFn<Error = AppError> + 'static,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "ssr")]
fn answer() -> Option<Answer> {
    use_context::<http::request::Parts>()?
        .extensions
        .get::<Answer>()
        .cloned()
}

// Pages are drawn by the server alone; in the browser there is nothing to take up.
#[cfg(not(feature = "ssr"))]
fn answer() -> Option<Answer> {
    None
}

fn read<S>(outcome: &Result<Vec<u8>, Vec<u8>>) -> Result<S::Output, AppError>
where
    S: ServerFn<Error = AppError>,
    S::Output: DeserializeOwned,
{
    match outcome {
        Ok(body) => serde_json::from_slice(body).map_err(|_| unreadable()),
        Err(body) => Err(serde_json::from_slice(body).unwrap_or_else(|_| unreadable())),
    }
}

/// What a function said that could not be read: a form nobody made with these pages.
fn unreadable() -> AppError {
    AppError::Invalid(vec![FieldError {
        field: String::new(),
        message: "The form could not be read. Reload the page and try again.".to_owned(),
    }])
}

/// Draws a form that posts to its own page, for a server function.
#[component]
pub fn PostForm<S>(
    /// The server function.
    to: Posted<S>,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = AppError> + 'static,
    S::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let _ = to;
    let action = target(S::PATH, &use_location().search.get_untracked());
    view! { <form method="post" action=action>{children()}</form> }
}

/// Where a button sends its form that calls another server function than the form's own.
pub fn target_of<S: ServerFn>() -> String {
    target(S::PATH, &use_location().search.get_untracked())
}

/// The present page as the target of a form: its query stays, and says what to do.
fn target(path: &str, search: &str) -> String {
    let endpoint = path.strip_prefix(PREFIX).unwrap_or(path);
    let search = search.trim_start_matches('?');
    let and = if search.is_empty() { "" } else { "&" };
    format!("?{search}{and}do={endpoint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_the_query_of_its_page() {
        assert_eq!(target("/api/ui/tokens/create", ""), "?do=tokens/create");
        assert_eq!(
            target("/api/ui/tokens/create", "?after=a%20b"),
            "?after=a%20b&do=tokens/create"
        );
    }
}
