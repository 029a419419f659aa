//! Signing keys in and out of PEM, and how a key is named.

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// A text that is not the key it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an Ed25519 public key in PEM.
    #[error("this is not an Ed25519 public key in PEM form (\"-----BEGIN PUBLIC KEY-----\")")]
    Public,
    /// Not an Ed25519 private key in PEM.
    #[error(
        "this is not an Ed25519 private key in PKCS #8 PEM form (\"-----BEGIN PRIVATE KEY-----\")"
    )]
    Private,
}

/// Reads a public key.
///
/// # Errors
/// [`KeyError::Public`] when the text is something else.
pub fn public_from_pem(pem: &str) -> Result<VerifyingKey, KeyError> {
    VerifyingKey::from_public_key_pem(pem.trim()).map_err(|_| KeyError::Public)
}

/// Reads a private key.
///
/// # Errors
/// [`KeyError::Private`] when the text is something else.
pub fn private_from_pem(pem: &str) -> Result<SigningKey, KeyError> {
    SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| KeyError::Private)
}

/// Writes a public key.
///
/// # Panics
/// Never: every Ed25519 key has a PEM form.
pub fn public_to_pem(key: &VerifyingKey) -> String {
    key.to_public_key_pem(LineEnding::LF)
        .expect("every Ed25519 key has a PEM form")
}

/// Writes a private key; the caller keeps the text from everybody else.
///
/// # Panics
/// Never: every Ed25519 key has a PEM form.
pub fn private_to_pem(key: &SigningKey) -> String {
    key.to_pkcs8_pem(LineEnding::LF)
        .expect("every Ed25519 key has a PEM form")
        .to_string()
}

/// SHA-256 over the raw public key, hex (64 characters).
pub fn fingerprint(key: &VerifyingKey) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// First 16 hex digits of the fingerprint.
pub fn key_id(key: &VerifyingKey) -> String {
    fingerprint(key)[..16].to_owned()
}
