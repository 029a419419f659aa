//! Draws problems in the form the caller reads, with the request id; nobody gets a bare or a framework's error.

use app::request::RequestId;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};

use crate::http::Problem;
use crate::http::problem::usual;

/// Draws what the handlers refused.
pub async fn layer(request: Request, next: Next) -> Response {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let as_page = wants_page(&request);
    let response = next.run(request).await;
    match response
        .extensions()
        .get::<Problem>()
        .cloned()
        .or_else(|| bare(&response))
    {
        Some(problem) => draw(&problem, &id, as_page, response.headers()),
        None => response,
    }
}

fn wants_page(request: &Request) -> bool {
    let path = request.uri().path();
    let machine = path.starts_with("/api/v1") || path.starts_with("/ingest/");
    let reads_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    !machine && reads_html
}

/// An error no handler of ours wrote: axum's own texts, or nothing at all.
fn bare(response: &Response) -> Option<Problem> {
    let status = response.status();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let ours = kind.contains("json") || kind.contains("html");
    ((status.is_client_error() || status.is_server_error()) && !ours).then(|| usual(status))
}

fn draw(problem: &Problem, id: &str, as_page: bool, headers: &HeaderMap) -> Response {
    let mut response = if as_page {
        (problem.status, Html(page(problem, id))).into_response()
    } else {
        let mut json = (problem.status, Json(problem.to_json(id))).into_response();
        json.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        json
    };
    for name in [
        header::WWW_AUTHENTICATE,
        header::RETRY_AFTER,
        header::ALLOW,
        header::SET_COOKIE,
    ] {
        for value in headers.get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    if as_page {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            ),
        );
    }
    response
}

/// The page of a request that never reached the application; the same sheet as `app::layout::Door`.
fn page(problem: &Problem, id: &str) -> String {
    let (title, detail, id) = (escape(problem.title), escape(&problem.detail), escape(id));
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Rollcall</title>\
         <script src=\"/theme.js\"></script><link rel=\"stylesheet\" href=\"/pkg/rollcall.css\"></head>\
         <body><div class=\"door\"><main id=\"main\"><div class=\"sheet\"><h1>{title}</h1><p>{detail}</p>\
         <p class=\"small muted\">Request <code>{id}</code></p>\
         <p><a class=\"btn\" href=\"/\">Go to the overview</a></p></div></main></div></body></html>"
    )
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
