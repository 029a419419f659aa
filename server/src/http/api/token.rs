//! Who asks, on the API: the token's holder. Cookies mean nothing here, so no other site can ask in
//! somebody's name.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::access::Actor;

use crate::http::{AppState, Problem};

/// Puts the token's actor into the request's extensions; a wrong token is refused at once.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let actor = match presented(request.headers()) {
        None => Actor::Anonymous,
        Some(token) => {
            match service::tokens::authenticate(&state.services.system("token"), token).await {
                Ok(actor) => actor,
                Err(error) => return Problem::from(error).into_response(),
            }
        }
    };
    request.extensions_mut().insert(actor);
    next.run(request).await
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
