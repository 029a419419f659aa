//! A page of a feed as it is sent: rows, links, cursor and tag; or everything, as it is read.

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use contract::feed::FeedFormat;
use contract::feed::FeedStream;
use service::feed::{Export, FeedPage, Row};
use sha2::{Digest as _, Sha256};

use super::Mode;
use super::query::{Asked, Body};

/// The page with its headers.
pub(super) fn page(base: &str, asked: &Asked, page: &FeedPage) -> Response {
    let mut headers = HeaderMap::new();
    let next = page.more || asked.mode == Mode::Polling;
    let next = next.then(|| format!("<{}>; rel=\"next\"", asked.url(base, Some(&page.cursor))));
    let own = format!("<{}>; rel=\"self\"", asked.url(base, None));
    // The next one last, as Okta sends them: its SDK keeps only the last header of a name.
    for link in [own].into_iter().chain(next) {
        if let Ok(value) = HeaderValue::from_str(&link) {
            headers.append(header::LINK, value);
        }
    }
    set(&mut headers, "x-next-cursor", &page.cursor);
    tag(&mut headers, asked, page);
    respond(headers, asked, page, &[])
}

/// Rows in the body asked for; `more` are further members of an envelope.
pub(super) fn respond(
    mut headers: HeaderMap,
    asked: &Asked,
    page: &FeedPage,
    more: &[(&str, serde_json::Value)],
) -> Response {
    let text = asked.format == FeedFormat::Cef;
    let kind = match asked.body {
        Body::Lines if text => "text/plain; charset=utf-8",
        Body::Lines => "application/x-ndjson",
        Body::Array | Body::Envelope => "application/json",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let mut body = Vec::with_capacity(page.rows.len() * 512 + 64);
    match asked.body {
        Body::Lines => lines(&page.rows, asked.format, &mut body),
        Body::Array => array(&page.rows, asked.format, &mut body),
        Body::Envelope => {
            let name = match asked.query.filter.stream() {
                FeedStream::Events => "events",
                FeedStream::Findings => "findings",
                FeedStream::Activity => "activity",
            };
            body.extend_from_slice(format!("{{\"{name}\":").as_bytes());
            array(&page.rows, asked.format, &mut body);
            let tail = serde_json::json!({ "next_cursor": page.cursor, "has_more": page.more });
            let tail = tail.as_object().cloned().unwrap_or_default();
            let more = more
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()));
            for (name, value) in tail.into_iter().chain(more) {
                body.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
            }
            body.push(b'}');
        }
    }
    (headers, body).into_response()
}

/// A weak tag, and whether the answer may be kept: pages that are full and empty ones do not change by growing. None for
/// an empty page that is not the end: who has it already would be told so without the link.
fn tag(headers: &mut HeaderMap, asked: &Asked, page: &FeedPage) {
    let full = i64::try_from(page.rows.len()) == Ok(page.limit);
    if !full && (page.more || !page.rows.is_empty()) {
        return set(headers, "cache-control", "private, no-store");
    }
    let last = page.rows.last().map_or(0, Row::position);
    let what = format!(
        "{}:{last}:{}:{}:{:?}:{}",
        page.cursor,
        page.rows.len(),
        asked.format,
        asked.body,
        asked.query.raw
    );
    let digest = hex::encode(&Sha256::digest(what)[..12]);
    set(headers, "etag", &format!("W/\"{digest}\""));
    set(headers, "cache-control", "private, no-cache");
}

/// The caller has it already. No link: pollers keep links of whatever they get.
pub(super) fn unchanged(headers: &HeaderMap) -> impl axum::response::IntoResponse + use<> {
    let kept = ["etag", "cache-control", "x-next-cursor"].into_iter();
    let kept: HeaderMap = kept
        .filter_map(|name| {
            let value = headers.get(name)?.clone();
            Some((HeaderName::from_static(name), value))
        })
        .collect();
    (StatusCode::NOT_MODIFIED, kept)
}

/// Everything, a batch at a time: memory stays flat.
pub(super) fn stream(format: FeedFormat, export: Export) -> Response {
    let mut headers = HeaderMap::new();
    let kind = if format == FeedFormat::Cef {
        "text/plain; charset=utf-8"
    } else {
        "application/x-ndjson"
    };
    set(&mut headers, "content-type", kind);
    set(&mut headers, "cache-control", "private, no-store");
    set(&mut headers, "x-next-cursor", &export.cursor);
    let batches = futures::stream::try_unfold(export, move |mut export| async move {
        let rows = export.next().await.map_err(|error| {
            // The body ends early: the reader sees a broken transfer, not a short feed.
            tracing::error!(?error, "an export ended early");
            std::io::Error::other("the export ended early")
        })?;
        if rows.is_empty() {
            return Ok::<_, std::io::Error>(None);
        }
        let mut body = Vec::with_capacity(rows.len() * 640);
        lines(&rows, format, &mut body);
        Ok(Some((Bytes::from(body), export)))
    });
    (headers, HttpBody::from_stream(batches)).into_response()
}

fn lines(rows: &[Row], format: FeedFormat, body: &mut Vec<u8>) {
    for row in rows {
        row.line(format, body);
        body.push(b'\n');
    }
}

fn array(rows: &[Row], format: FeedFormat, body: &mut Vec<u8>) {
    body.push(b'[');
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        row.json(format, body);
    }
    body.push(b']');
}

/// Headers hold ASCII; everything set here is.
pub(super) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
