//! What the headers of a delivery say: who sends it, and what the vendor calls it.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::delivery::Standard;
use service::ingest::{Proof, Sent};

use crate::http::api::token::presented;

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Headers that hold the token as it is: GitLab's hooks and audit streams, Firehose.
const TOKENS: &[&str] = &[
    "x-gitlab-token",
    "x-gitlab-event-streaming-token",
    "x-amz-firehose-access-key",
];

/// The password of a basic authorization, or the token of Splunk's scheme.
pub(super) fn basic(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("splunk") {
        return Some(value.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    Some(plain.split_once(':')?.1.to_owned())
}

/// Everything a delivery shows of its sender.
pub(super) fn of<'a>(headers: &'a HeaderMap, basic: Option<&'a str>) -> Proof<'a> {
    let standard = text(headers, "webhook-signature").and_then(|signature| {
        Some(Standard {
            id: text(headers, "webhook-id")?,
            timestamp: text(headers, "webhook-timestamp")?,
            signature,
        })
    });
    Proof {
        tokens: presented(headers)
            .into_iter()
            .chain(basic)
            .chain(TOKENS.iter().filter_map(|name| text(headers, name)))
            .collect(),
        github: text(headers, "x-hub-signature-256"),
        standard,
    }
}

/// The vendor's id of the delivery and name of the event, where the headers say them.
pub(super) fn sent(headers: &HeaderMap) -> Sent {
    let first = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| text(headers, name))
            .filter(|value| !value.is_empty() && value.len() <= 200)
            .map(str::to_owned)
    };
    Sent {
        // GitLab's event UUID is shared by hooks that one event sets off; its idempotency key is not.
        delivery_id: first(&[
            "x-github-delivery",
            "idempotency-key",
            "x-gitlab-event-uuid",
        ]),
        event_name: first(&["x-github-event"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    axum::http::HeaderName::from_static(name),
                    value.parse().expect("header"),
                )
            })
            .collect()
    }

    #[test]
    fn every_vendors_way_of_sending_a_token_is_read() {
        for (name, value) in [
            ("authorization", "Bearer abc"),
            ("authorization", "Splunk abc"),
            ("authorization", "Basic dTphYmM="),
            ("x-gitlab-token", "abc"),
            ("x-gitlab-event-streaming-token", " abc "),
            ("x-amz-firehose-access-key", "abc"),
        ] {
            let headers = headers(&[(name, value)]);
            let basic = basic(&headers);
            assert_eq!(
                of(&headers, basic.as_deref()).tokens,
                ["abc"],
                "{name}: {value}"
            );
        }
        for value in ["Basic %%", "Basic YWJj", "Digest abc", "abc"] {
            assert_eq!(
                basic(&headers(&[("authorization", value)])),
                None,
                "{value}"
            );
        }
    }

    #[test]
    fn names_and_ids_come_from_the_headers() {
        let found = sent(&headers(&[
            ("x-github-delivery", "72d3162e"),
            ("x-github-event", "push"),
        ]));
        assert_eq!(found.delivery_id.as_deref(), Some("72d3162e"));
        assert_eq!(found.event_name.as_deref(), Some("push"));
        let long = "x".repeat(201);
        assert_eq!(
            sent(&headers(&[("x-github-delivery", &long)])).delivery_id,
            None
        );
    }
}
