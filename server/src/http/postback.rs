//! A form that posts to its own page: runs the server function that `?do=` names, then redirects, or draws the page
//! again with the answer in the request's extensions.
//!
//! What was typed and what was answered live no longer than this one response: neither is stored, so a token can be
//! shown once and a mistyped field corrected, with and without scripts.

use app::error::AppError;
use app::form::{Answer, PREFIX};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tower::ServiceExt as _;

use super::Problem;
use super::problem::usual;

/// The header by which leptos says where to go to callers that do not take HTML.
const REDIRECT: &str = "serverfnredirect";

/// Answers a post to a page; everything else goes on. `pages` are the pages and server functions themselves.
pub async fn layer(pages: Router, request: Request, next: Next) -> Response {
    let endpoint = named(request.uri());
    match endpoint {
        Some(endpoint) if request.method() == Method::POST => post(pages, request, endpoint)
            .await
            .unwrap_or_else(IntoResponse::into_response),
        _ => next.run(request).await,
    }
}

/// The server function that an address names.
fn named(uri: &Uri) -> Option<String> {
    if uri.path().starts_with("/api/") {
        return None;
    }
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let endpoint = pairs.filter(|(name, _)| name == "do").last()?.1;
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    endpoint.split('/').all(word).then(|| endpoint.into_owned())
}

async fn post(pages: Router, request: Request, endpoint: String) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // The layer above bounds the body already.
    let form = to_bytes(body, usize::MAX)
        .await
        .map_err(|_| usual(StatusCode::PAYLOAD_TOO_LARGE))?;
    let here = page(&parts.uri);
    let answered = call(pages.clone(), &parts, &endpoint, form.clone()).await?;
    // The marker itself is empty: where to go stands in Location in any case.
    let headers = answered.headers();
    let to = headers.get(header::LOCATION).or(headers.get(REDIRECT));
    if let Some(to) = to.filter(|to| !to.is_empty()) {
        let mut response = StatusCode::SEE_OTHER.into_response();
        response.headers_mut().insert(header::LOCATION, to.clone());
        return Ok(response);
    }
    let status = answered.status();
    let value = to_bytes(answered.into_body(), usize::MAX)
        .await
        .map_err(|_| usual(StatusCode::INTERNAL_SERVER_ERROR))?;
    if status.is_success() && *value == *b"null" {
        return Ok(Redirect::to(&here).into_response());
    }
    let (status, outcome) = if status.is_success() {
        (status, Ok(value.to_vec()))
    } else {
        (refused(status, &value), Err(value.to_vec()))
    };
    let typed = form_urlencoded::parse(&form).into_owned().collect();
    draw(
        pages,
        parts,
        &here,
        status,
        Answer {
            endpoint,
            typed,
            outcome,
        },
    )
    .await
}

/// The status of a refusal. A form that cannot be read never reached the service that would have set one.
fn refused(status: StatusCode, value: &[u8]) -> StatusCode {
    match serde_json::from_slice(value) {
        Ok(AppError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => status,
    }
}

/// The address without what to do.
fn page(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("do="))
        .collect();
    if kept.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{}", uri.path(), kept.join("&"))
    }
}

/// Calls the server function as a script would: the answer comes as JSON.
async fn call(
    pages: Router,
    page: &Parts,
    endpoint: &str,
    form: Bytes,
) -> Result<Response, Problem> {
    let mut parts = page.clone();
    parts.uri = address(&format!("{PREFIX}{endpoint}")).ok_or_else(unclear)?;
    parts
        .headers
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    Ok(ask(pages, Request::from_parts(parts, Body::from(form))).await)
}

/// Draws the page with the answer; the status is the server function's unless the page itself fails.
async fn draw(
    pages: Router,
    mut parts: Parts,
    here: &str,
    status: StatusCode,
    answer: Answer,
) -> Result<Response, Problem> {
    parts.method = Method::GET;
    parts.uri = address(here).ok_or_else(unclear)?;
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        parts.headers.remove(name);
    }
    parts.extensions.insert(answer);
    let mut response = ask(pages, Request::from_parts(parts, Body::empty())).await;
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn address(path: &str) -> Option<Uri> {
    path.parse().ok()
}

fn unclear() -> Problem {
    usual(StatusCode::BAD_REQUEST)
}

async fn ask(pages: Router, request: Request) -> Response {
    match pages.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().expect("an address")
    }

    #[test]
    fn names_server_functions_and_nothing_else() {
        assert_eq!(
            named(&uri("/settings/tokens?do=tokens/create")).as_deref(),
            Some("tokens/create")
        );
        for other in [
            "/identities",
            "/identities?do=../../auth",
            "/?do=",
            "/?do=a//b",
            "/api/ui/x?do=tokens/create",
        ] {
            assert_eq!(named(&uri(other)), None, "{other}");
        }
    }

    #[test]
    fn the_page_is_the_address_without_what_to_do() {
        assert_eq!(
            page(&uri("/findings?q=a%20b&do=findings/change&after=3")),
            "/findings?q=a%20b&after=3"
        );
        assert_eq!(
            page(&uri("/settings/tokens?do=tokens/create")),
            "/settings/tokens"
        );
    }
}
