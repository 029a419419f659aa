//! What the headers of a delivery say: who sends it, and what the vendor calls it.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::delivery::Standard;
use service::ingest::{Proof, Sent};

use crate::config::Certificates;
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
        certificate: None,
    }
}

/// Whether a delivery is signed in one of the ways a source takes.
pub(super) fn is_signed(shown: &Proof<'_>) -> bool {
    shown.github.is_some() || shown.standard.is_some()
}

/// The client certificate, where a trusted proxy passed it on: anybody else's header is nobody's.
pub(super) fn certificate<'a>(
    headers: &'a HeaderMap,
    config: &Certificates,
    peer: Option<IpAddr>,
) -> Option<&'a str> {
    let name = config.header.as_deref()?;
    let trusted = !config.proxies.is_empty() && domain::network::admits(&config.proxies, peer);
    // A proxy that passes it on twice, or lets the sender's own through, is not to be believed.
    let mut all = headers.get_all(name).iter();
    let (first, second) = (all.next()?, all.next());
    (trusted && second.is_none())
        .then(|| first.to_str().ok().map(str::trim))
        .flatten()
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
        once: None,
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
    fn a_certificate_is_believed_from_a_trusted_proxy_only_and_once() {
        let config = Certificates {
            header: Some("x-client-cert".to_owned()),
            proxies: vec!["10.0.0.0/8".to_owned()],
        };
        let shown = headers(&[("x-client-cert", "CN=vector")]);
        let (proxy, other) = ("10.1.2.3".parse().ok(), "192.0.2.1".parse().ok());
        assert_eq!(certificate(&shown, &config, proxy), Some("CN=vector"));
        assert_eq!(certificate(&shown, &config, other), None);
        assert_eq!(certificate(&shown, &config, None), None);
        assert_eq!(certificate(&shown, &Certificates::default(), proxy), None);
        let open = Certificates {
            proxies: Vec::new(),
            ..config.clone()
        };
        assert_eq!(
            certificate(&shown, &open, proxy),
            None,
            "no proxy named: none trusted"
        );
        let mut twice = shown.clone();
        twice.append("x-client-cert", "CN=other".parse().expect("header"));
        assert_eq!(certificate(&twice, &config, proxy), None);
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
