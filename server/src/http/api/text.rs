//! What no text may hold: PostgreSQL has no NUL character. Bodies are looked at where they are read (`v1::body`).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::v1::bad_field;

/// How it is written in an address; there is no other way.
const NUL: &str = "%00";

/// Refuses an address with a NUL character, and says where it is.
pub async fn layer(request: Request, next: Next) -> Response {
    let uri = request.uri();
    match holds(uri.path(), uri.query().unwrap_or_default()) {
        None => next.run(request).await,
        Some(field) => {
            bad_field(&field, "holds a NUL character, which no text may").into_response()
        }
    }
}

/// The parameter that holds one, or `path`.
fn holds(path: &str, query: &str) -> Option<String> {
    if path.contains(NUL) {
        return Some("path".to_owned());
    }
    if !query.contains(NUL) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let pair = pairs.find(|(name, value)| name.contains('\0') || value.contains('\0'));
    pair.map(|(name, _)| name.replace('\0', "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_nul_is_refused_where_it_is() {
        for (path, query, field) in [
            ("/teams/a%00b", "", Some("path")),
            ("/people", "q=a&x=%00", Some("x")),
            ("/people", "q=%2500", None),
            ("/people/%2500", "q=a", None),
        ] {
            assert_eq!(holds(path, query).as_deref(), field, "{path}?{query}");
        }
    }
}
