//! `If-Match` on every change of one thing, and `If-None-Match` on every reading of one: judged here, by the tag with
//! which the thing itself is answered.
//!
//! The tag is of everything that is answered, so it also changes with figures that move by themselves (a destination's
//! place, a credential's last use).

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::access::{Actor, require};
use tower::ServiceExt as _;

use super::v1::{bad_field, spec};
use crate::http::Problem;

/// What answers the thing itself: the routes, without what stands before them.
#[derive(Clone)]
pub struct Reads(pub Router);

/// Refuses a change of what is not as the caller saw it (412), and leaves out an answer the caller has (304).
pub async fn layer(State(reads): State<Reads>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let (known, had) = (
        headers.get(header::IF_MATCH).cloned(),
        headers.get(header::IF_NONE_MATCH).cloned(),
    );
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let response = next.run(request).await;
        return match had {
            Some(had) if same(&response, &had) => not_modified(response),
            _ => response,
        };
    }
    let Some(known) = known else {
        return next.run(request).await;
    };
    let change = Change {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        actor: request.extensions().get::<Actor>().cloned(),
        known,
    };
    match judge(&reads, change).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Who changes what, and how they saw it.
struct Change {
    method: Method,
    path: String,
    actor: Option<Actor>,
    known: HeaderValue,
}

async fn judge(reads: &Reads, change: Change) -> Result<(), Problem> {
    let path = change.path.strip_prefix("/api/v1").unwrap_or(&change.path);
    let route = spec::route(change.method.as_str(), path);
    let Some((route, actor)) = route.zip(change.actor) else {
        return Ok(());
    };
    // Who may not change it learns nothing of how it stands; the handler refuses them.
    if require(&actor, route.access).is_err() {
        return Ok(());
    }
    let Some(thing) = spec::thing(route, path) else {
        let words = "is not taken here: this changes no one thing that is read by itself";
        return Err(bad_field("If-Match", words));
    };
    let Some(tag) = current(reads, &thing, actor).await else {
        return Ok(());
    };
    if matches(&change.known, &tag) {
        return Ok(());
    }
    let words = "It has changed since you read it. Nothing was saved; read it again, and send its ETag as If-Match.";
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, words))
}

/// The tag of the thing as it stands; absent when there is none, which the handler tells.
async fn current(reads: &Reads, thing: &str, actor: Actor) -> Option<HeaderValue> {
    let mut request = Request::get(thing).body(Body::empty()).ok()?;
    // Who may change it may not always read it. `self` is whoever asks.
    let reader = if thing.ends_with("/self") {
        actor
    } else {
        Actor::System
    };
    request.extensions_mut().insert(reader);
    let response = reads.0.clone().oneshot(request).await.ok()?;
    response.headers().get(header::ETAG).cloned()
}

/// Whether one of the tags, or any, is this one.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else {
        return false;
    };
    known
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known == tag)
}

fn same(response: &Response, had: &HeaderValue) -> bool {
    let tag = response.headers().get(header::ETAG);
    response.status() == StatusCode::OK && tag.is_some_and(|tag| matches(had, tag))
}

fn not_modified(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(header::CONTENT_TYPE);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::empty();
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_tags_or_any_is_enough() {
        let tag = HeaderValue::from_static("\"b\"");
        for (known, same) in [
            ("\"b\"", true),
            ("\"a\", \"b\"", true),
            ("*", true),
            ("\"a\"", false),
            ("b", false),
        ] {
            assert_eq!(
                matches(&HeaderValue::from_static(known), &tag),
                same,
                "{known}"
            );
        }
    }
}
