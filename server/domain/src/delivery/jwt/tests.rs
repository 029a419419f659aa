//! The attacks on tokens that RFC 8725 and the field know, and honest tokens beside them.

use ed25519_dalek::{Signer as _, SigningKey};
use hmac::Mac as _;
use serde_json::json;

use super::*;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const AUDIENCE: &str = "https://rollcall.example.com/ingest/v1/ci";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_251_600, 0).expect("valid time")
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> CoreJsonWebKeySet {
    let x = URL_SAFE_NO_PAD.encode(key().verifying_key().to_bytes());
    let set = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1", "x": x}]});
    serde_json::from_value(set).expect("keys")
}

fn honest() -> Value {
    let now = now().timestamp();
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/shop:ref:refs/heads/main", "jti": "t-1", "iat": now, "nbf": now - 300, "exp": now + 300})
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn sign(header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = key().sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "JWT", "kid": "k1"})
}

fn judge(token: &str) -> Result<Map<String, Value>, Untrusted> {
    verify(token, &keys(), ISSUER, AUDIENCE, now())
}

fn with(name: &str, value: Value) -> String {
    let mut claims = honest();
    claims[name] = value;
    sign(&header(), &claims)
}

#[test]
fn an_honest_token_is_believed() {
    let claims = judge(&sign(&header(), &honest())).expect("believed");
    assert_eq!(id(&claims), Some("t-1"));
    assert_eq!(
        expires(&claims).map(|at| at.timestamp()),
        Some(1_795_251_900)
    );
    assert!(judge(&with("aud", json!([AUDIENCE]))).is_ok());
    assert!(judge(&sign(&json!({"alg": "EdDSA", "kid": "k1"}), &honest())).is_ok());
}

#[test]
fn a_token_without_a_signature_or_with_a_shared_secret_is_refused() {
    let none = json!({"alg": "none", "typ": "JWT", "kid": "k1"});
    let unsigned = format!("{}.{}.", part(&none), part(&honest()));
    assert!(judge(&unsigned).is_err());
    let stripped = format!("{}.{}.", part(&header()), part(&honest()));
    assert_eq!(judge(&stripped), Err(Untrusted::Signature));
    // Key confusion: the public key as the secret of an HMAC.
    let public = key().verifying_key().to_bytes();
    for secret in [public.as_slice(), URL_SAFE_NO_PAD.encode(public).as_bytes()] {
        let signed = format!(
            "{}.{}",
            part(&json!({"alg": "HS256", "kid": "k1"})),
            part(&honest())
        );
        let mut mac =
            <hmac::Hmac<sha2::Sha256> as hmac::Mac>::new_from_slice(secret).expect("a key");
        mac.update(signed.as_bytes());
        let token = format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        );
        assert_eq!(judge(&token), Err(Untrusted::Algorithm));
    }
}

#[test]
fn a_forged_or_bent_token_is_refused() {
    let good = sign(&header(), &honest());
    let (signed, signature) = good.rsplit_once('.').expect("parts");
    let bent = format!(
        "{}.{}.{signature}",
        part(&header()),
        part(&json!({"iss": ISSUER}))
    );
    assert_eq!(judge(&bent), Err(Untrusted::Signature));
    let other = SigningKey::from_bytes(&[8; 32])
        .sign(signed.as_bytes())
        .to_bytes();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(other));
    assert_eq!(judge(&forged), Err(Untrusted::Signature));
    // The right key under another name, and keys the token brings along.
    for strange in [
        json!({"alg": "EdDSA", "kid": "k2"}),
        json!({"alg": "EdDSA"}),
        json!({"alg": "RS256", "kid": "k1"}),
        json!({"alg": "ES256", "kid": "k1", "jwk": {"kty": "EC"}}),
    ] {
        assert_eq!(
            judge(&sign(&strange, &honest())),
            Err(Untrusted::Signature),
            "{strange}"
        );
    }
    for strange in [
        json!({"alg": "EdDSA", "kid": "k1", "crit": ["exp"]}),
        json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt"}),
        json!({"alg": "EdDSA", "kid": "k1", "cty": "JWT"}),
    ] {
        assert_eq!(
            judge(&sign(&strange, &honest())),
            Err(Untrusted::Malformed),
            "{strange}"
        );
    }
    let huge = "a".repeat(17_000);
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        huge.as_str(),
        &format!("{good}."),
    ] {
        assert!(judge(text).is_err(), "{text}");
    }
}

#[test]
fn a_token_of_or_for_somebody_else_is_refused() {
    for issuer in [
        json!("https://gitlab.com"),
        json!(format!("{ISSUER}/")),
        Value::Null,
        json!([ISSUER]),
    ] {
        assert_eq!(
            judge(&with("iss", issuer.clone())),
            Err(Untrusted::Issuer),
            "{issuer}"
        );
    }
    for audience in [
        json!("sts.amazonaws.com"),
        json!(format!("{AUDIENCE}/")),
        json!([AUDIENCE, "sts.amazonaws.com"]),
        json!([]),
        Value::Null,
    ] {
        assert_eq!(
            judge(&with("aud", audience.clone())),
            Err(Untrusted::Audience),
            "{audience}"
        );
    }
}

#[test]
fn a_token_out_of_its_time_is_refused() {
    let at = now().timestamp();
    for (name, value) in [
        ("exp", json!(at - 61)),
        ("exp", Value::Null),
        ("exp", json!("soon")),
        ("exp", json!(at + 25 * 3600)),
        ("exp", json!(1e300)),
        ("nbf", json!(at + 61)),
        ("iat", json!(at + 3600)),
        ("iat", json!("now")),
    ] {
        assert_eq!(
            judge(&with(name, value.clone())),
            Err(Untrusted::Time),
            "{name} {value}"
        );
    }
    assert!(judge(&with("exp", json!(at - 59))).is_ok(), "clocks differ");
    assert!(judge(&with("exp", json!(1_795_251_900.5))).is_ok());
}
