//! The signing key: a file only Rollcall's own user can read, made at the first seal.

use domain::evidence::keys::{SigningKey, private_from_pem, private_to_pem};

use crate::keyfile::{failed, load_or_make};
use crate::{Op, Result};

/// Name of the key's file in the key folder.
const FILE: &str = "evidence.pem";

/// Loads the signing key, or makes it when there is none yet.
///
/// # Errors
/// [`crate::Error::Internal`] when the file cannot be read, written, or is no key.
pub fn signing_key(op: &Op) -> Result<SigningKey> {
    let pem = load_or_make(op, FILE, || {
        let pem = private_to_pem(&SigningKey::from_bytes(&op.random::<32>()));
        String::clone(&pem)
    })?;
    private_from_pem(&pem)
        .map_err(|error| failed(&op.settings().key_dir.join(FILE), &error.to_string()))
}
