//! `POST /api/v1/token`: a pipeline's own token exchanged for one of ours (RFC 8693), with nothing stored anywhere; and
//! `POST /api/v1/device`: a shell's login that a person approves in a browser (RFC 8628). Open to anybody, who then has
//! to prove something.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;
use service::devices::{self, Claimed};
use service::{Error, Op, workload};

use crate::http::{AppState, Operation, Problem};

/// What is exchanged (RFC 8693 3).
pub(super) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// Kinds of token that are exchanged.
pub(super) const TAKEN: &[&str] = &[
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
];
/// What a shell asks with (RFC 8628 3.4).
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const GIVEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/token", post(exchange))
        .route("/device", post(device))
}

/// Exchanges a pipeline's token. Errors are OAuth's (RFC 6749 5.2), which clients of such addresses read.
async fn exchange(
    State(state): State<AppState>,
    Operation(op): Operation,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (mut grant, mut kind, mut request) =
        (String::new(), String::new(), workload::Request::default());
    let mut device_code = String::new();
    for (name, value) in form_urlencoded::parse(&body) {
        match name.as_ref() {
            "grant_type" => grant = value.into_owned(),
            "subject_token_type" => kind = value.into_owned(),
            "subject_token" => request.subject_token = value.into_owned(),
            "device_code" => device_code = value.into_owned(),
            "scope" => request.scopes = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    let form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if form && grant == DEVICE {
        return claimed(&op, &device_code).await;
    }
    if !form || grant != EXCHANGE {
        return refuse(
            "unsupported_grant_type",
            "Send a form with grant_type of a token exchange (RFC 8693).",
        );
    }
    if !TAKEN.contains(&kind.as_str()) || request.subject_token.is_empty() {
        return refuse(
            "invalid_request",
            "subject_token must be an OIDC token, and subject_token_type say so.",
        );
    }
    match workload::exchange(&op, &*state.issuers, &request).await {
        Ok(given) => {
            let scope: Vec<&str> = given.scopes.iter().map(|scope| scope.as_str()).collect();
            let body = json!({
                "access_token": given.token, "issued_token_type": GIVEN, "token_type": "Bearer",
                "expires_in": given.seconds, "scope": scope.join(" "),
            });
            private(StatusCode::OK, body)
        }
        Err(Error::Invalid(fields)) => {
            let words = fields.first().map(|wrong| wrong.message.clone());
            refuse("invalid_scope", &words.unwrap_or_default())
        }
        Err(Error::Refused(_)) => refuse("invalid_grant", "No rule admits this token."),
        Err(other) => Problem::from(other).into_response(),
    }
}

/// What became of a shell's login (RFC 8628 3.5).
async fn claimed(op: &Op, device_code: &str) -> Response {
    match devices::claim(op, device_code).await {
        Ok(Claimed::Given(made)) => {
            let scope: Vec<&str> = made.row.scopes.iter().map(|scope| scope.as_str()).collect();
            let body = json!({
                "access_token": made.token, "token_type": "Bearer", "scope": scope.join(" "),
                "expires_in": (made.row.expires_at - op.now).num_seconds(),
            });
            private(StatusCode::OK, body)
        }
        Ok(Claimed::Pending) => refuse("authorization_pending", "Nobody has approved it yet."),
        Ok(Claimed::SlowDown) => refuse("slow_down", "Ask again in some seconds."),
        Ok(Claimed::Refused) => refuse("access_denied", "It was refused."),
        Ok(Claimed::Expired) => refuse("expired_token", "The time to approve it is over."),
        Err(other) => Problem::from(other).into_response(),
    }
}

/// Begins a shell's login (RFC 8628 3.1).
async fn device(State(_): State<AppState>, Operation(op): Operation, body: Bytes) -> Response {
    let (mut name, mut scopes) = (String::new(), Vec::new());
    for (field, value) in form_urlencoded::parse(&body) {
        match field.as_ref() {
            "name" => name = value.into_owned(),
            "scope" => scopes = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    match devices::begin(&op, &name, &scopes).await {
        Ok(begun) => {
            let page = format!("{}/settings/device", op.settings().public_url);
            let body = json!({
                "device_code": begun.device_code, "user_code": begun.user_code, "verification_uri": page,
                "verification_uri_complete": format!("{page}?code={}", begun.user_code),
                "expires_in": begun.seconds, "interval": begun.interval,
            });
            private(StatusCode::OK, body)
        }
        Err(Error::Invalid(fields)) => {
            let words = fields.first().map(|wrong| wrong.message.clone());
            refuse("invalid_scope", &words.unwrap_or_default())
        }
        Err(other) => Problem::from(other).into_response(),
    }
}

fn refuse(error: &str, words: &str) -> Response {
    private(
        StatusCode::BAD_REQUEST,
        json!({ "error": error, "error_description": words }),
    )
}

fn private(status: StatusCode, body: serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
