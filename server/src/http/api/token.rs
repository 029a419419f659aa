//! Who asks, on the API: the token's holder. Cookies mean nothing here, so no other site can ask in
//! somebody's name.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::access::Actor;
use service::tokens::Admitted;

use super::rate::Left;
use crate::http::{AppState, Problem};

/// Puts the token's actor into the request's extensions; a wrong token is refused at once. Counts the request, and tells
/// what is left.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip());
    let op = state.services.system("token");
    let now = op.now.timestamp();
    let admitted = match presented(request.headers()) {
        None => Ok(None),
        Some(token) => service::tokens::authenticate(&op, token, from)
            .await
            .map(Some),
    };
    let key = match &admitted {
        Ok(Some(Admitted {
            actor: Actor::Token { id, .. },
            ..
        })) => id.to_string(),
        // Guesses are counted by where they come from.
        _ => from.map(|from| from.to_string()).unwrap_or_default(),
    };
    let left = match state.rate.count(&key) {
        Ok(left) => left,
        Err(left) => return too_many(left, now),
    };
    let mut response = match admitted {
        Err(error) => Problem::from(error).into_response(),
        Ok(admitted) => {
            let warning = admitted
                .as_ref()
                .and_then(|admitted| admitted.warning.clone());
            let actor = admitted.map_or(Actor::Anonymous, |admitted| admitted.actor);
            request.extensions_mut().insert(actor);
            let mut response = next.run(request).await;
            if let Some(warning) = warning.and_then(|text| HeaderValue::from_str(&text).ok()) {
                response.headers_mut().insert("x-rollcall-token", warning);
            }
            response
        }
    };
    left.tell(response.headers_mut(), now);
    response
}

fn too_many(left: Left, now: i64) -> Response {
    let seconds = left.seconds();
    let words = format!("This token asks too often. Ask again in {seconds} seconds.");
    let mut response = Problem::new(StatusCode::TOO_MANY_REQUESTS, words).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    left.tell(response.headers_mut(), now);
    response
}

/// The token as clients send it: `Authorization: Bearer|token|SSWS …` or `X-API-Key`.
pub fn presented(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let value = value.to_str().ok()?;
        // Okta's Python SDK 3 leaves the space out.
        let (scheme, token) = value
            .split_once(' ')
            .or_else(|| value.starts_with("SSWS").then(|| value.split_at(4)))?;
        let known = ["bearer", "token", "ssws"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
        return known.then_some(token.trim());
    }
    headers.get("x-api-key")?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_usual_way_of_sending_a_token_is_read() {
        for (name, value, token) in [
            ("authorization", "Bearer abc", Some("abc")),
            ("authorization", "SSWS abc", Some("abc")),
            ("authorization", "SSWSabc", Some("abc")),
            ("authorization", "token abc", Some("abc")),
            ("x-api-key", "abc", Some("abc")),
            ("authorization", "Basic abc", None),
            ("authorization", "abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().expect("header"));
            assert_eq!(presented(&headers), token, "{name}: {value}");
        }
    }
}
