//! Tokens of identity providers: a CI job's OIDC token, Google's push token. Signature, issuer, audience and times.
//!
//! RFC 7519 and RFC 8725 (best practices): only signatures of a private key are taken, the key comes from the issuer
//! that was configured and never from the token, and nothing in the header is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// How far two clocks may be apart, in seconds.
const SKEW_SECONDS: i64 = 60;
/// Longest a token may live, in hours: CI tokens live minutes, Google's an hour.
const LONGEST_HOURS: i64 = 24;

/// Signatures that are taken: never `none`, never one made with a shared secret.
const TAKEN: &[Algorithm] = &[
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is no token.
    #[error("it is no signed token")]
    Malformed,
    /// It is not signed with a private key.
    #[error("its signature is of a kind that is never taken")]
    Algorithm,
    /// None of the issuer's keys signed it: a forgery, or the keys have changed.
    #[error("no key of the issuer signed it")]
    Signature,
    /// Somebody else issued it.
    #[error("another issuer made it")]
    Issuer,
    /// It is meant for somebody else.
    #[error("it is meant for another audience")]
    Audience,
    /// It is over, or not valid yet, or lives too long.
    #[error("it is not valid at this time")]
    Time,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    cty: Option<Value>,
}

/// Checks a token and returns its claims.
///
/// # Errors
/// [`Untrusted`] says what does not fit; [`Untrusted::Signature`] may be mended by fresh keys.
pub fn verify(
    token: &str,
    keys: &CoreJsonWebKeySet,
    issuer: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, Untrusted> {
    if token.len() > LONGEST {
        return Err(Untrusted::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Untrusted::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Untrusted::Malformed)?;
    let header: Header = read(header)?;
    check_header(&header)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Untrusted::Malformed)?;
    let right = keys
        .keys()
        .iter()
        .filter(|key| key.key_id().map(|kid| kid.as_str()) == header.kid.as_deref())
        .any(|key| {
            key.verify_signature(&header.alg, signed.as_bytes(), &signature)
                .is_ok()
        });
    if !right {
        return Err(Untrusted::Signature);
    }
    let claims: Map<String, Value> = read(claims)?;
    check_claims(&claims, issuer, audience, now)?;
    Ok(claims)
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Untrusted> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Untrusted::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Untrusted::Malformed)
}

fn check_header(header: &Header) -> Result<(), Untrusted> {
    if !TAKEN.contains(&header.alg) {
        return Err(Untrusted::Algorithm);
    }
    // What must be understood and is not, an encrypted or nested token, a token of another kind.
    let usual = |typ: &String| {
        let typ = typ.to_ascii_lowercase();
        matches!(typ.as_str(), "jwt" | "application/jwt")
    };
    if header.crit.is_some() || header.cty.is_some() || !header.typ.iter().all(usual) {
        return Err(Untrusted::Malformed);
    }
    Ok(())
}

fn check_claims(
    claims: &Map<String, Value>,
    issuer: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<(), Untrusted> {
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(Untrusted::Issuer);
    }
    let meant = match claims.get("aud") {
        Some(Value::String(text)) => text == audience,
        // A token for several may be replayed by each of them.
        Some(Value::Array(all)) => all.len() == 1 && all[0].as_str() == Some(audience),
        _ => false,
    };
    if !meant {
        return Err(Untrusted::Audience);
    }
    let skew = TimeDelta::seconds(SKEW_SECONDS);
    let end = expires(claims).ok_or(Untrusted::Time)?;
    let begun = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => time(value).map(Some).ok_or(Untrusted::Time),
    };
    let latest = [begun("iat")?, begun("nbf")?].into_iter().flatten().max();
    let on_time = end > now - skew
        && end < now + TimeDelta::hours(LONGEST_HOURS)
        && latest.is_none_or(|latest| latest <= now + skew);
    if on_time {
        Ok(())
    } else {
        Err(Untrusted::Time)
    }
}

/// When a token is over.
pub fn expires(claims: &Map<String, Value>) -> Option<DateTime<Utc>> {
    time(claims.get("exp")?)
}

/// The token's own id, by which a replay is known.
pub fn id(claims: &Map<String, Value>) -> Option<&str> {
    claims.get("jti")?.as_str().filter(|id| !id.is_empty())
}

/// Seconds since 1970, with or without a fraction.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.abs() < 1e12)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounded, and whole seconds are enough"
        )]
        Some(number as i64)
    })?;
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests;
