//! Refuses unsafe requests another site made in a signed-in person's browser (CSRF).
//!
//! Only for doors a cookie opens. A browser says where a request comes from in `Sec-Fetch-Site`, older ones in
//! `Origin`; one of them is demanded. API and ingest tokens travel in a header no other site can set.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::config::PublicUrl;
use crate::http::{AppState, Problem};

/// Lets safe methods and requests from our own pages through.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_rebound(&request, &state.config.public_url) {
        return Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers to its own name only. Set ROLLCALL_PUBLIC_URL to the address people type.",
        )
        .into_response();
    }
    if request.method().is_safe() || is_ours(request.headers(), &state.config.public_url) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = request.uri().path(),
        "a request from another site was refused"
    );
    Problem::new(
        StatusCode::FORBIDDEN,
        "This request did not come from a Rollcall page, so nothing was changed. Open the page again and repeat what you did there.",
    )
    .into_response()
}

/// A server for this machine only is asked under another name: a site whose name was turned to 127.0.0.1
/// (DNS rebinding) would share its origin with us.
fn is_rebound(request: &Request, public: &PublicUrl) -> bool {
    let host = request
        .uri()
        .authority()
        .map(axum::http::uri::Authority::as_str);
    let host = host.or_else(|| {
        request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
    });
    is_loopback(&public.authority) && host.is_some_and(|host| !is_loopback(host))
}

fn is_ours(headers: &HeaderMap, public: &PublicUrl) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    // Two values of one header: somebody is playing with what we read. Neither is believed.
    let single = |name: &str| headers.get_all(name).iter().count() <= 1;
    if !(single("sec-fetch-site") && single("origin")) {
        return false;
    }
    match (text("sec-fetch-site"), text("origin")) {
        // Both must agree: a page of ours sends its own origin.
        (Some("same-origin"), None) => true,
        (Some("same-origin") | None, Some(origin)) => {
            is_own_origin(origin, text(header::HOST.as_str()), public)
        }
        _ => false,
    }
}

/// The configured origin, or on plain http the very host the request was sent to (127.0.0.1 and localhost).
fn is_own_origin(origin: &str, host: Option<&str>, public: &PublicUrl) -> bool {
    if origin.eq_ignore_ascii_case(&public.origin()) {
        return true;
    }
    let Some(from) = origin.strip_prefix("http://") else {
        return false;
    };
    !public.tls && is_loopback(from) && host.is_some_and(|host| host.eq_ignore_ascii_case(from))
}

fn is_loopback(authority: &str) -> bool {
    let name = authority
        .rsplit_once(':')
        .map_or(authority, |(name, _)| name);
    name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)], tls: bool) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("header"));
        }
        let authority = if tls {
            "rollcall.example.com"
        } else {
            "127.0.0.1:3000"
        };
        is_ours(
            &headers,
            &PublicUrl {
                tls,
                authority: authority.into(),
            },
        )
    }

    #[test]
    fn our_own_pages_are_ours() {
        assert!(asked(
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://rollcall.example.com")
            ],
            true
        ));
        assert!(asked(&[("origin", "https://rollcall.example.com")], true));
        assert!(asked(&[("sec-fetch-site", "same-origin")], true));
        assert!(asked(
            &[
                ("origin", "http://localhost:3000"),
                ("host", "localhost:3000")
            ],
            false
        ));
    }

    #[test]
    fn everybody_else_is_not() {
        for pairs in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://evil.example")],
            &[("origin", "http://rollcall.example.com")],
            &[("origin", "https://rollcall.example.com.evil.example")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://rollcall.example.com"),
            ],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://rollcall.example.com"),
            ],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ],
            &[
                ("origin", "https://evil.example"),
                ("origin", "https://rollcall.example.com"),
            ],
            &[("origin", "http://evil.example"), ("host", "evil.example")],
            &[
                ("origin", "http://localhost:3000"),
                ("host", "localhost:3000"),
            ],
        ] {
            assert!(!asked(pairs, true), "{pairs:?}");
        }
        // Names that merely resolve to this machine (DNS rebinding) are not this machine.
        assert!(!asked(
            &[
                ("origin", "http://evil.example:3000"),
                ("host", "evil.example:3000")
            ],
            false
        ));
    }
}
