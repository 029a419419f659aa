//! Proof that a delivery comes from its sender: the signatures and tokens vendors send.
//!
//! Every comparison is over raw bytes and takes the same time whatever the guess. The secret is the source's token:
//! the same word is a bearer token, GitLab's secret token and the key of GitHub's signature. A sender that makes its
//! own secret has that one, sealed.

pub mod certificate;
pub mod claims;
pub mod jwt;
mod seal;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

pub use seal::{open, seal};

/// Minutes a Standard Webhooks timestamp may be off: an older delivery is a replay.
const TOLERANCE_MINUTES: i64 = 5;

/// A source's secret, made again whenever it is needed and stored nowhere: HMAC-SHA256 of the source's own random
/// words with the installation's key.
pub fn secret(installation: &[u8], words: &[u8]) -> [u8; 32] {
    let mut mac = keyed(installation);
    mac.update(b"rollcall source secret 1\0");
    mac.update(words);
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

/// Whether `X-Hub-Signature-256` (`sha256=<hex>`) is right for the body as it was sent.
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub fn github(secret: &[u8], body: &[u8], header: &str) -> bool {
    let Some(given) = header
        .trim()
        .strip_prefix("sha256=")
        .and_then(|digits| hex::decode(digits).ok())
    else {
        return false;
    };
    let mut mac = keyed(secret);
    mac.update(body);
    mac.verify_slice(&given).is_ok()
}

/// What Standard Webhooks sends beside the body.
#[derive(Debug, Clone, Copy)]
pub struct Standard<'a> {
    /// `webhook-id`: the same on every attempt.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'a str,
    /// `webhook-signature`: `v1,<base64>`, several separated by spaces.
    pub signature: &'a str,
}

/// Why a Standard Webhooks delivery is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// No signature is right.
    #[error("the signature is not right for this body and secret")]
    Signature,
    /// The time is no number, or too far from now.
    #[error(
        "the timestamp is more than {TOLERANCE_MINUTES} minutes off: a replay, or a clock that is wrong"
    )]
    Timestamp,
}

/// Checks a Standard Webhooks delivery. A secret written `whsec_<base64>` is decoded first.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
///
/// # Errors
/// Why it is not taken.
pub fn standard(
    secret: &str,
    body: &[u8],
    sent: Standard<'_>,
    now: DateTime<Utc>,
) -> Result<(), Stale> {
    let at = sent
        .timestamp
        .parse::<i64>()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(Stale::Timestamp)?;
    let decoded = secret
        .strip_prefix("whsec_")
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    let mut mac = keyed(decoded.as_deref().unwrap_or(secret.as_bytes()));
    for part in [
        sent.id.as_bytes(),
        b".",
        sent.timestamp.as_bytes(),
        b".",
        body,
    ] {
        mac.update(part);
    }
    let right = sent
        .signature
        .split_ascii_whitespace()
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .fold(false, |right, given| {
            right | mac.clone().verify_slice(&given).is_ok()
        });
    if !right {
        return Err(Stale::Signature);
    }
    if (now - at).abs() > TimeDelta::minutes(TOLERANCE_MINUTES) {
        return Err(Stale::Timestamp);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn githubs_own_example_is_accepted_and_tampering_is_not() {
        // The documented test vector.
        let secret = b"It's a Secret to Everybody";
        let body = b"Hello, World!";
        let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(github(secret, body, header));
        assert!(!github(secret, b"Hello, World?", header));
        assert!(!github(b"another", body, header));
        for wrong in [
            "",
            "sha256=",
            "sha256=zz",
            "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
            &header[..header.len() - 2],
            &header.replace("sha256=", ""),
        ] {
            assert!(!github(secret, body, wrong), "{wrong}");
        }
    }

    #[test]
    fn standard_webhooks_own_example_is_accepted_and_replays_are_not() {
        // Of the specification's reference implementations.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = br#"{"test": 2432232314}"#;
        let sent = Standard {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        };
        let then = DateTime::from_timestamp(1_614_265_330, 0).expect("valid time");
        assert_eq!(standard(secret, body, sent, then), Ok(()));
        let rotated = Standard {
            signature: "v1,AAAA v2,zz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ..sent
        };
        assert_eq!(standard(secret, body, rotated, then), Ok(()));
        let later = then + TimeDelta::minutes(6);
        assert_eq!(standard(secret, body, sent, later), Err(Stale::Timestamp));
        assert_eq!(standard(secret, b"{}", sent, then), Err(Stale::Signature));
        assert_eq!(
            standard(
                secret,
                body,
                Standard {
                    timestamp: "soon",
                    ..sent
                },
                then
            ),
            Err(Stale::Timestamp)
        );
    }

    #[test]
    fn secrets_depend_on_the_installation_and_on_the_source() {
        let one = secret(b"key", b"a");
        assert_eq!(one, secret(b"key", b"a"));
        assert_ne!(one, secret(b"key", b"b"));
        assert_ne!(one, secret(b"kez", b"a"));
    }
}
