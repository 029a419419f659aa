//! `Idempotency-Key` on POST: a request that is sent again is not done again, its first answer is given again.
//!
//! Kept for a day, by token. Addresses that answer a secret take no key: it would be kept.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::access::{Access, Actor, require};
use service::idempotency::{self, Known};
use sha2::{Digest as _, Sha256};

use super::v1::bad_field;
use crate::http::{AppState, Problem};

/// Longest key.
const LONGEST: usize = 255;
/// Largest answer that is kept, in bytes.
const LARGEST: usize = 1 << 20;
const NAME: &str = "idempotency-key";

/// What names the first of several equal requests.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(key) = key(request.headers()) else {
        return next.run(request).await;
    };
    let actor = request.extensions().get::<Actor>().cloned();
    let Some(actor @ Actor::Token { .. }) = actor else {
        return next.run(request).await;
    };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match run(&state, &actor, key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

fn key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get(NAME)?.as_bytes();
    Some(String::from_utf8_lossy(key).into_owned())
}

/// Whether an address answers what must not be kept.
pub fn shows_secrets(path: &str) -> bool {
    ["/tokens", "/token", "/sources", "/rotation"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Whether an address takes files, which are longer than a form.
fn takes_file(path: &str) -> bool {
    path.ends_with("/imports") || path.ends_with("/repositories")
}

async fn run(
    state: &AppState,
    actor: &Actor,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let fits = !key.is_empty() && key.len() <= LONGEST;
    if !fits || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let words = "must be 1 to 255 letters, digits or signs of ASCII, without spaces";
        return Err(bad_field("Idempotency-Key", words));
    }
    if shows_secrets(request.uri().path()) {
        let words = "is not taken here: the answer holds a secret, which would have to be kept";
        return Err(bad_field("Idempotency-Key", words));
    }
    let (parts, body) = request.into_parts();
    let limits = state.config.limits;
    // A file is heard out for whom it may be of use.
    let most = match require(actor, Access::ImportInventory) {
        Ok(()) if takes_file(parts.uri.path()) => limits.import_bytes,
        _ => limits.form_bytes,
    };
    let body = to_bytes(body, most).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is larger than this address takes.",
        )
    })?;
    let mut digest = Sha256::new();
    digest.update(parts.uri.to_string());
    digest.update([0]);
    digest.update(&body);
    let who = actor.identity().1;
    let op = state.services.system("idempotency");
    match idempotency::take(&op, &who, &key, &digest.finalize()).await? {
        Known::Fresh => {}
        Known::Other => {
            let words = "was used for another request; use a new one for each";
            let mut problem = bad_field("Idempotency-Key", words);
            problem.status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(problem);
        }
        Known::UnderWay => {
            let words =
                "The first request with this Idempotency-Key is under way. Ask again in a moment.";
            return Err(Problem::new(StatusCode::CONFLICT, words));
        }
        Known::Answered(status, body) => return Ok(again(status, body)),
    }
    // To its end, also when whoever asked goes away meanwhile: what was done is then known to the next.
    let run = async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        keep(&op, &who, &key, response).await
    };
    tokio::spawn(run)
        .await
        .map_err(|error| service::Error::Internal(error.to_string()))?
}

fn again(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    let replayed = HeaderValue::from_static("true");
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
        .headers_mut()
        .insert("idempotency-replayed", replayed);
    response
}

/// Keeps an answer that did something; a refusal did nothing and gives the key back.
async fn keep(
    op: &service::Op,
    who: &str,
    key: &str,
    response: Response,
) -> Result<Response, Problem> {
    if !response.status().is_success() {
        idempotency::release(op, who, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST)
        .await
        .map_err(|error| service::Error::Internal(error.to_string()))?;
    idempotency::answer(op, who, key, parts.status.as_u16(), &body).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}
